import { Problem } from '../../common/errors.js';
import { fieldsIn } from '../../common/filter/index.js';
import type { Condition, TypedCondition } from '../../common/filter/index.js';
import { itemsOf } from './list-items.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordRow } from './stored-row.js';

type Comparison = Extract<TypedCondition, { field: string }>;
type Value = string | number | boolean;

/**
 * Whether a record fulfils a checked condition, without asking the database: for records that are
 * not stored yet. Agrees with `conditionSql` but for the order of texts, which is that of their
 * code points here.
 */
export function fulfils(
  definition: ObjectDefinition,
  condition: TypedCondition,
  row: RecordRow,
): boolean {
  if ('and' in condition) return condition.and.every((item) => fulfils(definition, item, row));
  if ('or' in condition) return condition.or.some((item) => fulfils(definition, item, row));
  if ('not' in condition) return !fulfils(definition, condition.not, row);
  if ('relation' in condition) throw new Error('Related records are not at hand here');
  return compare(condition, valuesOf(definition, condition.field, row));
}

/** What a record gets only when it is written, which is after it was tested. */
const NOT_YET = ['id', 'version', 'createdAt', 'updatedAt', 'createdBy', 'updatedBy'];

/**
 * Refuses a condition on records that are not stored yet which could never hold.
 * @param also further fields that such records do not have.
 * @throws Problem 422.
 */
export function assertTestable(where: Condition, also: readonly string[] = []): void {
  const missing = new Set([...NOT_YET, ...also]);
  const unknown = fieldsIn(where).find((field) => missing.has(field));
  if (unknown === undefined) return;
  const detail = `cannot go by ${unknown}, which a record has only once it is written`;
  throw Problem.validation([{ pointer: '/where', code: 'isFilterable', detail }]);
}

/** What a path holds: nothing, one value, or those of a list. */
function valuesOf(definition: ObjectDefinition, field: string, row: RecordRow): Value[] {
  const path = definition.paths.get(field);
  if (path) return present(path.column === 'owner_id' ? row.ownerId : row.values[path.column]);
  const item = definition.indexedItems.get(field);
  if (item) {
    return itemsOf(row.values[item.list.column]).flatMap((each) => present(each[item.member.name]));
  }
  if (field === 'tags') return row.tags;
  const [kind, ...rest] = field.split('.');
  const name = rest.join('.');
  if (kind === 'externalIds') return present(row.externalIds[name]);
  const value = row.custom[name];
  return Array.isArray(value) ? (value as Value[]) : present(value);
}

const present = (value: unknown): Value[] =>
  value === null || value === undefined ? [] : [value as Value];

function compare({ op, type, value }: Comparison, held: readonly Value[]): boolean {
  const wanted = [value].flat();
  const same = (item: Value): boolean =>
    wanted.some((other) => ordinal(item, type) === ordinal(other, type));
  switch (op) {
    case 'isNull':
      return (held.length === 0) === (value === true);
    case 'eq':
    case 'has':
    case 'in':
      return held.some(same);
    case 'neq':
    case 'nin':
      return !held.some(same);
    case 'contains':
      return held.some((item) => lower(item).includes(lower(value as Value)));
    case 'startsWith':
      return held.some((item) => lower(item).startsWith(lower(value as Value)));
    default:
      return held.some((item) => isOrdered(op, ordinal(item, type), ordinal(value as Value, type)));
  }
}

const lower = (value: Value): string => String(value).toLowerCase();

/** A form of the value that compares as its type does. */
function ordinal(value: Value, type: Comparison['type']): Value {
  switch (type) {
    case 'number':
    case 'integer':
    case 'decimal':
      return Number(value);
    case 'datetime':
      return Date.parse(String(value));
    case 'boolean':
      return value;
    default:
      return String(value);
  }
}

function isOrdered(op: 'gt' | 'gte' | 'lt' | 'lte', left: Value, right: Value): boolean {
  switch (op) {
    case 'gt':
      return left > right;
    case 'gte':
      return left >= right;
    case 'lt':
      return left < right;
    case 'lte':
      return left <= right;
  }
}
