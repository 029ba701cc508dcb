import { Problem } from '../errors.js';
import { normalizeDate } from '../values/date.js';
import { normalizeDatetime } from '../values/datetime.js';
import { isUuid } from '../uuid.js';
import type {
  Comparison,
  Condition,
  FieldSchema,
  FieldType,
  FilterValue,
  Operator,
  TypedComparison,
  TypedCondition,
} from './condition.js';

/** Most values of one `in` or `nin`. */
export const MAX_VALUES = 500;
const LONGEST_VALUE = 1000;

const EQUAL: Operator[] = ['eq', 'neq', 'in', 'nin', 'isNull'];
const ORDERED: Operator[] = [...EQUAL, 'gt', 'gte', 'lt', 'lte'];

const ALLOWED: Record<FieldType, Operator[]> = {
  text: [...ORDERED, 'contains', 'startsWith'],
  number: ORDERED,
  integer: ORDERED,
  decimal: ORDERED,
  date: ORDERED,
  datetime: ORDERED,
  boolean: ['eq', 'neq', 'isNull'],
  uuid: EQUAL,
  select: EQUAL,
  tags: ['has', 'in', 'nin', 'isNull'],
  multiselect: ['has', 'in', 'nin', 'isNull'],
};

const EXPECTED: Record<FieldType, string> = {
  text: 'text of at most 1000 characters',
  number: 'a number',
  integer: 'a whole number',
  decimal: 'a decimal number',
  date: 'a date like 2026-01-31',
  datetime: 'a time like 2026-01-31T12:00:00.000Z',
  boolean: 'true or false',
  uuid: 'an id',
  select: 'one of the options',
  tags: 'a tag',
  multiselect: 'one of the options',
};

const DECIMAL = /^-?\d{1,19}(\.\d{1,10})?$/;
const INTEGER = /^-?\d{1,18}$/;

const invalid = (detail: string): Problem => new Problem('invalid-filter', detail);

/**
 * Checks a condition against the fields there are and gives every value its field's type.
 * @throws Problem 400 `invalid-filter` naming the field, operator or value and what is allowed.
 */
export function checkCondition(condition: Condition, schema: FieldSchema): TypedCondition {
  if ('and' in condition) return { and: condition.and.map((item) => checkCondition(item, schema)) };
  if ('or' in condition) return { or: condition.or.map((item) => checkCondition(item, schema)) };
  if ('not' in condition) return { not: checkCondition(condition.not, schema) };
  return checkComparison(condition, schema);
}

function checkComparison(comparison: Comparison, schema: FieldSchema): TypedComparison {
  const { field, op, value } = comparison;
  const known = schema(field);
  if (!known?.filterable) {
    throw invalid(`There is no field ${field.slice(0, 64)} to filter by.`);
  }
  const { type } = known;
  if (!ALLOWED[type].includes(op)) {
    throw invalid(
      `${field} does not take the operator ${op}. It takes ${ALLOWED[type].join(', ')}.`,
    );
  }
  if (op === 'isNull') return { field, op, type, value: coerce(field, 'boolean', value) };
  if (op === 'in' || op === 'nin') return { field, op, type, value: checkList(field, type, value) };
  return { field, op, type, value: coerce(field, type, value) };
}

function checkList(field: string, type: FieldType, value: unknown): FilterValue {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_VALUES) {
    throw invalid(`${field} takes a list of 1 to ${MAX_VALUES} values here.`);
  }
  return value.map((item) => coerce(field, type, item) as string | number | boolean);
}

function coerce(field: string, type: FieldType, raw: unknown): string | number | boolean {
  const value = COERCERS[type](raw);
  if (value !== undefined) return value;
  const shown = JSON.stringify(raw)?.slice(0, 64) ?? 'nothing';
  throw invalid(`${field} is compared with ${EXPECTED[type]}, not with ${shown}.`);
}

type Coercer = (raw: unknown) => string | number | boolean | undefined;

const text: Coercer = (raw) =>
  typeof raw === 'string' && raw.length <= LONGEST_VALUE && !raw.includes('\0') ? raw : undefined;

const COERCERS: Record<FieldType, Coercer> = {
  text,
  select: text,
  tags: text,
  multiselect: text,
  number(raw) {
    const number = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  },
  integer: (raw) => (INTEGER.test(String(raw)) ? Number(raw) : undefined),
  decimal: (raw) => (DECIMAL.test(String(raw)) ? String(raw) : undefined),
  date: (raw) => normalizeDate(raw).value,
  datetime: (raw) => normalizeDatetime(raw).value,
  boolean(raw) {
    if (raw === true || raw === 'true') return true;
    return raw === false || raw === 'false' ? false : undefined;
  },
  uuid: (raw) => (isUuid(raw) ? raw.toLowerCase() : undefined),
};
