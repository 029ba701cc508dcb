import type { TypedCondition } from '../../../common/filter/index.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import type { Questions } from '../../../platform/records/record-rules.js';
import type { SlaClock } from './sla-clock.js';
import type { SlaTerms } from './sla-terms.js';

/** SQL of clocks: all of it runs in the transaction that writes their tickets. */

export interface TicketClock extends SlaClock {
  ticketId: string;
}

/** A policy as far as it takes to know whether it applies. */
export interface PolicyHead {
  id: string;
  version: number;
  condition: TypedCondition | null;
}

type Db = Pick<Questions, 'run'>;
export type VersionKey = Pick<PolicyHead, 'id' | 'version'>;

const CLOCKS_SQL = `
  select c.ticket_id as "ticketId", c.target, c.policy_id as "policyId",
    c.policy_version as "policyVersion", c.state, c.promised_ms as promised,
    c.started_at as "startedAt", c.elapsed_ms as elapsed, c.counted_at as "countedAt",
    c.paused_ms as paused, c.due_at as "dueAt", c.warn_at as "warnAt", c.warned_at as "warnedAt",
    c.breached_at as "breachedAt", c.stopped_at as "stoppedAt", c.done_steps as "doneSteps",
    c.next_at as "nextAt"
  from ticket_sla_clocks c where c.workspace_id = $1 and c.ticket_id = any($2::uuid[])
  order by c.ticket_id, c.target`;

const TIMES = [
  ...(['startedAt', 'countedAt', 'dueAt', 'warnAt', 'warnedAt', 'breachedAt'] as const),
  ...(['stoppedAt', 'nextAt'] as const),
];

/** Clocks of tickets; their tickets' locks guard them. */
export const clocksStatement = (workspaceId: string, ticketIds: readonly string[]): Statement => ({
  text: CLOCKS_SQL,
  params: [workspaceId, ticketIds],
});

/** What {@link clocksStatement} answers. */
export const clocksOf = (rows: readonly object[]): TicketClock[] =>
  rows.map((row) => withTimes<TicketClock>(row, (time) => Date.parse(time as string)));

export const toRow = (clock: TicketClock): object =>
  withTimes(clock, (time) => new Date(time as number).toISOString());

function withTimes<T>(source: object, convert: (time: unknown) => unknown): T {
  const copy: Record<string, unknown> = { ...source };
  for (const name of TIMES) copy[name] = copy[name] === null ? null : convert(copy[name]);
  return copy as T;
}

/** The policies that are asked, in their order. */
export const policiesStatement = (workspaceId: string): Statement => ({
  text: `select id, version, condition from sla_policies
    where workspace_id = $1 and active order by place, id`,
  params: [workspaceId],
});

/** What versions of policies say; versions never change. */
export async function findTerms(
  db: Db,
  workspaceId: string,
  keys: readonly VersionKey[],
): Promise<(VersionKey & { terms: SlaTerms })[]> {
  const [result] = await db.run([
    {
      text: `select v.policy_id as id, v.version, v.terms from sla_policy_versions v
        join json_to_recordset($2::json) as k (id uuid, version integer)
          on v.policy_id = k.id and v.version = k.version
        where v.workspace_id = $1`,
      params: [workspaceId, JSON.stringify(keys)],
    },
  ]);
  return (result?.rows ?? []) as unknown as (VersionKey & { terms: SlaTerms })[];
}

const SAVE_SQL = `
  insert into ticket_sla_clocks (workspace_id, ticket_id, target, policy_id, policy_version, state,
    promised_ms, started_at, elapsed_ms, counted_at, paused_ms, due_at, warn_at, warned_at,
    breached_at, stopped_at, done_steps, next_at)
  select $1::uuid, "ticketId", target, "policyId", "policyVersion", state, promised, "startedAt",
    elapsed, "countedAt", paused, "dueAt", "warnAt", "warnedAt", "breachedAt", "stoppedAt",
    "doneSteps", "nextAt"
  from json_to_recordset($2::json) as c ("ticketId" uuid, target text, "policyId" uuid,
    "policyVersion" integer, state text, promised bigint, "startedAt" timestamptz, elapsed bigint,
    "countedAt" timestamptz, paused bigint, "dueAt" timestamptz, "warnAt" timestamptz,
    "warnedAt" timestamptz, "breachedAt" timestamptz, "stoppedAt" timestamptz,
    "doneSteps" uuid[], "nextAt" timestamptz)
  on conflict (workspace_id, ticket_id, target) do update set
    policy_id = excluded.policy_id, policy_version = excluded.policy_version,
    state = excluded.state, promised_ms = excluded.promised_ms, elapsed_ms = excluded.elapsed_ms,
    counted_at = excluded.counted_at, paused_ms = excluded.paused_ms, due_at = excluded.due_at,
    warn_at = excluded.warn_at, warned_at = excluded.warned_at,
    breached_at = excluded.breached_at, stopped_at = excluded.stopped_at,
    done_steps = excluded.done_steps, next_at = excluded.next_at`;

/** Writes clocks, new ones and changed ones alike. */
export const saveClocks = (workspaceId: string, clocks: readonly TicketClock[]): Statement => ({
  text: SAVE_SQL,
  params: [workspaceId, JSON.stringify(clocks.map(toRow))],
});

/** Removes clocks of promises that no policy makes any more. */
export const removeClocks = (
  workspaceId: string,
  clocks: readonly Pick<TicketClock, 'ticketId' | 'target'>[],
): Statement => ({
  text: `delete from ticket_sla_clocks c
    using unnest($2::uuid[], $3::text[]) as g (ticket_id, target)
    where c.workspace_id = $1 and c.ticket_id = g.ticket_id and c.target = g.target`,
  params: [workspaceId, clocks.map(({ ticketId }) => ticketId), clocks.map(({ target }) => target)],
});
