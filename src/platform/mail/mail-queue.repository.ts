import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../database/database.js';

/** Tables of mails that are to be sent, and the column of their ids. */
const TABLES = { ticket_mails: 'message_id', ticket_surveys: 'id', user_mails: 'id' } as const;
export type MailTable = keyof typeof TABLES;

/** A mail that is this worker's to send for a while. */
export interface QueuedMail {
  workspaceId: string;
  id: string;
  /** This one included. */
  attempts: number;
  createdAt: string;
}

/** Mails taken at once; they are sent one after the other, so that replies keep their order. */
const BATCH = 5;
/** Longer than a batch can take whose server is silent all the time. */
const LEASE = '10 minutes';

/**
 * Mails that are to be sent. A mail is a row that one worker takes for some minutes; when it dies,
 * another one takes it after that, and sends it again under the same Message-ID.
 */
@Injectable()
export class MailQueueRepository {
  constructor(private readonly database: Database) {}

  take(table: MailTable): Promise<QueuedMail[]> {
    const key = TABLES[table];
    return this.database.query<QueuedMail>(
      SYSTEM,
      `with due as materialized (
         select workspace_id, ${key} as id from ${table}
         where sent_at is null and failed_at is null and due_at <= now()
         order by due_at limit ${BATCH} for update skip locked),
       taken as (
         update ${table} m set attempts = m.attempts + 1, due_at = now() + interval '${LEASE}'
         from due where m.workspace_id = due.workspace_id and m.${key} = due.id
         returning m.workspace_id, m.${key} as id, m.attempts, m.created_at)
       select workspace_id as "workspaceId", id, attempts, created_at as "createdAt" from taken
       order by created_at, id`,
    );
  }

  async sent(table: MailTable, mail: QueuedMail): Promise<void> {
    await this.settle(table, mail, 'sent_at = now(), failure = null', []);
  }

  async failed(table: MailTable, mail: QueuedMail, failure: string): Promise<void> {
    await this.settle(table, mail, 'failed_at = now(), failure = $3', [failure]);
  }

  async postpone(
    table: MailTable,
    mail: QueuedMail,
    failure: string,
    seconds: number,
  ): Promise<void> {
    const change = `failure = $3, due_at = now() + $4 * interval '1 second'`;
    await this.settle(table, mail, change, [failure, seconds]);
  }

  private async settle(
    table: MailTable,
    { workspaceId, id }: QueuedMail,
    change: string,
    params: unknown[],
  ): Promise<void> {
    await this.database.query(
      { workspaceId },
      `update ${table} set ${change} where workspace_id = $1 and ${TABLES[table]} = $2`,
      [workspaceId, id, ...params],
    );
  }
}
