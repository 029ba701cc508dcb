import type { ColumnSpec } from './field-types.js';
import { jsonSql } from './record-json.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordRow } from './record-row.js';

/** Columns of the rows that writes are made from, besides the object's own. */
const SIDE_COLUMNS = ['owner_id', 'tags', 'custom', 'external_ids'] as const;

/** JSON comes as text, so that it is stored as it was written. */
const recordset = (columns: readonly ColumnSpec[]): string =>
  columns.map(({ column, sql }) => `${column} ${sql === 'json' ? 'text' : sql}`).join(', ');

const given = ({ column, sql }: ColumnSpec): string =>
  sql === 'json' ? `s.${column}::json` : `s.${column}`;

const TAGS = 'array(select json_array_elements_text(s.tags))';

/**
 * `insert … returning` for rows given as one JSON parameter, for any number of them.
 * Parameters: `$1` workspace, `$2` acting user, `$3` rows as JSON.
 * @param onConflict `nothing`: rows whose unique value is taken are left out of the result.
 */
export function insertSql(definition: ObjectDefinition, onConflict: 'error' | 'nothing'): string {
  const own = definition.columns.map(({ column }) => column);
  return `with r as (
      insert into ${definition.table} (workspace_id, id, created_by, updated_by,
        ${[...SIDE_COLUMNS, ...own].join(', ')})
      select $1::uuid, s.id, $2::uuid, $2::uuid, s.owner_id, ${TAGS}, s.custom, s.external_ids,
        ${definition.columns.map(given).join(', ')}
      from json_to_recordset($3::json) as s (id uuid, owner_id uuid, tags json, custom jsonb,
        external_ids jsonb, ${recordset(definition.columns)})
      ${onConflict === 'nothing' ? 'on conflict do nothing' : ''}
      returning *)
    select r.id, r.version, ${jsonSql(definition)} as json from r`;
}

/**
 * `insert … returning` of one row, its values as parameters of their own: half the work that
 * reading them from JSON takes. Parameters: `$1` workspace, `$2` id, `$3` acting user, then
 * {@link oneRowValues}.
 */
export function insertOneSql(definition: ObjectDefinition): string {
  const columns = [...SIDE_COLUMNS, ...definition.columns.map(({ column }) => column)];
  return `insert into ${definition.table} as r (workspace_id, id, created_by, updated_by,
      ${columns.join(', ')})
    values ($1, $2, $3, $3, ${columns.map((_, index) => `$${index + 4}`).join(', ')})
    returning r.id, r.version, ${jsonSql(definition)} as json`;
}

/** Values of a row in the order of {@link insertOneSql}. */
export function oneRowValues(definition: ObjectDefinition, row: RecordRow): unknown[] {
  return [
    ...[row.ownerId, row.tags, JSON.stringify(row.custom), JSON.stringify(row.externalIds)],
    ...definition.columns.map(({ column }) => row.values[column]),
  ];
}

/** `update … returning`: parameters as {@link insertSql}; rows hold every column's new value. */
export function updateSql(definition: ObjectDefinition): string {
  const own = definition.columns.map((column) => `${column.column} = ${given(column)}`);
  return `with r as (
      update ${definition.table} t set version = t.version + 1, updated_at = now(),
        updated_by = $2::uuid, owner_id = s.owner_id, tags = ${TAGS}, custom = s.custom,
        external_ids = s.external_ids, ${own.join(', ')}
      from json_to_recordset($3::json) as s (id uuid, owner_id uuid, tags json, custom jsonb,
        external_ids jsonb, ${recordset(definition.columns)})
      where t.workspace_id = $1::uuid and t.id = s.id
      returning t.*)
    select r.id, r.version, ${jsonSql(definition)} as json from r`;
}

/** Columns of a row as the write path reads it before a change. */
export function rowColumns(definition: ObjectDefinition): string {
  return [
    'r.id, r.version, r.owner_id, r.tags, r.custom, r.external_ids, r.deleted_at, r.merged_into',
    ...definition.columns.map(({ column, sql }) =>
      sql === 'numeric' || sql === 'json' ? `r.${column}::text` : `r.${column}`,
    ),
  ].join(', ');
}
