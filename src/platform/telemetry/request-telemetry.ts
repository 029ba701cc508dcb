import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Histogram } from 'prom-client';
import type { Logger } from 'pino';
import type { RequestContext } from '../../common/context.js';
import type { Metrics } from './metrics.js';

const STATUSES = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** What requests to addresses that do not exist are counted under. */
const NOWHERE = 'nowhere';

type Timer = Histogram.Internal<string>;

/**
 * Measures every request by its route, and writes one line for each: who asked for which route,
 * with what result and how long it took. The address itself is not logged: it may hold names.
 */
export function installRequestTelemetry(
  fastify: FastifyInstance,
  metrics: Metrics,
  logger: Logger,
): void {
  const timers = new Map<string, Timer[]>();
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.is404 ? NOWHERE : (request.routeOptions.url ?? NOWHERE);
    const key = `${method} ${route}`;
    let byStatus = timers.get(key);
    if (!byStatus) {
      byStatus = STATUSES.map((status) => metrics.httpDuration.labels({ method, route, status }));
      timers.set(key, byStatus);
    }
    byStatus[Math.floor(reply.statusCode / 100) - 1]?.observe(reply.elapsedTime / 1000);
    log(logger, route, request, reply);
    done();
  });
}

function log(logger: Logger, route: string, request: FastifyRequest, reply: FastifyReply): void {
  const caller = (request as { keel?: RequestContext }).keel;
  logger.info(
    {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      workspaceId: caller?.workspaceId,
      principalId: caller?.principal.id,
    },
    'request',
  );
}
