import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Draft, Questions } from '../../platform/records/record-rules.js';
import { TicketFlow, USUAL_FLOW } from './ticket-flow.js';
import type { TicketStatus } from './ticket-flow.js';

/** Class of the advisory locks that keep a flow as it is while tickets are written. */
const FLOW_LOCK = 5203356;

/** Whoever writes tickets shares it until their commit; whoever changes the flow has it alone. */
export const lockFlow = (workspaceId: string, kind: 'shared' | 'alone'): Statement => ({
  text: `select pg_advisory_xact_lock${kind === 'shared' ? '_shared' : ''}(${FLOW_LOCK},
    hashtext($1))`,
  params: [workspaceId],
});

export const flowStatement = (workspaceId: string): Statement => ({
  text: `select key, name, category, next from ticket_statuses where workspace_id = $1
    order by position`,
  params: [workspaceId],
});

/** The flow that rows of {@link flowStatement} make; the usual one when there are none. */
export const flowOf = (rows: readonly object[]): TicketFlow =>
  new TicketFlow(rows.length > 0 ? (rows as readonly TicketStatus[]) : USUAL_FLOW);

/** Reads the workspace's flow, which then stays until the end of the transaction. */
export async function readFlow(
  db: Pick<Questions, 'run'>,
  { workspaceId }: Pick<RequestContext, 'workspaceId'>,
): Promise<TicketFlow> {
  const [, found] = await db.run([lockFlow(workspaceId, 'shared'), flowStatement(workspaceId)]);
  return flowOf(found?.rows ?? []);
}

/** New tickets that name a requester and no company are those of the requester's company. */
export async function giveCompanies(
  db: Questions,
  { workspaceId }: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  const open = drafts.filter(
    ({ before, after: { values } }) =>
      before === null && values['requester_id'] !== null && values['company_id'] === null,
  );
  if (open.length === 0) return;
  const ids = [...new Set(open.map(({ after }) => after.values['requester_id']))];
  const [found] = await db.run([
    {
      text: `select c.id, c.company_id as "companyId" from contacts c
        join companies o on o.workspace_id = c.workspace_id and o.id = c.company_id
        where c.workspace_id = $1 and c.id = any($2::uuid[]) and o.deleted_at is null`,
      params: [workspaceId, ids],
    },
  ]);
  const companies = new Map(found?.rows.map((row) => [row['id'], row['companyId'] as string]));
  for (const { after } of open) {
    after.values['company_id'] = companies.get(after.values['requester_id']) ?? null;
  }
}

/**
 * Gives each new ticket the next number. The counter's row stays locked until the end of the
 * transaction, so that one that fails gives its numbers back: there are no gaps.
 */
export async function drawNumbers(
  db: Questions,
  { workspaceId }: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  if (drafts.length === 0) return;
  const [result] = await db.run([
    {
      text: `insert into ticket_counters as c (workspace_id, last) values ($1, $2)
        on conflict (workspace_id) do update set last = c.last + excluded.last
        returning last`,
      params: [workspaceId, drafts.length],
    },
  ]);
  let number = (result?.rows[0]?.['last'] as number) - drafts.length;
  for (const { after } of drafts) after.values['number'] = number += 1;
}
