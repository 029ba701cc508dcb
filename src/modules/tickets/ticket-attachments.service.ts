import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import { Config } from '../../config/config.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { inspectFile } from '../../platform/files/file-inspector.js';
import { FileStore } from '../../platform/files/file-store.js';
import type { StoredFile } from '../../platform/files/file-store.js';
import { json } from '../../platform/http/answers.js';
import type { Answer, PageJson } from '../../platform/http/answers.js';
import { idPage } from '../../platform/http/id-page.js';
import type { IdPage } from '../../platform/http/id-page.js';
import { UploadIdempotency } from '../../platform/http/upload-idempotency.js';
import type { AttachmentDto } from './ticket-attachment.dto.js';
import { TicketAttachmentsRepository } from './ticket-attachments.repository.js';
import type { KeptAttachment } from './ticket-attachments.repository.js';
import { TicketsService } from './tickets.service.js';

/** Most files of a ticket. */
const MOST_ATTACHMENTS = 500;

/** A file on its way in. */
export interface SentFile {
  name: string;
  bytes: AsyncIterable<Buffer>;
}

/** Files of tickets. They are kept as long as their ticket, and removed for good with it. */
@Injectable()
export class TicketAttachmentsService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly tickets: TicketsService,
    private readonly repository: TicketAttachmentsRepository,
    private readonly idempotency: UploadIdempotency,
  ) {}

  /** Largest file, in bytes. */
  get maxBytes(): number {
    return this.config.attachmentMegabytes * 1024 * 1024;
  }

  /**
   * Looks into a file and stores it as it arrives; what is refused is not stored.
   * @param key of a repeated request: the same file gets the first answer.
   * @throws Problem 404, 403, 422 naming what was found, 413, and 409 when there are too many.
   */
  async upload(
    ctx: RequestContext,
    ticketId: string,
    sent: SentFile,
    key?: string,
  ): Promise<Answer> {
    await this.tickets.reader.get(ctx, ticketId, { fields: [] });
    const file = await this.store(ctx, sent);
    let isKept = false;
    try {
      return await this.database.transaction(ctx, async (tx) => {
        const request = { purpose: `attachment of ${ticketId}`, file, options: {} };
        const first = key && (await this.idempotency.claim(tx, ctx, key, request));
        if (first) return first;
        const attachment = await this.keep(tx, ctx, ticketId, file);
        isKept = true;
        const location = `/v1/tickets/${ticketId}/attachments/${attachment.id}`;
        const answer = json(attachment, 201, { location });
        if (key) await this.idempotency.keep(tx, ctx, key, request, answer);
        return answer;
      });
    } catch (error) {
      isKept = false;
      throw error;
    } finally {
      if (!isKept) await this.files.discard(ctx, file.id);
    }
  }

  /**
   * The same for other domains, such as the mailbox.
   * @throws Problem 422 naming what was found, and as {@link upload}.
   */
  async add(ctx: RequestContext, ticketId: string, sent: SentFile): Promise<AttachmentDto> {
    const file = await this.store(ctx, sent);
    try {
      return await this.database.transaction(ctx, (tx) => this.keep(tx, ctx, ticketId, file));
    } catch (error) {
      await this.files.discard(ctx, file.id);
      throw error;
    }
  }

  /** Newest first. @throws Problem 404 for the ticket. */
  async page(ctx: RequestContext, ticketId: string, asked: IdPage): Promise<PageJson> {
    await this.tickets.reader.get(ctx, ticketId, { fields: [] });
    return idPage(await this.repository.page(ctx, ticketId, asked), asked);
  }

  /** @throws Problem 404. */
  async get(ctx: RequestContext, ticketId: string, id: string): Promise<AttachmentDto> {
    const { fileId: _, ...attachment } = await this.find(ctx, ticketId, id);
    return attachment;
  }

  /** An attachment with its bytes. @throws Problem 404. */
  async open(
    ctx: RequestContext,
    ticketId: string,
    id: string,
  ): Promise<AttachmentDto & { bytes: AsyncIterable<Buffer> }> {
    const { fileId, ...attachment } = await this.find(ctx, ticketId, id);
    return { ...attachment, bytes: await this.files.open(ctx, fileId) };
  }

  /** Removes a file for good. @throws Problem 403, 404, 412. */
  async remove(ctx: RequestContext, ticketId: string, id: string, ifMatch?: number): Promise<void> {
    const { name } = await this.find(ctx, ticketId, id);
    const deed = { name: 'fileRemoved', ifMatch, facts: { attachmentId: id, fileName: name } };
    await this.tickets.actor.act(ctx, ticketId, deed, async (_, tx) => {
      await tx.run([this.repository.remove(ctx, id)]);
      return {};
    });
  }

  private async find(ctx: RequestContext, ticketId: string, id: string): Promise<KeptAttachment> {
    await this.tickets.reader.get(ctx, ticketId, { fields: [] });
    const found = await this.repository.find(ctx, ticketId, id);
    if (!found) throw Problem.notFound('attachment', id);
    return found;
  }

  /**
   * Looks into a file and stores it, for {@link keep} to make it count.
   * @throws Problem 422 naming what was found.
   */
  async store(ctx: RequestContext, sent: SentFile): Promise<StoredFile> {
    const { name, contentType, bytes } = await inspectFile(sent.bytes, sent.name);
    return this.files.save({ workspaceId: ctx.workspaceId }, bytes, { name, contentType });
  }

  /** Makes a stored file an attachment, in a transaction. @throws Problem 403, 404, 409. */
  async keep(
    tx: Transaction,
    ctx: RequestContext,
    ticketId: string,
    file: StoredFile,
  ): Promise<AttachmentDto> {
    const id = uuidv7();
    const facts = { attachmentId: id, fileName: file.name, size: file.size };
    const deed = { name: 'fileAdded', permission: 'reply', facts };
    let attachment: AttachmentDto | undefined;
    await this.tickets.actor.act({ ...ctx, tx }, ticketId, deed, async () => {
      if ((await this.repository.count(tx, ctx, ticketId)) >= MOST_ATTACHMENTS) {
        throw new Problem('conflict', `A ticket has at most ${MOST_ATTACHMENTS} files.`);
      }
      const [, made] = await tx.run([
        this.files.keep(ctx, file),
        this.repository.insert(ctx, id, ticketId, file),
      ]);
      attachment = made?.rows[0] as unknown as AttachmentDto;
      return {};
    });
    return attachment as AttachmentDto;
  }
}
