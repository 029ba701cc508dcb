import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Transaction } from '../database/transaction.js';
import type { Answer } from './answers.js';

/** The first answer to a request with an Idempotency-Key. */
export interface StoredAnswer {
  /** Of what was asked: another request must not use the key. */
  request_hash: string;
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** @throws Problem where it is no key. */
export function assertKey(key: string): void {
  if (key.length >= 1 && key.length <= 255) return;
  throw new Problem('invalid-parameter', 'Idempotency-Key must have 1 to 255 characters.');
}

/**
 * Locks the caller's key until the commit and reads the first answer of the last 24 hours, if there
 * is one. @throws Problem 409 while a request with it is running.
 */
export async function claimKey(
  tx: Transaction,
  ctx: RequestContext,
  key: string,
): Promise<StoredAnswer | undefined> {
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
  return stored?.rows[0] as StoredAnswer | undefined;
}

/** Keeps the answer in the transaction of what it tells of. */
export async function keepAnswer(
  tx: Transaction,
  ctx: RequestContext,
  key: string,
  hash: string,
  { status, headers, body }: Pick<Answer, 'status' | 'headers' | 'body'>,
): Promise<void> {
  // An answer older than the promise may still be there: upkeep removes it once an hour.
  await tx.query(
    `insert into idempotency_keys (workspace_id, principal_id, key, request_hash, status, headers, body)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (workspace_id, principal_id, key) do update set
       request_hash = excluded.request_hash, status = excluded.status,
       headers = excluded.headers, body = excluded.body, created_at = now()`,
    [
      ...[ctx.workspaceId, ctx.principal.id, key, hash],
      ...[status, JSON.stringify(headers), body ?? ''],
    ],
  );
}
