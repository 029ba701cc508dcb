import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';

/** What placeholders of a reply stand for, as far as it is known. */
export type ReplyValues = Record<string, Record<string, unknown>>;

const VALUES_SQL = `
  select jsonb_strip_nulls(jsonb_build_object(
    'ticket', jsonb_build_object('number', t.number, 'subject', t.subject, 'status', t.status,
      'priority', t.priority, 'type', t.type, 'channel', t.channel, 'createdAt', t.created_at,
      'dueAt', t.due_at),
    'requester', jsonb_build_object('firstName', c.first_name, 'lastName', c.last_name,
      'email', c.email, 'name', nullif(concat_ws(' ', c.first_name, c.last_name), '')),
    'company', jsonb_build_object('name', o.name),
    'team', jsonb_build_object('name', m.name),
    'agent', jsonb_build_object('name', u.name, 'email', u.email),
    'workspace', jsonb_build_object('name', w.name))) as values
  from tickets t
  join workspaces w on w.id = t.workspace_id
  left join contacts c on c.workspace_id = t.workspace_id and c.id = t.requester_id
  left join companies o on o.workspace_id = t.workspace_id and o.id = t.company_id
  left join teams m on m.workspace_id = t.workspace_id and m.id = t.team_id
  left join users u on u.workspace_id = t.workspace_id and u.id = $3::uuid
  where t.workspace_id = $1 and t.id = $2`;

/** SQL of what macros say. */
@Injectable()
export class MacrosRepository {
  constructor(private readonly database: Database) {}

  async valuesFor(ctx: RequestContext, ticketId: string): Promise<ReplyValues> {
    const params = [ctx.workspaceId, ticketId, ctx.principal.userId];
    const [row] = await this.database.query<{ values: ReplyValues }>(ctx, VALUES_SQL, params);
    return row?.values ?? {};
  }
}
