import type { FieldError } from '../../common/errors.js';
import type { Normalizer } from '../../common/values/normalized.js';
import type { RecordObject } from '../access/permissions.js';
import type { ColumnSpec, ColumnValues, FilterType } from './field-types.js';
import type { SearchPart } from '../search/search-source.js';
import type { RecordRules } from './record-rules.js';
import { fieldsOf } from './fields.js';
import type { FieldSpec } from './field-types.js';

/** Columns every record has besides its own fields; written by the platform. */
export const SYSTEM_PATHS: readonly (ColumnSpec & { sortable?: boolean })[] = [
  { column: 'id', sql: 'uuid', path: 'id', filter: 'uuid', sortable: true },
  { column: 'version', sql: 'integer', path: 'version', filter: 'integer' },
  {
    column: 'created_at',
    sql: 'timestamptz',
    path: 'createdAt',
    filter: 'datetime',
    sortable: true,
  },
  {
    column: 'updated_at',
    sql: 'timestamptz',
    path: 'updatedAt',
    filter: 'datetime',
    sortable: true,
  },
  { column: 'created_by', sql: 'uuid', path: 'createdBy', filter: 'uuid' },
  { column: 'updated_by', sql: 'uuid', path: 'updatedBy', filter: 'uuid' },
  { column: 'owner_id', sql: 'uuid', path: 'ownerId', filter: 'uuid' },
];

/** What a domain says of its object. */
export interface ObjectOptions extends RecordRules {
  /** Singular, as in permissions and event types: `contact`. */
  object: RecordObject;
  /** Plural, as in paths: `contacts`. */
  plural: string;
  table: string;
  /** Class whose field decorators describe the object's properties. */
  fields: new () => object;
  /** Hit of a search: what names the record, and what tells it from its namesakes. */
  title: (values: ColumnValues) => string;
  subtitle: (values: ColumnValues) => string;
  /** What finds the records besides their own words, such as what was said about a ticket. */
  searchPart?: SearchPart;
  /** Columns of other tables that point here; a merge moves them to the survivor. */
  links: readonly { table: string; column: string; object: string }[];
  /** Rule over the whole record, besides those of its fields. */
  check?: (values: ColumnValues) => string | undefined;
  /** What clients are told of checks that the table itself holds, by the constraint's name. */
  constraints?: Readonly<Record<string, FieldError>>;
  /** Paths that make two records look like one, strongest first; see `duplicates`. */
  duplicateKeys: readonly string[];
  /** What happens to records besides the common verbs: `confirmed: 'An order was confirmed.'`. */
  actions?: Readonly<Record<string, string>>;
}

/** A filterable path: where it lives and what it compares. */
export interface PathSpec {
  column: string;
  type: FilterType;
  /** Field whose first column this is; undefined for parts of fields and system columns. */
  field?: FieldSpec;
  normalize?: Normalizer<string>;
}

/** Everything the platform knows of an object, compiled once. */
export interface ObjectDefinition extends ObjectOptions {
  fieldList: readonly FieldSpec[];
  fieldByName: ReadonlyMap<string, FieldSpec>;
  /** Columns of the object's own fields. */
  columns: readonly ColumnSpec[];
  paths: ReadonlyMap<string, PathSpec>;
  /** Sortable names to their columns. */
  sortable: ReadonlyMap<string, { column: string; sql: ColumnSpec['sql']; nullable: boolean }>;
  /** Unique fields: records may be upserted by them. */
  unique: readonly FieldSpec[];
  references: readonly FieldSpec[];
  required: readonly FieldSpec[];
  lists: readonly FieldSpec[];
  /** Members of lists that records can be found by: `lines.productId`. */
  indexedItems: ReadonlyMap<string, { list: FieldSpec; member: FieldSpec }>;
  /** Whether the server gives values to columns that the input did not name. */
  isDerived: boolean;
}

/** Compiles what a domain declares. */
export function defineObject(options: ObjectOptions): ObjectDefinition {
  const fieldList = fieldsOf(options.fields);
  const columns = fieldList.flatMap((field) => field.columns);
  const paths = new Map<string, PathSpec>();
  for (const { path, filter, column, normalize } of [...SYSTEM_PATHS, ...columns]) {
    const field = fieldList.find((item) => item.name === path);
    if (path && filter) paths.set(path, { column, type: filter, field, normalize });
  }
  const sortable = new Map<string, { column: string; sql: ColumnSpec['sql']; nullable: boolean }>();
  for (const { path, column, sql, sortable: allowed } of SYSTEM_PATHS) {
    if (allowed && path) sortable.set(path, { column, sql, nullable: false });
  }
  for (const field of fieldList.filter((item) => item.sortable)) {
    const { column, sql } = field.columns[0] as ColumnSpec;
    const nullable = field.required !== true && field.initial === undefined;
    sortable.set(field.name, { column, sql, nullable });
  }
  return {
    ...options,
    fieldList,
    fieldByName: new Map(fieldList.map((field) => [field.name, field])),
    columns,
    paths,
    sortable,
    unique: fieldList.filter((field) => field.unique),
    references: fieldList.filter((field) => field.references),
    required: fieldList.filter(({ required, initial }) => required && initial === undefined),
    lists: fieldList.filter(({ kindName }) => kindName === 'list'),
    indexedItems: new Map(fieldList.flatMap(indexedMembers)),
    isDerived:
      options.derive !== undefined ||
      options.prepare !== undefined ||
      fieldList.some(({ initial }) => initial !== undefined),
  };
}

function indexedMembers(list: FieldSpec): [string, { list: FieldSpec; member: FieldSpec }][] {
  return list.items
    .filter(({ indexed }) => indexed)
    .map((member) => [`${list.name}.${member.name}`, { list, member }]);
}
