import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { FileStore } from '../../../platform/files/file-store.js';
import type { StoredFile } from '../../../platform/files/file-store.js';
import { TicketAttachmentsService } from '../../tickets/index.js';
import type { MailPart } from '../mail/parse-mail.js';

/** Files of one mail. */
const MOST_FILES = 20;

/** Files that come with mails: kept while the mail is read, attached when its ticket is known. */
@Injectable()
export class MailFiles {
  constructor(
    private readonly store: FileStore,
    private readonly attachments: TicketAttachmentsService,
  ) {}

  /**
   * Keeps a file by the rules of attachments.
   * @returns a text that says which one was left out and why, where it may not be one.
   */
  async save(
    ctx: RequestContext,
    part: MailPart,
    kept: readonly StoredFile[],
  ): Promise<StoredFile | string> {
    const name = part.name === '' ? nameless(part.contentType) : part.name;
    if (kept.length >= MOST_FILES) return `${shown(name)} (more than ${MOST_FILES} files)`;
    try {
      const bytes = bounded(part.content, this.attachments.maxBytes);
      return await this.attachments.store(ctx, { name, bytes });
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      return `${shown(name)} (${error.errors?.[0]?.detail ?? error.detail})`;
    }
  }

  /** Keeps a text that is too long for a message. */
  saveText(ctx: RequestContext, text: string): Promise<StoredFile> {
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.from(text);
    }
    return this.store.save(ctx, source(), { name: 'message.txt', contentType: 'text/plain' });
  }

  /** Makes files attachments of a ticket. @returns ids of the attachments. */
  async attach(
    tx: Transaction,
    ctx: RequestContext,
    ticketId: string,
    files: readonly StoredFile[],
  ): Promise<string[]> {
    const ids: string[] = [];
    for (const file of files) {
      ids.push((await this.attachments.keep(tx, ctx, ticketId, file)).id);
    }
    return ids;
  }

  async discard(ctx: RequestContext, files: readonly StoredFile[]): Promise<void> {
    for (const { id } of files) await this.store.discard(ctx, id);
  }
}

async function* bounded(source: AsyncIterable<Buffer>, most: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > most) {
      const megabytes = Math.floor(most / (1024 * 1024));
      throw new Problem('too-large', `larger than ${megabytes} MB`);
    }
    yield chunk;
  }
}

const nameless = (contentType: string): string =>
  contentType.startsWith('message/') ? 'message.eml' : 'file';

/** On one line, of a length to be read. */
const shown = (name: string): string =>
  name
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 100)
    .toWellFormed();
