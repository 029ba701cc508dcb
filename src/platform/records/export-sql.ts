import { Problem } from '../../common/errors.js';
import type { ColumnSpec } from './field-types.js';
import { conditionsOf, whereOf } from './list-sql.js';
import type { ListPlan } from './list-sql.js';
import { SYSTEM_PATHS } from './object-definition.js';
import type { ObjectDefinition } from './object-definition.js';
import { Literals } from './params.js';
import type { WorkspaceSettings } from './record-settings.js';
import { orderBy } from './sort-keys.js';
import type { SortKey } from './sort-keys.js';

/** One column of an exported table. */
export interface ExportColumn {
  /** Path of the field; an import maps it back to the same field. */
  header: string;
  /** Text of the cell, as SQL over the row `r`. */
  sql: string;
  /** Text that people have written: it may begin with what a spreadsheet would run. */
  isText: boolean;
}

const time = (column: string): string =>
  `to_char(r.${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Every column that an export of the object can have. */
export function exportColumns(
  definition: ObjectDefinition,
  settings: WorkspaceSettings,
  sources: readonly string[],
): ExportColumn[] {
  const plain = ({ column, path, sql }: ColumnSpec): ExportColumn => ({
    header: path ?? column,
    sql: sql === 'timestamptz' ? time(column) : `r.${column}`,
    isText: sql === 'text',
  });
  const [id, ...system] = SYSTEM_PATHS as [ColumnSpec, ...ColumnSpec[]];
  const own = definition.columns.filter(({ path }) => path !== undefined);
  return [
    plain(id),
    ...own.map(plain),
    { header: 'tags', sql: "array_to_string(r.tags, ',')", isText: true },
    ...[...settings.properties.values()].map(({ name, type }) => ({
      header: `custom.${name}`,
      sql: customSql(name, type),
      isText: true,
    })),
    ...sources.map((source) => ({
      header: `externalIds.${source}`,
      sql: `r.external_ids ->> '${source}'`,
      isText: true,
    })),
    ...system.map(plain),
  ];
}

function customSql(name: string, type: string): string {
  // Names are letters, digits and _ (see PropertyInput), so they can stand in the statement.
  if (type === 'money') return `r.custom -> '${name}' ->> 'amount'`;
  if (type !== 'multiSelect') return `r.custom ->> '${name}'`;
  return `(select string_agg(v, ',') from jsonb_array_elements_text(r.custom -> '${name}') v)`;
}

/**
 * The columns asked for; a name takes all that lies below it (`address`, `custom`).
 * @throws Problem 400 for a name that there is not.
 */
export function chooseColumns(
  columns: readonly ExportColumn[],
  fields: readonly string[] | undefined,
): ExportColumn[] {
  if (!fields) return [...columns];
  return fields.flatMap((field) => {
    const found = columns.filter(
      ({ header }) => header === field || header.startsWith(`${field}.`),
    );
    if (found.length > 0) return found;
    const known = columns.map(({ header }) => header).join(', ');
    throw new Problem('invalid-parameter', `There is no field ${field.slice(0, 64)}: ${known}.`);
  });
}

/** Code points that a guarded cell begins with: what a spreadsheet runs, and the apostrophe. */
const SUSPECT = '9, 10, 13, 39, 43, 45, 61, 64, 65291, 65293, 65309, 65312';

/**
 * What a spreadsheet would run, guarded as platform/files/formats/csv/guard.ts describes. The first
 * letter decides for nearly every cell; the slower expressions are for the rest.
 */
const guarded = (sql: string): string => `case
    when ascii(${sql}) in (${SUSPECT}) and (${sql}) ~ '^(''+)?[=+@\\t\\r\\n＝＋－＠-]'
      and (${sql}) !~ '^-\\d+(\\.\\d+)?([eE][+-]?\\d+)?$'
    then '''' || (${sql}) else (${sql}) end`;

/**
 * COPY of the rows of a list as CSV, without a header; one statement, so one consistent snapshot.
 * @param raw leaves cells as they are even where a spreadsheet would run them.
 * @param ordered sorts by the plan's keys; unordered rows come as fast as the table can be read.
 */
export function copyCsv(
  plan: ListPlan,
  columns: readonly ExportColumn[],
  options: { raw: boolean; ordered: boolean },
): string {
  const cells = columns.map(({ sql, isText }) => (isText && !options.raw ? guarded(sql) : sql));
  return `copy (${rows(plan, cells.join(', '), options.ordered)}) to stdout (format csv)`;
}

/** COPY of the rows as JSON lines: no control character of JSON text can end a "quoted" cell. */
export function copyJson(plan: ListPlan, ordered: boolean): string {
  return `copy (${rows(plan, plan.json, ordered)})
    to stdout (format csv, quote E'\\x01', delimiter E'\\x02')`;
}

function rows(plan: ListPlan, select: string, ordered: boolean): string {
  const params = new Literals(plan.workspaceId);
  const where = whereOf(plan, conditionsOf(plan, params), params);
  const [lead, ...rest] = plan.keys as [SortKey, ...SortKey[]];
  const nullsLast = `${orderBy([lead])} nulls last`;
  const order = ordered ? ` order by ${[nullsLast, orderBy(rest)].filter(Boolean).join(', ')}` : '';
  const from = `${plan.definition.table} r${ordered ? joined(plan, lead, params) : ''}`;
  return `select ${select} from ${from} ${where}${order}`;
}

/** What a custom property has to be sorted by; records without a value are exported too. */
function joined({ definition }: ListPlan, { indexKey }: SortKey, params: Literals): string {
  if (indexKey === undefined) return '';
  return ` left join record_index s on s.workspace_id = ${params.workspace}
    and s.object = '${definition.object}' and s.key = ${params.add(indexKey)}
    and s.record_id = r.id`;
}
