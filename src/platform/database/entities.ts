import type { EntityClass } from '@mikro-orm/core';

/** Entities the unit of work knows; modules with workflows add theirs here. */
export const entities: EntityClass<object>[] = [];
