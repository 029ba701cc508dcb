import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticator } from '../access/authenticator.js';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { RoutePolicy } from './endpoint.decorator.js';
import { routeTable, sendProblem } from './problem.filter.js';

/**
 * A step between sign-in and the handler, such as the throttle or the cache. It runs for every
 * request, so it must not wait unless it has to.
 * @returns true when it has answered the request itself.
 */
export type RequestStep = (
  request: FastifyRequest,
  reply: FastifyReply,
  policy: RoutePolicy,
) => boolean;

/** Paths outside the API that need no policy of Keel's: static files of the documentation. */
const FOREIGN = /^\/docs(\/|$|-)/;

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** Takes the client's request id when it is harmless to log, or makes one. */
export function requestId(raw: { headers: Record<string, unknown> }): string {
  const given = raw.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

export function policyOf(request: FastifyRequest): RoutePolicy | undefined {
  return (request.routeOptions.config as { keel?: RoutePolicy }).keel;
}

/**
 * Installs what happens before a handler: request id, sign-in, permission, then the steps. These
 * are Fastify hooks, not Nest guards, because they decide a cached read in a tenth of the time
 * that Nest's pipeline needs; they are driven by the same route metadata, and a route without a
 * policy cannot be registered.
 */
export function installRequestHooks(
  fastify: FastifyInstance,
  authenticator: Authenticator,
  steps: readonly RequestStep[],
): void {
  fastify.addHook('onRoute', (route) => {
    const policy = (route.config as { keel?: RoutePolicy } | undefined)?.keel;
    if (!policy && !FOREIGN.test(route.url)) {
      throw new Error(
        `${String(route.method)} ${route.url} declares no permission; add @Endpoint or @Public`,
      );
    }
    if (policy?.bodyLimit !== undefined) route.bodyLimit = policy.bodyLimit;
    // eslint-disable-next-line security/detect-non-literal-regexp -- made of our own routes
    const pattern = new RegExp(`^${route.url.replace(/:\w+/g, '[^/]+').replace(/\*$/, '.*')}/?$`);
    for (const method of [route.method].flat()) {
      routeTable.push({ pattern, method, url: route.url, policy: policy ?? null });
    }
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    const policy = policyOf(request);
    if (!policy) return done();
    const proceed = (context: RequestContext | null): void => {
      if (context) request.keel = context;
      permit(policy, context);
      if (!steps.some((step) => step(request, reply, policy))) done();
    };
    settle(authenticator, request, policy, proceed, (error) => fail(request, reply, error, done));
  });
  // Nest sets the status of its metadata when it replies; an Answer's own status comes last.
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (reply.answerStatus !== undefined) reply.code(reply.answerStatus);
    done(null, payload);
  });
}

function settle(
  authenticator: Authenticator,
  request: FastifyRequest,
  policy: RoutePolicy,
  proceed: (context: RequestContext | null) => void,
  failed: (error: unknown) => void,
): void {
  try {
    // A public route ignores credentials: an expired token must not keep anyone from signing in.
    const caller = policy.permission === null ? null : authenticator.authenticate(request);
    if (caller instanceof Promise) caller.then(proceed).catch(failed);
    else proceed(caller);
  } catch (error) {
    failed(error);
  }
}

function permit(policy: RoutePolicy, context: RequestContext | null): void {
  if (policy.permission === null) return;
  if (!context) {
    throw new Problem('unauthorized', 'Send an access token or an API key as a bearer token.', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  if (policy.permission !== 'self' && !context.grants.has(policy.permission)) {
    throw new Problem('forbidden', `You need the permission ${policy.permission}.`);
  }
}

function fail(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  done: (error: Error) => void,
): void {
  if (error instanceof Problem) sendProblem(request, reply, error);
  else done(error as Error);
}
