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
export type Condition = ConditionOf<Comparison | Related>;
/** One that asks for nothing but the record's own fields. */
export type PlainCondition = ConditionOf<Comparison>;

type ConditionOf<Leaf> =
  { and: ConditionOf<Leaf>[] } | { or: ConditionOf<Leaf>[] } | { not: ConditionOf<Leaf> } | Leaf;

export interface Comparison {
  field: string;
  op: Operator;
  /** Text where it comes from a query string; any JSON where it comes from `where`. */
  value: unknown;
  /** Where it was written, as a JSON pointer, for problems: `/filter[status]`, `/where/and/0`. */
  at?: string;
}

/** Operators that compare how many related records there are, or what they add up to. */
export const AGGREGATE_OPERATORS = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte'] as const;
export type AggregateOperator = (typeof AGGREGATE_OPERATORS)[number];

/** A condition on the records that are related to one, as it was asked for. */
export interface Related {
  /** Names of relations, with dots between them: `orders`, `company.orders`. */
  related: string;
  /** Which of them count; all when there is none. */
  where?: Condition;
  wanted: Wanted;
  at?: string;
}

/** What is wanted of related records. The sum and the count of none are 0. */
export type Wanted =
  | { kind: 'some' }
  | { kind: 'none' }
  | { kind: 'count'; op: AggregateOperator; value: unknown }
  | { kind: 'sum'; field: string; op: AggregateOperator; value: unknown };

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
  | { and: TypedCondition[] }
  | { or: TypedCondition[] }
  | { not: TypedCondition }
  | TypedComparison
  | TypedRelated;

/** A checked condition on related records; true or false as well. */
export interface TypedRelated {
  relation: FilterRelation;
  where: TypedCondition | null;
  wanted: TypedWanted;
}

/** As {@link Wanted}: counts are whole numbers of 0 or more, sums decimal texts. */
export type TypedWanted =
  | { kind: 'some' }
  | { kind: 'none' }
  | { kind: 'count'; op: AggregateOperator; value: number }
  | { kind: 'sum'; field: string; op: AggregateOperator; value: string };

/** How records lead to others. What more there is to know of it, its maker knows. */
export interface FilterRelation {
  name: string;
  /** Whether a record may lead to several. */
  isMany: boolean;
  /** What the related records can be filtered by. */
  schema: FieldSchema;
  fieldNames: () => Iterable<string>;
  relations: Relations;
}

/** The relations of an object. */
export interface Relations {
  /** @throws Problem 403 for records that the caller may not read. */
  find(name: string): FilterRelation | undefined;
  names(): Iterable<string>;
}

export interface FilterField {
  type: FieldType;
  filterable: boolean;
  /**
   * Brings text that is compared for equality into the form it is stored in (an e-mail address in
   * lower case, a country's name as its code); what it refuses cannot be asked for.
   */
  normalize?: Normalizer<string>;
  /** Whether a sum of the field over several records can be asked for: a column of their own. */
  isAddable?: boolean;
}

/** What is known of a field; undefined for one that does not exist. */
export type FieldSchema = (field: string) => FilterField | undefined;
