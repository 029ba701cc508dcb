import { getHeapStatistics } from 'node:v8';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../../common/errors.js';

/** Milliseconds the event loop may lag behind on average over a second. */
const MAX_LAG = 1000;

/** Part of the heap Node may grow to, above which it would soon die. */
const MAX_HEAP = 0.92;

/** Seconds a client is asked to wait. */
const RETRY_AFTER = '2';

/** Routes that must answer however much there is to do. */
const EXEMPT = new Set(['/health/live', '/health/ready', '/metrics']);

class Overloaded extends Problem {
  constructor() {
    super('unavailable', 'The server has more to do than it can. Try again in a moment.', {
      headers: { 'retry-after': RETRY_AFTER },
    });
  }
}

/** Turns requests away while the process cannot keep up, so that those it takes are answered. */
export async function installOverloadProtection(
  fastify: FastifyInstance,
  limits: { maxLag: number; maxHeap: number } = { maxLag: MAX_LAG, maxHeap: MAX_HEAP },
): Promise<void> {
  fastify.addHook('onRoute', (route) => {
    if (!EXEMPT.has(route.url)) return;
    route.config = { ...route.config, pressureHandler: () => undefined } as typeof route.config;
  });
  await fastify.register(underPressure, {
    sampleInterval: 1000,
    maxEventLoopDelay: limits.maxLag,
    maxHeapUsedBytes: Math.floor(getHeapStatistics().heap_size_limit * limits.maxHeap),
    customError: Overloaded,
  });
}
