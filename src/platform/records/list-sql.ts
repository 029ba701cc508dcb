import type { Statement } from '../database/pipeline.js';
import type { Match } from '../search/match-condition.js';
import type { ObjectDefinition } from './object-definition.js';
import { Params } from './params.js';
import { after, orderBy } from './sort-keys.js';
import type { SortKey, SortValue } from './sort-keys.js';

/** A list, resolved to SQL parts. Conditions take their parameters when they are asked for. */
export interface ListPlan {
  definition: ObjectDefinition;
  workspaceId: string;
  /** SQL of the JSON of a row. */
  json: string;
  keys: readonly SortKey[];
  /** Conditions over `r`, each given the parameter list of the statement. */
  conditions: readonly ((params: Params) => string)[];
  /** How the rows are met that are found by the words of the list. */
  match?: Match;
  deleted: boolean;
  limit: number;
  /** Values of the keys of the last row of the page before. */
  cursor?: readonly SortValue[];
}

/**
 * Rows of a page that are looked at one by one for words that many records have. Where every 300th
 * has them a page is full by then; some 150 ms.
 */
export const MOST_LOOKED_AT = 32_000;

/** Whether the page looks no further than {@link MOST_LOOKED_AT}. */
function isBounded({ match, keys }: ListPlan): boolean {
  return match?.byAll !== undefined && keys[0]?.indexKey === undefined;
}

const startsInNulls = ({ cursor, keys }: ListPlan): boolean =>
  cursor !== undefined && keys[0]?.nullable === true && cursor[0] === null;

/**
 * Whether the rows are a page whatever comes behind those looked at: rows whose first key is empty
 * are none as long as there may be others with a value.
 */
export function isWhole(plan: ListPlan, rows: readonly Record<string, SortValue>[]): boolean {
  if (!isBounded(plan)) return true;
  return rows.length > plan.limit && (startsInNulls(plan) || rows.at(-1)?.['k0'] !== null);
}

/**
 * The statement of one page. Rows whose first key is empty come last, as a second phase of their
 * own, so that both phases are plain ranges of the index `(workspace_id, key, id)` at any depth.
 * Fetches one row more than the limit, to know whether there are more.
 */
export function pageStatement(plan: ListPlan): Statement {
  const params = new Params(plan.workspaceId);
  const limit = plan.limit + 1;
  const phases = phasesOf(plan, params).map((phase) => pagePhase(plan, phase, params));
  const text =
    phases.length === 1
      ? (phases[0] as string)
      : `${phases.map((phase) => `(${phase})`).join(' union all ')} limit ${limit}`;
  return { text, params: params.values };
}

/** Tells of a bounded page whether there are rows that it has not looked at, as `isLonger`. */
export function longerStatement(plan: ListPlan): Statement {
  const params = new Params(plan.workspaceId);
  const further = phasesOf(plan, params).map(
    ({ from, where, order }) => `exists (select ${from} ${where} order by ${orderBy(order)}
      offset ${MOST_LOOKED_AT} limit 1)`,
  );
  return { text: `select ${further.join(' or ')} as "isLonger"`, params: params.values };
}

/** A range of the list in its order, before it is asked which rows have the words. */
interface Phase {
  from: string;
  where: string;
  /** The order, and what its keys are called in the result. */
  keys: readonly SortKey[];
  order: readonly SortKey[];
}

function phasesOf(plan: ListPlan, params: Params): Phase[] {
  const conditions = plan.conditions.map((condition) => condition(params));
  const [lead] = plan.keys as [SortKey];
  const phases: Phase[] = [];
  const inNulls = startsInNulls(plan);
  if (!inNulls) phases.push(valuesPhase(plan, conditions, params));
  if (lead.nullable) phases.push(nullsPhase(plan, conditions, params, inNulls));
  return phases;
}

