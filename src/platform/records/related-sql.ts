import { holdsForZero } from '../../common/filter/index.js';
import type { AggregateOperator, TypedCondition, TypedRelated } from '../../common/filter/index.js';
import type { ObjectDefinition } from './object-definition.js';
import type { Params } from './params.js';
import type { Edge, RecordRelation } from './relations.js';

/** How conditions are written down. */
export interface Writing {
  /** Alias of the row that is asked about. */
  row: string;
  /**
   * Few rows are asked about, known by their ids: what belongs to each is looked up. Otherwise
   * what belongs to all of them is worked out at once, from whichever side has less.
   */
  few: boolean;
}

/** Writes a condition on a related record. */
type Write = (
  definition: ObjectDefinition,
  condition: TypedCondition,
  params: Params,
  writing: Writing,
) => string;

const SQL_OF: Record<AggregateOperator, string> = {
  ...{ eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' },
};
const OPPOSITE: Record<AggregateOperator, AggregateOperator> = {
  ...{ eq: 'neq', neq: 'eq', gt: 'lte', gte: 'lt', lt: 'gte', lte: 'gt' },
};

/** A relation with the names that its rows have in the statement. */
interface Step {
  object: string;
  relation: RecordRelation;
  params: Params;
  /** Alias of the row that is asked about, and of the related ones. */
  row: string;
  to: string;
  /** Which of the related rows count: those in use that the caller may read and that are asked for. */
  counts: () => string;
}

type Aggregate = Extract<TypedRelated['wanted'], { op: string }>;

/**
 * SQL of a checked condition on related records. Written as (anti-)joins with what is related,
 * which PostgreSQL may begin from either side; or, for few rows, as look-ups for each of them.
 */
export function relatedSql(
  { object }: { object: string },
  condition: TypedRelated,
  params: Params,
  writing: Writing,
  isWanted: boolean,
  write: Write,
): string {
  // Whoever checked the condition has given the relations: see `callerRelations`.
  const relation = condition.relation as RecordRelation;
  const to = `${writing.row}_${relation.target.object.toLowerCase()}`.slice(-60);
  const { row } = writing;
  const where = (): string =>
    condition.where ? write(relation.target, condition.where, params, { ...writing, row: to }) : '';
  const counts = (): string => countingSql(relation.ownerId, to, params, where());
  const step: Step = { object, relation, params, row, to, counts };
  const { wanted } = condition;
  if (wanted.kind === 'some') return existsSql(step, isWanted);
  if (wanted.kind === 'none') return existsSql(step, !isWanted);
  const aggregate = isWanted ? wanted : { ...wanted, op: OPPOSITE[wanted.op] };
  return writing.few ? lookUpSql(step, aggregate) : groupedSql(step, aggregate);
}

function countingSql(ownerId: string | null, row: string, params: Params, where: string): string {
  const conditions = [`${row}.workspace_id = ${params.workspace}`, `${row}.deleted_at is null`];
  if (ownerId !== null) conditions.push(`${row}.owner_id = ${params.add(ownerId || null, 'uuid')}`);
  if (where !== '') conditions.push(where);
  return conditions.join(' and ');
}

function existsSql(step: Step, isWanted: boolean): string {
  const parts = step.relation.edges.map(
    (edge) => `${isWanted ? '' : 'not '}exists (select ${tiedSql(step, edge)})`,
  );
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(isWanted ? ' or ' : ' and ')})`;
}

/** `from … where …`: the related rows that count and are tied to the row that is asked about. */
function tiedSql(step: Step, edge: Edge): string {
  const { object, relation, params, row, to } = step;
  const { table, object: other } = relation.target;
  if (edge.kind === 'own' || edge.kind === 'their') {
    const tie =
      edge.kind === 'own'
        ? `${to}.id = ${row}.${edge.field.column}`
        : `${to}.${edge.field.column} = ${row}.id`;
    return `from ${table} ${to} where ${tie} and ${step.counts()}`;
  }
  // Joined rather than asked for with `in`, so that PostgreSQL may begin with the row's items.
  const isTheirs = edge.kind === 'theirItems';
  return `from record_index i, ${table} ${to}
    where ${itemsSql(isTheirs ? other : object, edge.key, params)}
      and ${isTheirs ? `i.value = ${row}.id::text` : `i.record_id = ${row}.id`}
      and ${to}.id = ${isTheirs ? 'i.record_id' : 'i.value::uuid'} and ${step.counts()}`;
}

/** The entries `i` of `record_index` for one list of an object's records. */
const itemsSql = (object: string, key: string, params: Params): string =>
  `i.workspace_id = ${params.workspace} and i.object = '${object}' and i.key = '${key}'`;

/** Counts or adds up what belongs to each row; one that is tied in two ways counts once. */
function lookUpSql(step: Step, aggregate: Aggregate): string {
  const { relation, params } = step;
  const [first] = relation.edges as [Edge];
  const sql =
    relation.edges.length === 1
      ? `select ${aggregateSql(step, aggregate, `${step.to}.`)} ${tiedSql(step, first)}`
      : `select ${aggregateSql(step, aggregate, 'u.')} from (${relation.edges
          .map((edge) => `select ${pairFields(step, aggregate)} ${tiedSql(step, edge)}`)
          .join(' union ')}) u`;
  return `(${sql}) ${comparedSql(aggregate, params)}`;
}

/** Counts or adds up for all rows at once; those without any have no group. */
function groupedSql(step: Step, aggregate: Aggregate): string {
  const { relation, row, params } = step;
  const { op, value } = aggregate;
  const ofNone = holdsForZero(op, Number(value));
  // Rows without any fulfil it: look for those that do not.
  const sought = ofNone ? { ...aggregate, op: OPPOSITE[op] } : aggregate;
  const [first] = relation.edges as [Edge];
  const key = first.kind === 'own' ? `${row}.${first.field.column}` : `${row}.id`;
  const groups =
    relation.edges.length === 1
      ? `select ${sourceSql(step, first, '')}
        group by 1 having ${aggregateSql(step, sought, `${step.to}.`)} ${comparedSql(sought, params)}`
      : `select u.source from (${relation.edges
          .map((edge) => `select ${sourceSql(step, edge, `, ${pairFields(step, sought)}`)}`)
          .join(' union ')}) u
        group by 1 having ${aggregateSql(step, sought, 'u.')} ${comparedSql(sought, params)}`;
  return `${ofNone ? 'not ' : ''}exists (select from (${groups}) g where g.source = ${key})`;
}

/** What pairs of a row and a related one need besides, so that equal ones become one. */
function pairFields(step: Step, aggregate: Aggregate): string {
  const column = columnOf(step, aggregate);
  return `${step.to}.id${column === null ? '' : `, ${step.to}.${column}`}`;
}

/** `<source> as source<fields> from … where …`: what is related, with what it belongs to. */
function sourceSql(step: Step, edge: Edge, fields: string): string {
  const { relation, params, to, object } = step;
  const { table, object: other } = relation.target;
  if (edge.kind === 'own') {
    return `${to}.id as source${fields} from ${table} ${to} where ${step.counts()}`;
  }
  if (edge.kind === 'their') {
    return `${to}.${edge.field.column} as source${fields} from ${table} ${to}
      where ${to}.${edge.field.column} is not null and ${step.counts()}`;
  }
  const isTheirs = edge.kind === 'theirItems';
  return `${isTheirs ? 'i.value::uuid' : 'i.record_id'} as source${fields}
    from record_index i, ${table} ${to}
    where ${itemsSql(isTheirs ? other : object, edge.key, params)}
      and ${isTheirs ? `i.record_id = ${to}.id` : `i.value = ${to}.id::text`} and ${step.counts()}`;
}

function aggregateSql(step: Step, aggregate: Aggregate, prefix: string): string {
  const column = columnOf(step, aggregate);
  return column === null ? 'count(*)' : `coalesce(sum(${prefix}${column}), 0)`;
}

function columnOf({ relation }: Step, aggregate: Aggregate): string | null {
  if (aggregate.kind === 'count') return null;
  const path = relation.target.paths.get(aggregate.field);
  if (!path) throw new Error(`${aggregate.field} has no column`);
  return path.column;
}

const comparedSql = ({ kind, op, value }: Aggregate, params: Params): string =>
  `${SQL_OF[op]} ${params.add(value, kind === 'count' ? 'bigint' : 'numeric')}`;
