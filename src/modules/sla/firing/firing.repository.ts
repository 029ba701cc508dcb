import type { Statement } from '../../../platform/database/pipeline.js';

/** Tickets that one transaction looks after. */
export const BATCH = 200;

/** Workspaces in which the time of a clock has come. */
export const dueWorkspaces = (now: string): Statement => ({
  text: `select distinct d.workspace_id as "workspaceId" from (
    select workspace_id from ticket_sla_clocks where next_at <= $1::timestamptz
    order by next_at limit ${BATCH}) d`,
  params: [now],
});

/**
 * Holds the tickets whose clocks are due; a ticket comes once for each of them. What another worker
 * or a request holds is left to it: were it to die, its transaction never was. The clocks
 * themselves are read by the next statement, which sees what those before have done; the lock of
 * its ticket guards each of them.
 */
export const holdDue = (workspaceId: string, now: string): Statement => ({
  text: `select t.id from ticket_sla_clocks c
    join tickets t on t.workspace_id = c.workspace_id and t.id = c.ticket_id
    where c.workspace_id = $1 and c.next_at <= $2::timestamptz and t.deleted_at is null
    order by c.next_at limit ${BATCH} for update of t skip locked`,
  params: [workspaceId, now],
});

/** Which of the teams there are. */
export const teamsStatement = (workspaceId: string, ids: readonly string[]): Statement => ({
  text: `select id from teams where workspace_id = $1 and id = any($2::uuid[])
    and deleted_at is null`,
  params: [workspaceId, ids],
});

/** The next open tickets of a workspace, in the order of an index. */
export const openTickets = (
  workspaceId: string,
  after: { createdAt: string; id: string } | null,
): Statement => ({
  text: `select t.id, t.created_at as "createdAt" from tickets t
    where t.workspace_id = $1 and t.is_open and t.deleted_at is null
      ${after ? 'and (t.created_at, t.id) > ($2::timestamptz, $3::uuid)' : ''}
    order by t.created_at, t.id limit ${BATCH}`,
  params: [workspaceId, ...(after ? [after.createdAt, after.id] : [])],
});