function valuesPhase(plan: ListPlan, conditions: string[], params: Params): Phase {
  const { keys, cursor } = plan;
  const [lead, ...rest] = keys as [SortKey, ...SortKey[]];
  const where = [...conditions];
  if (lead.nullable) where.push(`${lead.sql} is not null`);
  // Within this phase the first key is never empty.
  const within = [{ ...lead, nullable: false }, ...rest];
  if (cursor) {
    where.push(after(within, cursor, params));
    // A bound of its own lets the index start at the right place when keys are mixed.
    const bound = params.add(cursor[0], lead.cast);
    where.push(`${lead.sql} ${lead.descending ? '<=' : '>='} ${bound}`);
  }
  return { from: fromOf(plan, params), where: whereOf(plan, where, params), keys, order: keys };
}

function nullsPhase(
  plan: ListPlan,
  conditions: string[],
  params: Params,
  continued: boolean,
): Phase {
  const [lead, ...rest] = plan.keys as [SortKey, ...SortKey[]];
  const isEmpty = lead.indexKey
    ? `not exists (select from record_index s where s.workspace_id = ${params.workspace}
        and s.object = '${plan.definition.object}' and s.record_id = r.id
        and s.key = ${params.add(lead.indexKey)})`
    : `${lead.sql} is null`;
  const where = [...conditions, isEmpty];
  if (continued && plan.cursor) where.push(after(rest, plan.cursor.slice(1), params));
  const nulled = [{ ...lead, sql: `null::${lead.cast}` }, ...rest];
  // Named in the order although it is empty: only then does its index give the order of the rest.
  const order = lead.indexKey ? rest : plan.keys;
  const from = `from ${plan.definition.table} r`;
  return { from, where: whereOf(plan, where, params), keys: nulled, order };
}

function fromOf({ definition, keys }: ListPlan, params: Params): string {
  const indexKey = keys[0]?.indexKey;
  if (!indexKey) return `from ${definition.table} r`;
  return `from (select s.value, s.number, s.record_id from record_index s where s.workspace_id = ${params.workspace}
      and s.object = '${definition.object}' and s.key = ${params.add(indexKey)}) s
    join ${definition.table} r on r.workspace_id = ${params.workspace} and r.id = s.record_id`;
}

export function whereOf(plan: ListPlan, conditions: readonly string[], params: Params): string {
  const bin = `r.deleted_at is ${plan.deleted ? 'not ' : ''}null`;
  return `where ${[`r.workspace_id = ${params.workspace}`, bin, ...conditions].join(' and ')}`;
}

function pagePhase(plan: ListPlan, { from, where, keys, order }: Phase, params: Params): string {
  const keyColumns = keys.map(({ sql }, index) => `${sql} as k${index}`).join(', ');
  const page = `order by ${orderBy(order)} limit ${plan.limit + 1}`;
  const match = plan.match?.condition(params);
  const rows = isBounded(plan)
    ? `from (select r.* ${from} ${where} order by ${orderBy(order)} limit ${MOST_LOOKED_AT}) r
      where ${match}`
    : `${from} ${where} ${match === undefined ? '' : `and ${match}`}`;
  return `select ${plan.json} as json, ${keyColumns} ${rows} ${page}`;
}

/** All that a row must meet, the words of the list included. */
export function conditionsOf({ conditions, match }: ListPlan, params: Params): string[] {
  const all = match ? [...conditions, match.condition] : conditions;
  return all.map((condition) => condition(params));
}

/** Counts the list's rows, exactly or as the planner estimates them. */
export function countStatement(plan: ListPlan, kind: 'estimated' | 'exact'): Statement {
  const params = new Params(plan.workspaceId);
  const where = whereOf(plan, conditionsOf(plan, params), params);
  const from = `from ${plan.definition.table} r ${where}`;
  return {
    text:
      kind === 'exact'
        ? `select count(*) as total ${from}`
        : `explain (format json) select 1 ${from}`,
    params: params.values,
  };
}
