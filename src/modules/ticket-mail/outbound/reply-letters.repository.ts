import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';

type Owner = { workspaceId: string };

/** A public reply with all that its mail is made of. */
export interface ReplyLetter {
  ticketId: string;
  subject: string;
  body: string;
  mailId: string | null;
  authorName: string | null;
  requesterEmail: string | null;
  requesterName: string | null;
  token: string | null;
  supportAddress: string | null;
  senderName: string | null;
  workspaceName: string;
  sendReplies: boolean;
  /** Whether the customer wrote before by e-mail: then this is an answer. */
  isAnswer: boolean;
  /** Message-IDs of the conversation so far, the latest ones, oldest first. */
  references: string[];
  files: { id: string; name: string; contentType: string; size: number }[];
}

/** Message-IDs that a mail names at most: enough for any program to find the thread. */
const MOST_REFERENCES = 20;

const EARLIER = `
  select x.message_id, x.at from (
    select e.message_id, e.received_at as at from inbound_emails e
    where e.workspace_id = $1 and e.ticket_id = m.ticket_id and e.message_id is not null
    union
    select o.message_id, o.created_at from ticket_messages o
    where o.workspace_id = $1 and o.ticket_id = m.ticket_id and o.direction = 'outbound'
      and o.message_id is not null and o.id <> m.id and o.created_at <= m.created_at) x
  order by x.at desc limit ${MOST_REFERENCES}`;

const LETTER = `
  select m.ticket_id as "ticketId", t.subject, m.body, m.message_id as "mailId",
    u.name as "authorName", c.email as "requesterEmail",
    nullif(concat_ws(' ', c.first_name, c.last_name), '') as "requesterName", a.token,
    s.support_address as "supportAddress", s.sender_name as "senderName",
    w.name as "workspaceName", coalesce(s.send_replies, false) as "sendReplies",
    exists (select from inbound_emails e where e.workspace_id = $1 and e.ticket_id = m.ticket_id)
      as "isAnswer",
    coalesce((select jsonb_agg(r.message_id order by r.at) from (${EARLIER}) r), '[]')
      as "references",
    coalesce((select jsonb_agg(jsonb_build_object('id', f.file_id, 'name', f.name,
        'contentType', f.content_type, 'size', f.size) order by f.id)
      from ticket_attachments f where f.workspace_id = $1 and f.message_id = m.id), '[]') as files
  from ticket_messages m
  join workspaces w on w.id = $1
  join tickets t on t.workspace_id = $1 and t.id = m.ticket_id and t.deleted_at is null
  left join contacts c on c.workspace_id = $1 and c.id = t.requester_id and c.deleted_at is null
  left join users u on u.workspace_id = $1 and u.id = m.author_user_id
  left join ticket_addresses a on a.workspace_id = $1 and a.ticket_id = m.ticket_id
  left join mail_settings s on s.workspace_id = $1
  where m.workspace_id = $1 and m.id = $2`;

/** SQL of the mails that replies become. */
@Injectable()
export class ReplyLettersRepository {
  constructor(private readonly database: Database) {}

  /** Null when the message or its ticket is gone. */
  async find(owner: Owner, messageId: string): Promise<ReplyLetter | null> {
    const [letter] = await this.database.query<ReplyLetter>(owner, LETTER, [
      owner.workspaceId,
      messageId,
    ]);
    return letter ?? null;
  }

  /** Keeps the Message-ID of a reply before it goes out: its answer may come at once. */
  async name(owner: Owner, messageId: string, mailId: string): Promise<void> {
    await this.database.query(
      owner,
      `update ticket_messages set message_id = $3
       where workspace_id = $1 and id = $2 and message_id is null`,
      [owner.workspaceId, messageId, mailId],
    );
  }

  /** Makes sure that a ticket has a token, such as after its messages were moved to another. */
  async token(tx: Transaction, { workspaceId }: Owner, ticketId: string): Promise<string> {
    const [row] = await tx.query<{ token: string }>(
      `insert into ticket_addresses as a (workspace_id, ticket_id, token)
       values ($1, $2, replace(gen_random_uuid()::text, '-', ''))
       on conflict (workspace_id, ticket_id) do update set token = a.token returning token`,
      [workspaceId, ticketId],
    );
    return (row as { token: string }).token;
  }
}
