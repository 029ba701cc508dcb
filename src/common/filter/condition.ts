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

/** A comparison whose value has the type of its field. */
export interface TypedComparison {
  field: string;
  op: Operator;
  type: FieldType;
  value: FilterValue;
}

/**
 * A checked condition. An empty value is not equal to anything: `neq` and `nin` include records
 * that have none, the ordered comparisons leave them out.
 */
export type TypedCondition =
  { and: TypedCondition[] } | { or: TypedCondition[] } | { not: TypedCondition } | TypedComparison;

/** What is known of a field; undefined for one that does not exist. */
export type FieldSchema = (field: string) => { type: FieldType; filterable: boolean } | undefined;
