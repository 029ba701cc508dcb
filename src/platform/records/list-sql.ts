import type { Statement } from '../database/pipeline.js';
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
  deleted: boolean;
  limit: number;
  /** Values of the keys of the last row of the page before. */
  cursor?: readonly SortValue[];
}

/**
 * The statement of one page. Rows whose first key is empty come last, as a second phase of their
 * own, so that both phases are plain ranges of the index `(workspace_id, key, id)` at any depth.
 * Fetches one row more than the limit, to know whether there are more.
 */
export function pageStatement(plan: ListPlan): Statement {
  const params = new Params(plan.workspaceId);
  const conditions = plan.conditions.map((condition) => condition(params));
  const [lead] = plan.keys as [SortKey];
  const phases: string[] = [];
  const inNulls = plan.cursor !== undefined && lead.nullable && plan.cursor[0] === null;
  if (!inNulls) phases.push(valuesPhase(plan, conditions, params));
  if (lead.nullable) phases.push(nullsPhase(plan, conditions, params, inNulls));
  const limit = plan.limit + 1;
  const text =
    phases.length === 1
      ? (phases[0] as string)
      : `${phases.map((phase) => `(${phase})`).join(' union all ')} limit ${limit}`;
  return { text, params: params.values };
}

function valuesPhase(plan: ListPlan, conditions: string[], params: Params): string {
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
  return select(plan, params, fromOf(plan, params), where, keys);
}

function nullsPhase(
  plan: ListPlan,
  conditions: string[],
  params: Params,
  continued: boolean,
): string {
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
  return select(plan, params, `${plan.definition.table} r`, where, nulled, order);
}

function fromOf({ definition, keys }: ListPlan, params: Params): string {
  const indexKey = keys[0]?.indexKey;
  if (!indexKey) return `${definition.table} r`;
  return `(select s.value, s.number, s.record_id from record_index s where s.workspace_id = ${params.workspace}
      and s.object = '${definition.object}' and s.key = ${params.add(indexKey)}) s
    join ${definition.table} r on r.workspace_id = ${params.workspace} and r.id = s.record_id`;
}

function select(
  plan: ListPlan,
  params: Params,
  from: string,
  where: readonly string[],
  keys: readonly SortKey[],
  order: readonly SortKey[] = keys,
): string {
  const keyColumns = keys.map(({ sql }, index) => `${sql} as k${index}`).join(', ');
  const bin = `r.deleted_at is ${plan.deleted ? 'not ' : ''}null`;
  return `select ${plan.json} as json, ${keyColumns} from ${from}
    where ${[`r.workspace_id = ${params.workspace}`, bin, ...where].join(' and ')}
    order by ${orderBy(order)} limit ${plan.limit + 1}`;
}

/** Counts the list's rows, exactly or as the planner estimates them. */
export function countStatement(plan: ListPlan, kind: 'estimated' | 'exact'): Statement {
  const params = new Params(plan.workspaceId);
  const conditions = plan.conditions.map((condition) => condition(params));
  const bin = `r.deleted_at is ${plan.deleted ? 'not ' : ''}null`;
  const from = `from ${plan.definition.table} r
    where ${[`r.workspace_id = ${params.workspace}`, bin, ...conditions].join(' and ')}`;
  return {
    text:
      kind === 'exact'
        ? `select count(*) as total ${from}`
        : `explain (format json) select 1 ${from}`,
    params: params.values,
  };
}
