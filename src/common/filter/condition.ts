import type { Normalizer } from '../values/normalized.js';

/** What a comparison does; which of them a field allows depends on its type. */
export const OPERATORS = [
  'eq',
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'nin',
  'contains',
  'startsWith',
  'isNull',
  'has',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** A condition as it was asked for; nothing about its fields is known yet. */
export type Condition =
  { and: Condition[] } | { or: Condition[] } | { not: Condition } | Comparison;

export interface Comparison {
  field: string;
  op: Operator;
  /** Text where it comes from a query string; any JSON where it comes from `where`. */
  value: unknown;
  /** Where it was written, as a JSON pointer, for problems: `/filter[status]`, `/where/and/0`. */
  at?: string;
}

/** Types of fields, as far as comparing goes. */
export type FieldType =
  | 'text'
  | 'number'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'datetime'
  | 'boolean'
  | 'uuid'
  | 'tags'
  | 'select'
  | 'multiselect';

export type FilterValue = string | number | boolean | (string | number | boolean)[];

/**
 * A comparison whose value has the type of its field: numbers for number and integer, booleans,
 * texts in canonical form for all others. `in` and `nin` have a list of 1 to 500 different values,
 * `isNull` a boolean. Integers are exact but may exceed 32 bits.
 */
export interface TypedComparison {
  field: string;
  op: Operator;
  type: FieldType;
  value: FilterValue;
}

/**
 * A checked condition. Each comparison is true or false, never unknown: an empty value is not equal
 * to anything, so `neq` and `nin` include records that have none, while all other comparisons but
 * `isNull` leave them out; and `not` matches exactly the records its condition does not. A list is
 * null when it is empty; `in` and `nin` of a list ask whether it has any of the values.
 */
export type TypedCondition =
  { and: TypedCondition[] } | { or: TypedCondition[] } | { not: TypedCondition } | TypedComparison;

export interface FilterField {
  type: FieldType;
  filterable: boolean;
  /**
   * Brings text that is compared for equality into the form it is stored in (an e-mail address in
   * lower case, a country's name as its code); what it refuses cannot be asked for.
   */
  normalize?: Normalizer<string>;
}

/** What is known of a field; undefined for one that does not exist. */
export type FieldSchema = (field: string) => FilterField | undefined;
