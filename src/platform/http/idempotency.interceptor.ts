import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { Database } from '../database/database.js';
import { Answer } from './answers.js';
import { assertKey, claimKey, keepAnswer } from './idempotency-keys.js';
import type { StoredAnswer } from './idempotency-keys.js';
import { policyOf } from './request-hooks.js';

const KEPT_HEADERS = ['etag', 'location', 'link'];

/**
 * Makes a POST with an Idempotency-Key safe to repeat: the handler's writes and its answer are
 * committed in one transaction, so there is never a write without an answer to replay, whatever
 * dies in between. Two requests at once: the second is told that the first still runs.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly database: Database) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    const caller = request.keel;
    if (
      key === undefined ||
      !caller ||
      request.method !== 'POST' ||
      policyOf(request)?.idempotency !== 'transaction'
    ) {
      return next.handle();
    }
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return from(this.once(request, reply, caller, keyOf(key), next));
  }

  private async once(
    request: FastifyRequest,
    reply: FastifyReply,
    caller: RequestContext,
    key: string,
    next: CallHandler,
  ): Promise<unknown> {
    const hash = hashOf(request);
    return this.database.transaction(caller, async (tx) => {
      const first = await claimKey(tx, caller, key);
      if (first) return replay(first, hash, reply);
      request.keel = { ...caller, tx };
      // The parameter decorators read request.keel when the handler is called, after this line.
      const answer = asAnswer(await lastValueFrom(next.handle()));
      const { status, body } = answer;
      await keepAnswer(tx, caller, key, hash, { status, body, headers: keptHeaders(answer) });
      return answer;
    });
  }
}

function keyOf(header: string | string[]): string {
  const key = Array.isArray(header) ? header.join(',') : header;
  assertKey(key);
  return key;
}

function hashOf(request: FastifyRequest): string {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(JSON.stringify(request.body ?? null))
    .digest('base64url');
}

function replay(first: StoredAnswer, hash: string, reply: FastifyReply): Answer {
  // No secret: both sides are hashes of what the same caller has sent.
  // eslint-disable-next-line security/detect-possible-timing-attacks
  if (first.request_hash !== hash) {
    const detail = 'This Idempotency-Key was used for a request with another address or body.';
    throw new Problem('idempotency-mismatch', detail);
  }
  reply.header('idempotency-replayed', 'true');
  return new Answer(first.status, first.body === '' ? null : first.body, first.headers);
}

function asAnswer(value: unknown): Answer {
  if (value instanceof Answer) return value;
  return new Answer(200, value === undefined ? null : JSON.stringify(value));
}

function keptHeaders(answer: Answer): Record<string, string> {
  return Object.fromEntries(
    Object.entries(answer.headers).filter(([name]) => KEPT_HEADERS.includes(name)),
  );
}
