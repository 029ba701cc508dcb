import type { TypedCondition } from '../../common/filter/index.js';
import type { ObjectDefinition } from './object-definition.js';
import type { Params } from './params.js';
import { relatedSql } from './related-sql.js';
import type { Writing } from './related-sql.js';

/** What conditions need to know of an object. */
type Filterable = { object: string } & Pick<ObjectDefinition, 'paths'>;

type Comparison = Extract<TypedCondition, { field: string }>;

const CASTS: Record<string, string> = {
  text: 'text',
  select: 'text',
  number: 'float8',
  integer: 'bigint',
  decimal: 'numeric',
  date: 'date',
  datetime: 'timestamptz',
  boolean: 'boolean',
  uuid: 'uuid',
};

const ORDERED: Record<string, string> = { gt: '>', gte: '>=', lt: '<', lte: '<=' };

/** Escapes what LIKE would read as a wildcard. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/**
 * SQL of a checked condition over the row `r`. Own columns are compared in place; tags, custom
 * properties and external ids through `record_index`, which an index serves under row level
 * security (jsonb and array operators are not leakproof, so their indexes would not be used).
 * @param isWanted false for the opposite: `not` goes down to what it denies, so that PostgreSQL
 * can join with what there must not be.
 */
export function conditionSql(
  definition: Filterable,
  condition: TypedCondition,
  params: Params,
  writing: Writing = { row: 'r', few: false },
  isWanted = true,
): string {
  if ('not' in condition) {
    return conditionSql(definition, condition.not, params, writing, !isWanted);
  }
  if ('and' in condition || 'or' in condition) {
    const isAnd = 'and' in condition;
    const parts = (isAnd ? condition.and : condition.or).map((item) =>
      conditionSql(definition, item, params, writing, isWanted),
    );
    const glue = isAnd === isWanted ? ' and ' : ' or ';
    return parts.length === 0 ? String(isAnd === isWanted) : `(${parts.join(glue)})`;
  }
  if ('relation' in condition) {
    return relatedSql(definition, condition, params, writing, isWanted, conditionSql);
  }
  const path = definition.paths.get(condition.field);
  const sql = path
    ? columnSql(`${writing.row}.${path.column}`, condition, params)
    : indexSql(definition, condition, params, writing);
  return isWanted ? sql : `(${sql}) is not true`;
}

function columnSql(column: string, condition: Comparison, params: Params): string {
  const { op, value, type } = condition;
  const cast = CASTS[type] ?? 'text';
  const ordered = ORDERED[op];
  if (ordered) return `${column} ${ordered} ${params.add(value, cast)}`;
  switch (op) {
    case 'eq':
      return `${column} = ${params.add(value, cast)}`;
    case 'neq':
      return `${column} is distinct from ${params.add(value, cast)}`;
    case 'in':
      return `${column} = any(${params.add(value, `${cast}[]`)})`;
    case 'nin':
      return `(${column} is null or ${column} <> all(${params.add(value, `${cast}[]`)}))`;
    case 'isNull':
      return `${column} is ${value === true ? '' : 'not '}null`;
    default:
      return `${column} ilike ${params.add(likePattern(op, String(value)))}`;
  }
}

function likePattern(op: string, text: string): string {
  return op === 'startsWith' ? `${escapeLike(text)}%` : `%${escapeLike(text)}%`;
}

/** Whether a row of `record_index` for the key fulfils the condition. */
function indexSql(
  definition: Filterable,
  condition: Comparison,
  params: Params,
  { row, few }: Writing,
): string {
  const { field, op, value } = condition;
  const id = `${row}.id`;
  const rows = `select i.record_id from record_index i where i.workspace_id = ${params.workspace}
    and i.object = '${definition.object}' and i.key = ${params.add(field)} ${ofRow(id, few)}`;
  const numeric = condition.type === 'number' || condition.type === 'decimal';
  const column = numeric ? 'i.number' : 'i.value';
  const cast = numeric ? 'float8' : 'text';
  const ordered = ORDERED[op];
  if (ordered) return `${id} in (${rows} and ${column} ${ordered} ${params.add(value, cast)})`;
  switch (op) {
    case 'eq':
    case 'has':
      return `${id} in (${rows} and ${column} = ${params.add(textOf(value, numeric), cast)})`;
    case 'neq':
      return `${id} not in (${rows} and ${column} = ${params.add(textOf(value, numeric), cast)})`;
    case 'in':
      return `${id} in (${rows} and ${column} = any(${params.add(value, `${cast}[]`)}))`;
    case 'nin':
      return `${id} not in (${rows} and ${column} = any(${params.add(value, `${cast}[]`)}))`;
    case 'isNull':
      return `${id} ${value === true ? 'not ' : ''}in (${rows})`;
    default:
      return `${id} in (${rows} and i.value ilike ${params.add(likePattern(op, String(value)))})`;
  }
}

/** Few rows look up their own entries. */
const ofRow = (id: string, few: boolean): string => (few ? `and i.record_id = ${id}` : '');

const textOf = (value: unknown, numeric: boolean): unknown => (numeric ? value : String(value));
