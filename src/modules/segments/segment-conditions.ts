import { Injectable } from '@nestjs/common';
import type { Reach, RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { parseWhere } from '../../common/filter/index.js';
import type { Condition, FilterClock, TypedCondition } from '../../common/filter/index.js';
import { RECORD_OBJECTS } from '../../platform/access/permissions.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import { checkAcross } from '../../platform/records/record-conditions.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { objectsIn } from '../../platform/records/relations.js';
import { dependenciesOf } from './dependencies.js';
import type { Dependency } from './dependencies.js';

/** Milliseconds after which conditions that move with the clock are worked out again. */
const MOMENT = 15 * 60_000;

/** A segment's condition as it is now. */
export interface CheckedSegment {
  definition: ObjectDefinition;
  condition: TypedCondition;
  /** What changes may change who fulfils it. */
  dependencies: Dependency[];
  /** When time alone may have changed it, in milliseconds since 1970 UTC; null for never. */
  refreshAt: number | null;
}

/** Reads the conditions of segments. */
@Injectable()
export class SegmentConditions {
  constructor(private readonly kit: RecordKit) {}

  /** @throws Problem 404 for what segments are not of. */
  definitionOf(plural: string): ObjectDefinition {
    const definition = this.kit.byPlural(plural);
    if (!definition) throw new Error(`${plural} are not registered`);
    return definition;
  }

  /**
   * Checks a condition that somebody writes. A segment is of all records, whoever looks at it, so
   * its author must be able to read all that it asks for.
   * @throws Problem 400 for a condition that cannot be read, 403.
   */
  async checkNew(ctx: RequestContext, plural: string, where: unknown, at: string): Promise<void> {
    const definition = this.definitionOf(plural);
    const condition = parseWhere(where, at);
    for (const { object } of [definition, ...objectsIn(this.kit, definition, condition)]) {
      if (ctx.grants.get(`${object}:read`) === 'all') continue;
      const detail = `A dynamic segment is of all records: you need the permission ${object}:read, and not for your own alone.`;
      throw new Problem('forbidden', detail);
    }
    await this.check(ctx, definition, condition, true);
  }

  /** A segment's condition for the upkeep, which sees all of the workspace. */
  async checkStored(workspaceId: string, plural: string, where: string): Promise<CheckedSegment> {
    const definition = this.definitionOf(plural);
    const ctx = upkeepContext(workspaceId);
    const condition = parseWhere(JSON.parse(where));
    try {
      return await this.check(ctx, definition, condition, false);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // What it asks for may have been defined a moment ago.
      return this.check(ctx, definition, condition, true);
    }
  }

  private async check(
    ctx: RequestContext,
    definition: ObjectDefinition,
    where: Condition,
    fresh: boolean,
  ): Promise<CheckedSegment> {
    const { condition, clock } = await checkAcross(this.kit, ctx, definition, where, fresh);
    const dependencies = dependenciesOf(definition, condition);
    return { definition, condition, dependencies, refreshAt: refreshOf(clock) };
  }
}

function refreshOf(clock: FilterClock): number | null {
  if (clock.moves === null) return null;
  const nextDay = clock.nextDay();
  return clock.moves === 'day' ? nextDay : Math.min(nextDay, Date.now() + MOMENT);
}

const ALL: ReadonlyMap<string, Reach> = new Map(
  RECORD_OBJECTS.map((object) => [`${object}:read`, 'all' as const]),
);

/** Keel itself, which keeps segments current. */
export function upkeepContext(workspaceId: string): RequestContext {
  return {
    workspaceId,
    principal: { type: 'system', id: 'segments', userId: null },
    grants: ALL,
    ...{ accessKey: 'segments', requestId: 'segments', ip: null },
  };
}
