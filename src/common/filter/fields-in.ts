import type { Condition } from './condition.js';

/** Every field of the record itself that a condition compares. */
export function fieldsIn(condition: Condition | undefined): string[] {
  if (condition === undefined) return [];
  if ('and' in condition) return condition.and.flatMap(fieldsIn);
  if ('or' in condition) return condition.or.flatMap(fieldsIn);
  if ('not' in condition) return fieldsIn(condition.not);
  return 'field' in condition ? [condition.field] : [];
}
