import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { uuidv7 } from '../../../common/uuid.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { FileStore } from '../../../platform/files/file-store.js';
import type { StoredFile } from '../../../platform/files/file-store.js';
import type { MailPart } from '../mail/parse-mail.js';

/** Files of one mail. */
const MOST_FILES = 20;

/** Files that come with mails: kept while the mail is read, attached when its ticket is known. */
@Injectable()
export class MailFiles {
  constructor(private readonly store: FileStore) {}

  /** Keeps a file; a text that says which one was left out and why, where it cannot be. */
  async save(
    ctx: RequestContext,
    part: MailPart,
    kept: readonly StoredFile[],
  ): Promise<StoredFile | string> {
    const name = part.name === '' ? 'file' : part.name;
    if (kept.length >= MOST_FILES) return `${name} (more than ${MOST_FILES} files)`;
    return this.store.save(ctx, part.content, { name, contentType: part.contentType });
  }

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
      const id = uuidv7();
      await tx.run([
        this.store.complete(ctx, file),
        {
          text: `insert into ticket_attachments (workspace_id, id, ticket_id, file_id, name,
            content_type, size, sha256) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
          params: [
            ...[ctx.workspaceId, id, ticketId, file.id, file.name, file.contentType, file.size],
            file.sha256,
          ],
        },
      ]);
      ids.push(id);
    }
    return ids;
  }

  async discard(ctx: RequestContext, files: readonly StoredFile[]): Promise<void> {
    for (const { id } of files) await this.store.discard(ctx, id);
  }
}
