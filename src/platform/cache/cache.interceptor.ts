import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import { Answer } from '../http/answers.js';
import type { CachePolicy } from '../http/endpoint.decorator.js';
import { policyOf } from '../http/request-hooks.js';
import { SETTINGS_TAG } from '../records/record-settings.js';
import { cacheKey } from './cache-key.js';
import { CachedResponse } from './cached-response.js';
import { ResponseCache } from './response-cache.js';

/** A browser may keep the answer, and asks whether it still holds whenever it is used. */
const CACHE_CONTROL = 'private, no-cache';

/**
 * Keeps the answers of routes whose policy says so (`@Endpoint({ cache })`), and gives requests
 * for the same answer that come meanwhile the one that is being made. It stands next to the
 * handler: the interceptors around it see an {@link Answer}, wherever it comes from.
 */
@Injectable()
export class CacheInterceptor implements NestInterceptor {
  constructor(private readonly cache: ResponseCache) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const policy = policyOf(request)?.cache;
    if (!policy || !request.keel) return next.handle();
    return from(this.answer(request, policy, next));
  }

  private async answer(
    request: FastifyRequest,
    policy: CachePolicy,
    next: CallHandler,
  ): Promise<unknown> {
    const { keel } = request;
    if (!keel) throw new Error('A route whose answers are kept must not be public');
    let own: unknown;
    const load = async (): Promise<CachedResponse | null> => {
      own = await lastValueFrom(next.handle());
      return own instanceof Answer ? toKeep(own) : null;
    };
    const key = cacheKey(keel, request.url);
    const kept = await this.cache.getOrLoad(key, keel.workspaceId, tagsOf(policy, request), load);
    if (own !== undefined) return own instanceof Answer ? labelled(own) : own;
    // Another request's answer was not one to keep: this one gets an answer of its own.
    if (!kept) return lastValueFrom(next.handle());
    return new Answer(200, kept.text, { ...kept.headers, 'x-cache': 'hit' });
  }
}

/**
 * The tags of an answer. The first object is what it is made of, as a list or as one record; the
 * others show only in answers that include them. What can be asked for depends on the settings.
 */
function tagsOf({ objects, record }: CachePolicy, request: FastifyRequest): string[] {
  const [object = '', ...related] = objects;
  const { id } = request.params as { id?: string };
  const own = record && id !== undefined ? `${object}:${id.toLowerCase()}` : object;
  const included = 'include' in (request.query as object) ? related : [];
  return [own, ...included, SETTINGS_TAG];
}

function toKeep(answer: Answer): CachedResponse | null {
  if (answer.status !== 200 || answer.body === null) return null;
  return new CachedResponse(Buffer.from(answer.body), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': CACHE_CONTROL,
    ...answer.headers,
  });
}

function labelled({ status, body, headers }: Answer): Answer {
  return new Answer(status, body, {
    'cache-control': CACHE_CONTROL,
    ...headers,
    'x-cache': 'miss',
  });
}
