import { closest } from '../suggest.js';
import { normalizeDate } from '../values/date.js';
import { normalizeDatetime } from '../values/datetime.js';
import { normalizeDecimal } from '../values/decimal.js';
import { isUuid } from '../uuid.js';
import { checkPath, checkRelated, MAX_HOPS, tooManyHops } from './check-related.js';
import type {
  Comparison,
  Condition,
  FieldSchema,
  FieldType,
  FilterField,
  FilterValue,
  FilterRelation,
  Operator,
  Relations,
  TypedComparison,
  TypedCondition,
} from './condition.js';
import { invalidFilter, shown } from './fault.js';
import { RELATIVE_TIMES } from './filter-clock.js';
import type { FilterClock } from './filter-clock.js';
import { relationsNotHere } from './parse-related.js';

/** Most values of one `in` or `nin`. */
export const MAX_VALUES = 500;
const LONGEST_VALUE = 1000;

const EQUAL: Operator[] = ['eq', 'neq', 'in', 'nin', 'isNull'];
const ORDERED: Operator[] = [...EQUAL, 'gt', 'gte', 'lt', 'lte'];
const LIST: Operator[] = ['has', 'in', 'nin', 'isNull'];

const ALLOWED: Record<FieldType, readonly Operator[]> = {
  text: [...ORDERED, 'contains', 'startsWith'],
  number: ORDERED,
  integer: ORDERED,
  decimal: ORDERED,
  date: ORDERED,
  datetime: ORDERED,
  boolean: ['eq', 'neq', 'isNull'],
  uuid: EQUAL,
  select: EQUAL,
  tags: LIST,
  multiselect: LIST,
};
/** Operators that ask for a whole value, which a field may bring into its stored form. */
const WHOLE: readonly Operator[] = ['eq', 'neq', 'in', 'nin', 'has'];

const EXPECTED: Record<FieldType, string> = {
  text: `text of at most ${LONGEST_VALUE} characters`,
  number: 'a number',
  integer: 'a whole number',
  decimal: 'a decimal number such as 1250.00',
  date: 'a date such as 2026-01-31',
  datetime: 'a time such as 2026-01-31T12:00:00.000Z',
  boolean: 'true or false',
  uuid: 'an id',
  select: 'one of the options',
  tags: 'a tag',
  multiselect: 'one of the options',
};

export interface CheckOptions {
  /** Names to suggest from when a field does not exist. */
  fieldNames?: () => Iterable<string>;
  /** Where related records can be asked for; without it they cannot be. */
  relations?: Relations;
  /** What relative times mean; without it there are none. */
  clock?: FilterClock;
  /** Relations that lead to the records already. */
  hops?: number;
}

/**
 * Checks a condition against the fields there are and gives every value its field's type. Values
 * from a query string are texts; JSON may have numbers and booleans as such or as text. `eq` and
 * `neq` with null mean `isNull`.
 * @throws Problem 400 `invalid-filter` naming the field, operator or value and what is allowed.
 */
export function checkCondition(
  condition: Condition,
  schema: FieldSchema,
  options: CheckOptions = {},
): TypedCondition {
  const check = (item: Condition): TypedCondition => checkCondition(item, schema, options);
  if ('and' in condition) return { and: condition.and.map(check) };
  if ('or' in condition) return { or: condition.or.map(check) };
  if ('not' in condition) return { not: check(condition.not) };
  const { relations } = options;
  if ('related' in condition) {
    if (!relations) throw relationsNotHere(condition);
    assertHops(options, condition.at);
    return checkRelated(condition, relations, within(options, condition.at));
  }
  if (!schema(condition.field)?.filterable && relations) {
    const path = checkPath(condition, relations, within(options, condition.at));
    if (path) return path;
  }
  return checkComparison(condition, schema, options);
}

function assertHops({ hops = 0 }: CheckOptions, at = ''): void {
  if (hops >= MAX_HOPS) throw tooManyHops(at);
}

/** Checks conditions on the records that a relation leads to. */
function within(options: CheckOptions, at = '') {
  const hops = (options.hops ?? 0) + 1;
  return (where: Condition | undefined, relation: FilterRelation): TypedCondition => {
    const { schema, fieldNames, relations } = relation;
    assertHops(options, at);
    return checkCondition(where as Condition, schema, { ...options, fieldNames, relations, hops });
  };
}

