import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Transaction } from '../database/transaction.js';
import { Answer } from './answers.js';

/** What was sent: where to, the file, and what was said of it. */
export interface SentUpload {
  /** What the request was for, such as `import`. */
  purpose: string;
  file: { name: string; sha256: string };
  /** As it goes into JSON. */
  options: object;
}

/**
 * Idempotency-Key of uploads. A body of gigabytes is not part of one transaction: the file is
 * stored first, and the key is bound to its hash and the options when it comes to count.
 */
@Injectable()
export class UploadIdempotency {
  /**
   * Locks the key until the commit.
   * @returns the first answer, when the same was asked before.
   * @throws Problem 409 while the first request runs, 422 when it asked for something else.
   */
  async claim(
    tx: Transaction,
    ctx: RequestContext,
    key: string,
    sent: SentUpload,
  ): Promise<Answer | null> {
    if (key.length === 0 || key.length > 255) {
      throw new Problem('invalid-parameter', 'Idempotency-Key must have 1 to 255 characters.');
    }
    const owner = [ctx.workspaceId, ctx.principal.id, key];
    const [lock, stored] = await tx.run([
      {
        text: 'select pg_try_advisory_xact_lock(hashtextextended($1, 5203)) as locked',
        params: [owner.join('/')],
      },
      {
        text: `select request_hash, status, headers, body from idempotency_keys
          where workspace_id = $1 and principal_id = $2 and key = $3
            and created_at > now() - interval '24 hours'`,
        params: owner,
      },
    ]);
    if (lock?.rows[0]?.['locked'] !== true) {
      const detail = 'A request with this Idempotency-Key is still running. Repeat it in a moment.';
      throw new Problem('idempotency-running', detail, { headers: { 'retry-after': '1' } });
    }
    const first = stored?.rows[0];
    if (!first) return null;
    if (first['request_hash'] !== hashOf(sent)) {
      const detail = 'This Idempotency-Key was used for another file or other options.';
      throw new Problem('idempotency-mismatch', detail);
    }
    const headers = first['headers'] as Record<string, string>;
    return new Answer(first['status'] as number, first['body'] as string, {
      ...headers,
      'idempotency-replayed': 'true',
    });
  }

  /** Keeps the answer with what it tells of. */
  async keep(
    tx: Transaction,
    ctx: RequestContext,
    key: string,
    sent: SentUpload,
    answer: Answer,
  ): Promise<void> {
    await tx.query(
      `insert into idempotency_keys (workspace_id, principal_id, key, request_hash, status, headers, body)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (workspace_id, principal_id, key) do update set
         request_hash = excluded.request_hash, status = excluded.status,
         headers = excluded.headers, body = excluded.body, created_at = now()`,
      [
        ...[ctx.workspaceId, ctx.principal.id, key, hashOf(sent), answer.status],
        ...[JSON.stringify(answer.headers), answer.body],
      ],
    );
  }
}

function hashOf({ purpose, file, options }: SentUpload): string {
  return createHash('sha256')
    .update(`${purpose} ${file.name} ${file.sha256}\n`)
    .update(JSON.stringify(options))
    .digest('base64url');
}
