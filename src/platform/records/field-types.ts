import type { ApiPropertyOptions } from '@nestjs/swagger';
import type { Normalizer, ValueFault } from '../../common/values/normalized.js';
import type { RecordObject } from '../access/permissions.js';

/** Kinds of fields; `field-kinds.ts` says how each behaves. */
export type FieldKindName =
  | 'text'
  | 'email'
  | 'domain'
  | 'url'
  | 'country'
  | 'language'
  | 'timeZone'
  | 'currency'
  | 'select'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'reference'
  | 'names'
  | 'phone'
  | 'money'
  | 'address'
  | 'list'
  | 'json';

/** Values of a row by column name, as they go into SQL. */
export type ColumnValues = Record<string, string | number | boolean | null>;

/** What normalising needs to know besides the value. */
export interface ParseContext {
  /** Country that phone numbers without a prefix belong to (ISO code). */
  country: string | null;
  /** Currency of amounts that come without one. */
  currency: string;
  /** Imported cells: everything is text, `yes` is a boolean, `1,250.00` a number. */
  lenient: boolean;
  /** How a file writes what can be written in several ways. */
  forms?: CellForms;
}

/** How the cells of a file are written. */
export interface CellForms {
  date: Normalizer<string>;
  datetime: Normalizer<string>;
  /** Undefined: told number by number, and refused where two readings are possible. */
  decimalMark?: '.' | ',';
}

/** What a filter on a path compares; see common/filter. */
export type FilterType =
  'text' | 'number' | 'integer' | 'decimal' | 'date' | 'datetime' | 'boolean' | 'uuid' | 'select';

export interface ColumnSpec {
  column: string;
  sql:
    | 'text'
    | 'integer'
    | 'numeric'
    | 'boolean'
    | 'uuid'
    | 'date'
    | 'timestamptz'
    | 'float8'
    /** Kept as written, so that equal values are equal text. */
    | 'json';
  /** Path in the API, such as `address.city`; absent for columns not filtered by. */
  path?: string;
  filter?: FilterType;
  /** How whole values that are asked for get their stored form, where the field's own does not. */
  normalize?: Normalizer<string>;
}

/** How values of one kind of field are stored, read and written. */
export interface FieldKind {
  columns(name: string, column: string): ColumnSpec[];
  /** Normalises into `target`; returns what is wrong. `raw` is never null. */
  parse(
    raw: unknown,
    field: FieldSpec,
    target: ColumnValues,
    context: ParseContext,
  ): ValueFault | undefined;
  /** Members of the JSON record, as SQL over the row `r`. */
  json(name: string, column: string): Record<string, string>;
  /** The API value of stored columns. */
  value(column: string, values: ColumnValues): unknown;
  schema(field: FieldSpec): ApiPropertyOptions;
}

export interface FieldOptions {
  /** What people call it. */
  label: string;
  description?: string;
  example?: unknown;
  /** Column headers of files that mean this field, in any language. */
  synonyms?: readonly string[];
  required?: boolean;
  /** No two records outside the bin share a value; records can be upserted by it. */
  unique?: boolean;
  /** An index serves this order: `(workspace_id, column, id)`. */
  sortable?: boolean;
  /** Name of its column where the field's own is a word of SQL. */
  column?: string;
  /** Where search finds it: as the title or subtitle of a hit, or only as a word. */
  search?: 'title' | 'subtitle' | 'text';
  maxLength?: number;
  min?: number;
  max?: number;
  /** Most decimals of a decimal number; default 4. */
  scale?: number;
  /** An amount: the field of the record that names its currency. */
  currencyIn?: string;
  /** Set by the server alone: bodies and files that name it are refused. */
  readOnly?: boolean;
  /**
   * Read-only, but a file of what happened before Keel may say it of new records; `dated`: one of
   * those alone who may also say when records were made.
   */
  importable?: boolean | 'dated';
  /** Stored value of a new record that says nothing; the field is never empty then. */
  initial?: string | number | boolean;
  /** Class whose field decorators describe the items of a list. */
  item?: new () => object;
  /** Most items of a list; default 100. */
  maxItems?: number;
  /** Member of a list's items: records can be found by it (`filter[lines.productId]=…`). */
  indexed?: boolean;
  /**
   * Member of a list's items: where it is not given, the server fills it in from the record that
   * another member names, or with a value.
   */
  filled?: { from: string; otherwise?: string };
  options?: readonly string[];
  /** Object that a reference leads to, and how imports may name its records. */
  references?: { object: RecordObject | 'user'; include: string; by: readonly string[] };
  /**
   * Member of a list's items: its value is the id of a record of the object that another member
   * names, such as `object`. Merges move it, and events of its record show on the timeline of the
   * record it names. The domain checks that there is one.
   */
  objectIn?: string;
}

/** A property of an object: the one description that validation, SQL, imports and docs come from. */
export interface FieldSpec extends FieldOptions {
  name: string;
  kind: FieldKind;
  kindName: FieldKindName;
  column: string;
  columns: readonly ColumnSpec[];
  /** Members of a list's items. */
  items: readonly FieldSpec[];
  options: readonly string[];
  selectNormalizer: Normalizer<string>;
  selectReader: Normalizer<string>;
}
