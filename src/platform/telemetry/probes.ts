import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OperatorError } from '../../common/operator-error.js';
import type { HealthChecks } from './health.js';
import type { Metrics } from './metrics.js';

/** What a process without an API lets orchestrators and Prometheus ask. */
export interface Probes {
  port: number;
  close(): Promise<void>;
}

/**
 * Answers `/health/live`, `/health/ready` (503 without the database) and `/metrics`, and nothing
 * else. @throws OperatorError when nothing can listen there.
 */
export async function serveProbes(
  health: HealthChecks,
  metrics: Metrics,
  { host, port }: { host: string; port: number },
): Promise<Probes> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    const answer = path === undefined ? undefined : ANSWERS[path];
    if (!answer || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    answer(response, health, metrics).catch(() => response.destroy());
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host, port }, resolve);
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const detail = code === 'EADDRINUSE' ? 'is in use' : `cannot be used: ${message}`;
    throw new OperatorError(`WORKER_PORT: port ${port} of ${host} ${detail}.`);
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = (response: ServerResponse, health: HealthChecks, metrics: Metrics) => Promise<void>;

const ANSWERS: Record<string, Answer> = {
  '/health/live': async (response) => json(response, 200, { status: 'ok' }),
  '/health/ready': async (response, health) => {
    const found = await health.look();
    json(response, found.status === 'down' ? 503 : 200, found);
  },
  '/metrics': async (response, _health, metrics) => {
    const text = await metrics.scrape();
    response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
  },
};

function json(response: ServerResponse, status: number, body: unknown): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