function checkComparison(
  comparison: Comparison,
  schema: FieldSchema,
  options: CheckOptions,
): TypedComparison {
  const { field, op, value, at = '' } = comparison;
  const known = schema(field);
  if (!known?.filterable) throw unknownField(field, at, options);
  const { clock } = options;
  const { type } = known;
  if (value === null && (op === 'eq' || op === 'neq')) {
    return { field, op: 'isNull', type, value: op === 'eq' };
  }
  if (!ALLOWED[type].includes(op)) {
    const allowed = ALLOWED[type].join(', ');
    const detail = `${shown(field)} does not take the operator ${op}. It takes ${allowed}.`;
    throw invalidFilter('operatorNotAllowed', detail, at);
  }
  if (op === 'isNull') return { field, op, type, value: coerce({ type: 'boolean' }, comparison) };
  if (op === 'in' || op === 'nin') {
    return { field, op, type, value: checkList(known, comparison, clock) };
  }
  return { field, op, type, value: coerce(known, comparison, clock) };
}

function unknownField(field: string, at: string, options: CheckOptions): Error {
  const { fieldNames, relations } = options;
  const names = [...(fieldNames?.() ?? []), ...(relations?.names() ?? [])];
  const near = closest(field, names);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  const detail = `There is no field ${shown(field)} to filter by.${hint}`;
  return invalidFilter('unknownField', detail, at);
}

function checkList(
  field: FilterField,
  comparison: Comparison,
  clock: FilterClock | undefined,
): FilterValue {
  const { value } = comparison;
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_VALUES) {
    const detail = `${shown(comparison.field)} takes a list of 1 to ${MAX_VALUES} values here.`;
    throw invalidFilter('invalidValue', detail, comparison.at ?? '');
  }
  const items = (value as unknown[]).map((item) =>
    coerce(field, { ...comparison, value: item }, clock),
  );
  return [...new Set(items)];
}

function coerce(
  { type, normalize }: Pick<FilterField, 'type' | 'normalize'>,
  { field, op, value: raw, at = '' }: Comparison,
  clock?: FilterClock,
): string | number | boolean {
  const isTime = type === 'date' || type === 'datetime';
  const value = (isTime ? clock?.[type](raw) : undefined) ?? COERCERS[type](raw);
  if (value === undefined) {
    const relative = isTime && clock ? `, or a relative time: ${RELATIVE_TIMES}` : '';
    const expected = `${EXPECTED[type]}${relative}`;
    const detail = `${shown(field)} is compared with ${expected}, not with ${shown(raw)}.`;
    throw invalidFilter('invalidValue', detail, at);
  }
  if (!normalize || !WHOLE.includes(op)) return value;
  const stored = normalize(value);
  if (!stored.error) return stored.value;
  const detail = `${shown(field)} ${stored.error.detail}; ${shown(raw)} is not.`;
  throw invalidFilter('invalidValue', detail, at);
}

type Coercer = (raw: unknown) => string | number | boolean | undefined;

/** NFC, as texts are stored; not trimmed, since `contains` may look for a space. */
const text: Coercer = (raw) => {
  const isText = typeof raw === 'string' && raw.length <= LONGEST_VALUE;
  return isText && !raw.includes('\0') && raw.isWellFormed() ? raw.normalize('NFC') : undefined;
};

const number: Coercer = (raw) => {
  const value = typeof raw === 'string' && NUMBER.test(raw) ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};
const NUMBER = /^[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:e[+-]?\d{1,3})?$/i;

const COERCERS: Record<FieldType, Coercer> = {
  text,
  select: text,
  tags: text,
  multiselect: text,
  number,
  integer(raw) {
    const value = number(raw);
    return Number.isSafeInteger(value) ? value : undefined;
  },
  decimal: (raw) => normalizeDecimal(raw, { precision: 38, scale: 18 }).value,
  date: (raw) => normalizeDate(raw).value,
  datetime: (raw) => normalizeDatetime(asTime(raw)).value,
  boolean(raw) {
    if (raw === true || raw === 'true') return true;
    return raw === false || raw === 'false' ? false : undefined;
  },
  uuid: (raw) => (isUuid(raw) ? raw.toLowerCase() : undefined),
};

/** A date alone is its first moment, UTC; a `+` that a query string turned into a space is mended. */
function asTime(raw: unknown): unknown {
  if (typeof raw !== 'string') return raw;
  const date = normalizeDate(raw).value;
  return date === undefined ? raw.replace(/ (?=\d\d:\d\d$)/, '+') : `${date}T00:00:00Z`;
}
