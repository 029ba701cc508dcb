import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { addDocuments } from '../../platform/search/search-documents.js';
import { partDocument } from '../../platform/search/search-part.js';
import type { SearchPart } from '../../platform/search/search-source.js';
import { ATTACHMENT_COLUMNS } from './ticket-attachments.repository.js';
import type { MessageDto } from './ticket-message.dto.js';

/** Public replies and internal notes find their ticket. */
export const TICKET_MESSAGES: SearchPart = {
  ...{ object: 'ticketMessage', table: 'ticket_messages', owner: 'ticket_id', text: 'body' },
};

/** Where a page of messages goes on: behind this one. */
export interface AfterMessage {
  createdAt: string;
  id: string;
}

/** What is stored of a message; its files and its author's name the database knows. */
export type NewMessage = Omit<MessageDto, 'attachments' | 'authorName'>;

/** When messages of a group were the first and the last of their kind. */
export interface MessageTimes {
  firstResponse: string | null;
  lastCustomer: string | null;
  lastAgent: string | null;
}

const COLUMNS = `m.id, m.ticket_id as "ticketId", m.kind, m.direction,
  m.author_user_id as "authorUserId", m.author_contact_id as "authorContactId",
  coalesce(
    (select u.name from users u where u.workspace_id = m.workspace_id and u.id = m.author_user_id),
    (select nullif(concat_ws(' ', c.first_name, c.last_name), '') from contacts c
      where c.workspace_id = m.workspace_id and c.id = m.author_contact_id)) as "authorName",
  m.channel, m.body, m.body_html as "bodyHtml", m.message_id as "messageId",
  m.in_reply_to as "inReplyTo", m.mentions, m.created_at as "createdAt",
  (select coalesce(jsonb_agg(a order by a.id), '[]') from (
    select ${ATTACHMENT_COLUMNS} from ticket_attachments t
    where t.workspace_id = m.workspace_id and t.message_id = m.id) a) as attachments`;

/** SQL of conversations. */
@Injectable()
export class TicketMessagesRepository {
  constructor(private readonly database: Database) {}

  /** In the order of time; one more than the limit when there are more. */
  page(
    ctx: RequestContext,
    ticketId: string,
    after: AfterMessage | null,
    limit: number,
  ): Promise<MessageDto[]> {
    return this.database.query<MessageDto>(
      ctx,
      `select ${COLUMNS} from ticket_messages m
       where m.workspace_id = $1 and m.ticket_id = $2
         and ($3::timestamptz is null or (m.created_at, m.id) > ($3, $4::uuid))
       order by m.created_at, m.id limit $5`,
      [ctx.workspaceId, ticketId, after?.createdAt ?? null, after?.id ?? null, limit + 1],
    );
  }

  async find(tx: Transaction, ctx: RequestContext, id: string): Promise<MessageDto> {
    const [message] = await tx.query<MessageDto>(
      `select ${COLUMNS} from ticket_messages m where m.workspace_id = $1 and m.id = $2`,
      [ctx.workspaceId, id],
    );
    return message as MessageDto;
  }

  /** Makes a message, by which its ticket is found from now on. */
  insert({ workspaceId }: RequestContext, message: NewMessage): Statement[] {
    const document = partDocument(TICKET_MESSAGES, message.id, message.body);
    const insert = {
      text: `insert into ticket_messages (workspace_id, id, ticket_id, kind, direction,
          author_user_id, author_contact_id, channel, body, body_html, message_id, in_reply_to,
          mentions, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::uuid[], $14)`,
      params: [
        ...[workspaceId, message.id, message.ticketId, message.kind, message.direction],
        ...[message.authorUserId, message.authorContactId, message.channel, message.body],
        ...[message.bodyHtml, message.messageId, message.inReplyTo, message.mentions],
        message.createdAt,
      ],
    };
    return [insert, addDocuments(workspaceId, [document])];
  }

  /** Those of the ids that are active users. */
  async activeUsers(
    tx: Transaction,
    ctx: RequestContext,
    ids: readonly string[],
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select id from users where workspace_id = $1 and id = any($2::uuid[])
       and status = 'active'`,
      [ctx.workspaceId, ids],
    );
    return rows.map(({ id }) => id);
  }

  /** Those of the ids that are messages of the ticket. */
  async ofTicket(
    tx: Transaction,
    ctx: RequestContext,
    ticketId: string,
    ids: readonly string[],
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select id from ticket_messages
       where workspace_id = $1 and ticket_id = $2 and id = any($3::uuid[])`,
      [ctx.workspaceId, ticketId, ids],
    );
    return rows.map(({ id }) => id);
  }

  /** Lets messages of one ticket, with their files, be another's. */
  move({ workspaceId }: RequestContext, ids: readonly string[], ticketId: string): Statement[] {
    const params = [workspaceId, ids, ticketId];
    return [
      {
        text: `update ticket_messages set ticket_id = $3
          where workspace_id = $1 and id = any($2::uuid[])`,
        params,
      },
      {
        text: `update ticket_attachments set ticket_id = $3
          where workspace_id = $1 and message_id = any($2::uuid[])`,
        params,
      },
    ];
  }

  /** The times of those of a ticket's messages that are named, and of the rest. */
  async times(
    tx: Transaction,
    ctx: RequestContext,
    ticketId: string,
    ids: readonly string[],
  ): Promise<{ named: MessageTimes; rest: MessageTimes }> {
    const rows = await tx.query<MessageTimes & { isNamed: boolean }>(
      `select id = any($3::uuid[]) as "isNamed",
         min(created_at) filter (where direction = 'outbound' and author_user_id is not null)
           as "firstResponse",
         max(created_at) filter (where direction = 'inbound') as "lastCustomer",
         max(created_at) filter (where direction = 'outbound') as "lastAgent"
       from ticket_messages where workspace_id = $1 and ticket_id = $2 group by 1`,
      [ctx.workspaceId, ticketId, ids],
    );
    const none = { firstResponse: null, lastCustomer: null, lastAgent: null };
    return {
      named: rows.find(({ isNamed }) => isNamed) ?? none,
      rest: rows.find(({ isNamed }) => !isNamed) ?? none,
    };
  }
}
