import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { TicketStatus } from './ticket-flow.js';
import { flowStatement, lockFlow } from './ticket-questions.js';

/** SQL of the flow of tickets. */
@Injectable()
export class TicketStatusesRepository {
  constructor(private readonly database: Database) {}

  /** In their order; none when the workspace has set none. */
  async all(ctx: RequestContext): Promise<TicketStatus[]> {
    const [found] = await this.database.run(ctx, [flowStatement(ctx.workspaceId)]);
    return (found?.rows ?? []) as unknown as TicketStatus[];
  }

  /** The same, with nobody writing tickets until the end of the transaction. */
  async lock(tx: Transaction, { workspaceId }: RequestContext): Promise<TicketStatus[]> {
    const [, found] = await tx.run([lockFlow(workspaceId, 'alone'), flowStatement(workspaceId)]);
    return (found?.rows ?? []) as unknown as TicketStatus[];
  }

  /** Those of the keys that tickets have, in the bin or not. */
  async used(tx: Transaction, ctx: RequestContext, keys: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ key: string }>(
      `select key from unnest($2::text[]) as k (key)
       where exists (select from tickets t where t.workspace_id = $1 and t.status = k.key)`,
      [ctx.workspaceId, keys],
    );
    return rows.map(({ key }) => key);
  }

  async replace(
    tx: Transaction,
    { workspaceId }: RequestContext,
    statuses: readonly TicketStatus[],
  ): Promise<void> {
    const rows = statuses.map((status, position) => ({ ...status, position }));
    await tx.run([
      { text: 'delete from ticket_statuses where workspace_id = $1', params: [workspaceId] },
      {
        text: `insert into ticket_statuses (workspace_id, key, name, category, position, next)
          select $1, s.key, s.name, s.category, s.position, case when s.next is not null
            then array(select jsonb_array_elements_text(s.next)) end
          from jsonb_to_recordset($2::jsonb) as s
            (key text, name text, category text, position integer, next jsonb)`,
        params: [workspaceId, JSON.stringify(rows)],
      },
    ]);
  }
}
