import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Transaction } from '../database/transaction.js';
import { Answer } from './answers.js';
import { assertKey, claimKey, keepAnswer } from './idempotency-keys.js';

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
    assertKey(key);
    const first = await claimKey(tx, ctx, key);
    if (!first) return null;
    if (first.request_hash !== hashOf(sent)) {
      const detail = 'This Idempotency-Key was used for another file or other options.';
      throw new Problem('idempotency-mismatch', detail);
    }
    const headers = { ...first.headers, 'idempotency-replayed': 'true' };
    return new Answer(first.status, first.body, headers);
  }

  /** Keeps the answer with what it tells of. */
  async keep(
    tx: Transaction,
    ctx: RequestContext,
    key: string,
    sent: SentUpload,
    answer: Answer,
  ): Promise<void> {
    await keepAnswer(tx, ctx, key, hashOf(sent), answer);
  }
}

function hashOf({ purpose, file, options }: SentUpload): string {
  return createHash('sha256')
    .update(`${purpose} ${file.name} ${file.sha256}\n`)
    .update(JSON.stringify(options))
    .digest('base64url');
}
