import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { StoredFile } from '../../platform/files/file-store.js';
import type { IdPage } from '../../platform/http/id-page.js';
import { utcSql } from '../../platform/records/utc-sql.js';
import type { AttachmentDto } from './ticket-attachment.dto.js';

/** Columns of an attachment `t` as it is answered. */
export const ATTACHMENT_COLUMNS = `t.id, t.ticket_id as "ticketId", t.message_id as "messageId",
  t.name, t.content_type as "contentType", t.size, t.sha256,
  ${utcSql('t.created_at')} as "createdAt", t.created_by as "createdBy"`;

/** An attachment with where its bytes are. */
export type KeptAttachment = AttachmentDto & { fileId: string };

/** SQL of tickets' files. */
@Injectable()
export class TicketAttachmentsRepository {
  constructor(private readonly database: Database) {}

  /** Newest first; one more than the limit when there are more. */
  page(ctx: RequestContext, ticketId: string, { limit, before }: IdPage): Promise<AttachmentDto[]> {
    return this.database.query<AttachmentDto>(
      ctx,
      `select ${ATTACHMENT_COLUMNS} from ticket_attachments t
       where t.workspace_id = $1 and t.ticket_id = $2 and ($3::uuid is null or t.id < $3)
       order by t.id desc limit $4`,
      [ctx.workspaceId, ticketId, before, limit + 1],
    );
  }

  async find(ctx: RequestContext, ticketId: string, id: string): Promise<KeptAttachment | null> {
    const [found] = await this.database.query<KeptAttachment>(
      ctx,
      `select ${ATTACHMENT_COLUMNS}, t.file_id as "fileId" from ticket_attachments t
       where t.workspace_id = $1 and t.ticket_id = $2 and t.id = $3`,
      [ctx.workspaceId, ticketId, id],
    );
    return found ?? null;
  }

  /** The statement that makes a stored file an attachment. */
  insert(ctx: RequestContext, id: string, ticketId: string, file: StoredFile): Statement {
    return {
      text: `insert into ticket_attachments as t (workspace_id, id, ticket_id, file_id, name,
          content_type, size, sha256, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${ATTACHMENT_COLUMNS}`,
      params: [
        ...[ctx.workspaceId, id, ticketId, file.id, file.name, file.contentType, file.size],
        ...[file.sha256, ctx.principal.userId],
      ],
    };
  }

  async count(tx: Transaction, ctx: RequestContext, ticketId: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      'select count(*) from ticket_attachments where workspace_id = $1 and ticket_id = $2',
      [ctx.workspaceId, ticketId],
    );
    return row?.count ?? 0;
  }

  /** Those of the ids that are the ticket's and belong to no message. */
  async loose(
    tx: Transaction,
    ctx: RequestContext,
    ticketId: string,
    ids: readonly string[],
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select id from ticket_attachments
       where workspace_id = $1 and ticket_id = $2 and id = any($3::uuid[]) and message_id is null`,
      [ctx.workspaceId, ticketId, ids],
    );
    return rows.map(({ id }) => id);
  }

  /** Lets files belong to a message. */
  attach({ workspaceId }: RequestContext, ids: readonly string[], messageId: string): Statement {
    return {
      text: `update ticket_attachments set message_id = $3
        where workspace_id = $1 and id = any($2::uuid[])`,
      params: [workspaceId, ids, messageId],
    };
  }

  /** Its file goes with it: see the trigger of the table. */
  remove({ workspaceId }: RequestContext, id: string): Statement {
    return {
      text: 'delete from ticket_attachments where workspace_id = $1 and id = $2',
      params: [workspaceId, id],
    };
  }
}
