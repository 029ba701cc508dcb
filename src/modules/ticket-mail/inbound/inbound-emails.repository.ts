import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { IdPage } from '../../../platform/http/id-page.js';
import type { StopReason } from '../mail/auto-mail.js';
import type { InboundEmailDto, InboundResult } from './inbound-email.dto.js';

/** A mail as it is noted down. */
export interface NewInboundEmail {
  id: string;
  /** The same for the same mail. */
  key: string;
  mailId: string | null;
  senderEmail: string | null;
  senderName: string | null;
  recipient: string | null;
  subject: string;
}

/** What became of a mail. */
export interface Outcome {
  result: InboundResult;
  reason: StopReason | null;
  ticketId: string | null;
  messageId: string | null;
}

/** A ticket that a mail belongs to. */
export interface FoundTicket {
  id: string;
  isClosed: boolean;
}

const COLUMNS = `id, received_at as "receivedAt", result, reason, sender_email as "senderEmail",
  sender_name as "senderName", recipient, subject, message_id as "mailId", ticket_id as "ticketId",
  ticket_message_id as "messageId"`;

/** Mails of one sender that are taken in as many minutes. */
const FLOOD = { mails: 30, minutes: 10 };

/** The ticket of a mail, or the one it was merged into; not one in the bin. */
const FOUND_SQL = (start: string) => `
  with recursive named as (${start}),
  chain as (
    select t.id, t.merged_into, t.deleted_at, 0 as depth from named n
    join tickets t on t.workspace_id = $1 and t.id = n.ticket_id
    union all
    select t.id, t.merged_into, t.deleted_at, c.depth + 1 from chain c
    join tickets t on t.workspace_id = $1 and t.id = c.merged_into where c.depth < 20)
  select c.id, t.status_category = 'closed' as "isClosed" from chain c
  join tickets t on t.workspace_id = $1 and t.id = c.id
  where c.deleted_at is null limit 1`;

/** A ticket's first mail is its description, and no message of it. */
const BY_ANSWER = FOUND_SQL(`
  select ticket_id from (
    select ticket_id, message_id from ticket_messages
    where workspace_id = $1 and message_id = any($2::text[])
    union all
    select ticket_id, message_id from inbound_emails
    where workspace_id = $1 and message_id = any($2::text[]) and ticket_id is not null) known
  order by array_position($2::text[], message_id) limit 1`);
const BY_TOKEN = FOUND_SQL(`
  select ticket_id from ticket_addresses where workspace_id = $1 and token = any($2::text[])
  limit 1`);

@Injectable()
export class InboundEmailsRepository {
  constructor(private readonly database: Database) {}

  find(
    ctx: RequestContext,
    result: InboundResult | null,
    { limit, before }: IdPage,
  ): Promise<InboundEmailDto[]> {
    return this.database.query<InboundEmailDto>(
      ctx,
      `select ${COLUMNS} from inbound_emails
       where workspace_id = $1 and ($2::uuid is null or id < $2)
         ${result === null ? '' : 'and result = $4'}
       order by id desc limit $3`,
      [ctx.workspaceId, before, limit + 1, ...(result === null ? [] : [result])],
    );
  }

  async findByKey(ctx: RequestContext, key: string): Promise<InboundEmailDto | null> {
    const [found] = await this.database.query<InboundEmailDto>(
      ctx,
      `select ${COLUMNS} from inbound_emails where workspace_id = $1 and message_key = $2`,
      [ctx.workspaceId, key],
    );
    return found ?? null;
  }

  /** Whether the mail is one of the workspace's own, and whether its sender sends too many. */
  async judge(
    ctx: RequestContext,
    mailId: string | null,
    sender: string | null,
  ): Promise<'loop' | 'flood' | null> {
    const [own, recent] = await this.database.run(ctx, [
      {
        text: `select from ticket_messages where workspace_id = $1 and message_id = $2
          and direction = 'outbound'`,
        params: [ctx.workspaceId, mailId],
      },
      {
        text: `select from inbound_emails where workspace_id = $1 and sender_email = $2
          and received_at > now() - interval '${FLOOD.minutes} minutes' limit ${FLOOD.mails}`,
        params: [ctx.workspaceId, sender],
      },
    ]);
    if (own?.rows.length) return 'loop';
    return recent?.rows.length === FLOOD.mails ? 'flood' : null;
  }

  /**
   * Notes a mail down, so that nobody else can meanwhile.
   * @returns false when it has come before.
   */
  async claim(tx: Transaction, workspaceId: string, mail: NewInboundEmail): Promise<boolean> {
    const rows = await tx.query(
      `insert into inbound_emails (workspace_id, id, message_key, message_id, sender_email,
         sender_name, recipient, subject, result)
       values ($1, $2, $3, $4, $5, $6, $7, $8, 'stopped')
       on conflict (workspace_id, message_key) do nothing returning id`,
      [
        ...[workspaceId, mail.id, mail.key, mail.mailId, mail.senderEmail, mail.senderName],
        ...[mail.recipient, mail.subject],
      ],
    );
    return rows.length > 0;
  }

  async settle(tx: Transaction, workspaceId: string, id: string, outcome: Outcome): Promise<void> {
    await tx.query(
      `update inbound_emails set result = $3, reason = $4, ticket_id = $5, ticket_message_id = $6
       where workspace_id = $1 and id = $2`,
      [workspaceId, id, outcome.result, outcome.reason, outcome.ticketId, outcome.messageId],
    );
  }

  /** The ticket that a mail belongs to: by the nearest mail it answers, then by a token. */
  async ticketOf(
    tx: Transaction,
    workspaceId: string,
    answers: readonly string[],
    tokens: readonly string[],
  ): Promise<FoundTicket | null> {
    const [byAnswer, byToken] = await tx.run([
      { text: BY_ANSWER, params: [workspaceId, answers] },
      { text: BY_TOKEN, params: [workspaceId, tokens] },
    ]);
    const found = byAnswer?.rows[0] ?? byToken?.rows[0];
    return (found as FoundTicket | undefined) ?? null;
  }

  /** Lets mails of one address wait for each other, and finds its contact. */
  async contactOf(tx: Transaction, workspaceId: string, email: string): Promise<string | null> {
    const [, found] = await tx.run([
      {
        text: 'select pg_advisory_xact_lock(5203354, hashtext($1))',
        params: [`${workspaceId}/${email}`],
      },
      {
        text: `select id from contacts
          where workspace_id = $1 and email = $2 and deleted_at is null`,
        params: [workspaceId, email],
      },
    ]);
    return (found?.rows[0]?.['id'] as string | undefined) ?? null;
  }
}
