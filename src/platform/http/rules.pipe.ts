import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { compileRules } from './rules.js';

const PLAIN = new Set<unknown>([String, Number, Boolean, Object, Array]);

const CHECKED_BY_SERVICE = 'keel:checkedByService';

/**
 * Marks a body class that the service checks itself, such as a record's: it normalises while it
 * checks, and does so for batches and imports too.
 */
export const CheckedByService = (): ClassDecorator => (target) => {
  Reflect.defineMetadata(CHECKED_BY_SERVICE, true, target);
};

/** Checks each body and query that is declared as a DTO class; names every fault at once. */
@Injectable()
export class RulesPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (!metatype || PLAIN.has(metatype) || (type !== 'body' && type !== 'query')) return value;
    if (Reflect.hasOwnMetadata(CHECKED_BY_SERVICE, metatype)) return value;
    const errors: FieldError[] = [];
    compileRules(metatype as new () => object)(value ?? {}, '', errors);
    if (errors.length > 0) throw Problem.validation(errors);
    return value ?? {};
  }
}
