import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { AppModule } from '../../src/app.module.js';
import { Config } from '../../src/config/config.js';
import { Database } from '../../src/platform/database/database.js';
import { createServer } from '../../src/platform/http/server.js';
import { allJobs, defineJob, NoData } from '../../src/platform/queue/job-contract.js';
import { HandlesJob } from '../../src/platform/queue/handles-job.js';
import { JobQueue } from '../../src/platform/queue/job-queue.js';
import { installOverloadProtection } from '../../src/platform/telemetry/overload.js';
import { Client, startServer, type TestServer } from '../support/server.js';
import { startRedis, startPgbouncer } from '../support/tools.js';
import { eventually, startWorkerApp } from '../support/worker-app.js';

const Doomed = defineJob({ name: 'doomed', data: NoData, options: { attempts: 1 } });
let isDoomed = true;
let runs = 0;

class Handlers {
  @HandlesJob(Doomed)
  async run(): Promise<void> {
    runs += 1;
    if (isDoomed) throw new Error('No luck');
  }
}

let server: TestServer;
let anonymous: Client;

beforeAll(async () => {
  server = await startServer();
  anonymous = new Client(server.url, null);
});

afterAll(() => server.close());

/** The value of a metric, by its name and labels as Prometheus shows them. */
async function metric(name: string): Promise<number | undefined> {
  const { text } = await anonymous.expect(200, 'GET', '/metrics');
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length));
}

describe('health', () => {
  test('tells that the process lives without touching anything', async () => {
    const { body, headers } = await anonymous.expect(200, 'GET', '/health/live');
    expect(body).toEqual({ status: 'ok' });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('tells that everything it depends on answers', async () => {
    const { body } = await anonymous.expect(200, 'GET', '/health/ready');
    expect(body).toEqual({
      status: 'ok',
      checks: {
        database: { status: 'up', ms: expect.any(Number) },
        queue: { status: 'up', ms: expect.any(Number) },
      },
    });
  });

  test('is degraded without Redis, and answers requests all the same', async () => {
    const redis = await startRedis();
    const instance = await server.startInstance({ redisUrl: redis.url });
    const caller = anonymous.with({ url: instance.url });
    const before = await eventually(
      () => caller.api('GET', '/health/ready'),
      ({ body }) => body.status === 'ok',
    );
    expect(before.body.checks).toMatchObject({ redis: { status: 'up' } });
    await redis.stop();
    const after = await eventually(
      () => caller.api('GET', '/health/ready'),
      ({ body }) => body.status !== 'ok',
    );
    expect([after.status, after.body.status]).toEqual([200, 'degraded']);
    expect(after.body.checks).toMatchObject({
      database: { status: 'up' },
      queue: { status: 'down' },
      redis: { status: 'down' },
    });
    await server.admin.with({ url: instance.url }).expect(200, 'GET', '/v1/contacts');
    await instance.close();
  });

  test('is 503 with Retry-After when the database does not answer, while the process lives', async () => {
    const pooler = await startPgbouncer(server.database.url);
    const instance = await server.startInstance({ databaseUrl: pooler.url });
    const caller = anonymous.with({ url: instance.url });
    await caller.expect(200, 'GET', '/health/ready');
    process.kill(pooler.pid, 'SIGSTOP'); // it accepts, and answers nothing
    const began = Date.now();
    const reply = await eventually(
      () => caller.api('GET', '/health/ready'),
      ({ status }) => status !== 200,
    );
    expect(Date.now() - began).toBeLessThan(6000);
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '2']);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(reply.body).toMatchObject({
      code: 'unavailable',
      checks: { database: { status: 'down' } },
    });
    await caller.expect(200, 'GET', '/health/live');
    process.kill(pooler.pid, 'SIGCONT');
    await eventually(
      () => caller.api('GET', '/health/ready'),
      ({ status }) => status === 200,
    );
    await instance.close();
    await pooler.stop();
  });
});

describe('metrics', () => {
  test('count requests by route, never by address', async () => {
    const label = (method: string, route: string, status: string) =>
      `http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`;
    const missing = label('GET', '/v1/contacts/:id', '4xx');
    const before = (await metric(missing)) ?? 0;
    const id = '019ab3f2-6c1e-7d20-8f10-3b5a9c4d7e21';
    await server.admin.expect(404, 'GET', `/v1/contacts/${id}`);
    await server.admin.expect(404, 'GET', '/v1/nothing-here');
    expect(await metric(missing)).toBe(before + 1);
    expect(await metric(label('GET', 'nowhere', '4xx'))).toBeGreaterThanOrEqual(1);
    const { text } = await anonymous.expect(200, 'GET', '/metrics');
    expect(text).not.toContain(id);
    expect(text).not.toContain('nothing-here');
  });

  test('show Node, the pool, the cache, jobs, events and imports', async () => {
    const { text, headers } = await anonymous.expect(200, 'GET', '/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'keel_database_connections',
      'keel_cache_hit_ratio',
      'keel_jobs',
      'keel_job_outbox_lag_seconds',
      'keel_events_lag_seconds',
      'keel_search_lag_seconds',
      'keel_import_rows',
    ]) {
      expect(names).toContain(name);
    }
    expect(await metric('keel_database_connections{state="open"}')).toBeGreaterThan(0);
    expect(await metric('keel_jobs{job="import-run",state="failed"}')).toBe(0);
  });

  test('tell how much the cache answers', async () => {
    const hits = 'keel_cache_requests_total{result="hits"}';
    const { body } = await server.admin.expect(201, 'POST', '/v1/contacts', { lastName: 'Cached' });
    const before = (await metric(hits)) ?? 0;
    for (let read = 0; read < 5; read += 1) {
      await server.admin.expect(200, 'GET', `/v1/contacts/${body.id}`);
    }
    expect(await metric(hits)).toBeGreaterThanOrEqual(before + 3);
    expect(await metric('keel_cache_hit_ratio')).toBeGreaterThan(0);
  });
});

describe('what platform administrators see', () => {
  test('is the state of Keel in one document', async () => {
    const { body } = await server.admin.expect(200, 'GET', '/admin/monitoring');
    expect(body).toMatchObject({
      health: { status: 'ok' },
      process: { pid: process.pid, memory: { rss: expect.any(Number) } },
      database: { bytes: expect.any(Number), pool: { waiting: 0 } },
      cache: { hits: expect.any(Number), hitRatio: expect.any(Number) },
      events: { waiting: expect.any(Number), lag: expect.any(Number), streams: 0 },
      imports: { failed: 0, running: 0 },
    });
    expect(body.jobs.kinds).toContainEqual(expect.objectContaining({ name: 'import-run' }));
  });

  test('is for nobody else, whatever their role', async () => {
    const owner = await server.createWorkspace('Curious');
    for (const path of ['/admin/monitoring', '/admin/queues', '/admin/queues/doomed/failed']) {
      expect((await owner.api('GET', path)).status).toBe(403);
      expect((await anonymous.api('GET', path)).status).toBe(401);
    }
  });

  test('are failed jobs with their reasons, which they may run again or forget', async () => {
    const worker = await startWorkerApp({ databaseUrl: server.database.url }, [
      Handlers,
      ...otherHandlers(),
    ]);
    const ids: string[] = [];
    for (let job = 0; job < 2; job += 1) {
      const ask = () =>
        worker
          .get(Database)
          .transaction({ workspaceId: server.admin.workspaceId }, (tx) =>
            worker.get(JobQueue).enqueue(tx, Doomed, {}),
          );
      ids.push(await ask());
    }
    const list = () => server.admin.expect(200, 'GET', '/admin/queues/doomed/failed');
    const failed = await eventually(list, ({ body }) => body.data.length === 2);
    expect(failed.body.data[0]).toMatchObject({
      id: expect.any(String),
      workspaceId: server.admin.workspaceId,
      attempts: 1,
      reason: 'No luck',
      failedAt: expect.any(String),
    });
    const { body: queues } = await server.admin.expect(200, 'GET', '/admin/queues');
    expect(queues.store).toBe('postgresql');
    expect(queues.data).toContainEqual(expect.objectContaining({ name: 'doomed', failed: 2 }));
    isDoomed = false;
    const [first, second] = ids;
    const base = '/admin/queues/doomed/failed';
    await server.admin.expect(204, 'POST', `${base}/${first}/retry`);
    await eventually(
      () => runs,
      (count) => count === 3,
    );
    await server.admin.expect(204, 'DELETE', `${base}/${second}`);
    await eventually(list, ({ body }) => body.data.length === 0);
    await server.admin.expect(404, 'DELETE', `${base}/${second}`);
    await server.admin.expect(404, 'POST', `${base}/${second}/retry`);
    await server.admin.expect(404, 'GET', '/admin/queues/no-such-queue/failed');
    const { body: audit } = await server.admin.expect(200, 'GET', '/v1/audit?object=queues');
    expect(audit.data.map(({ type }: { type: string }) => type)).toEqual([
      'queue.job_removed',
      'queue.job_retried',
    ]);
    await worker.close();
  });
});

/** Handlers of the jobs of Keel's own domains, which this worker leaves alone. */
function otherHandlers(): Type[] {
  return allJobs()
    .filter((job) => job.name !== Doomed.name)
    .map((job) => {
      class Idle {
        async run(): Promise<void> {
          throw new Error('Nobody asks for it here');
        }
      }
      const descriptor = Object.getOwnPropertyDescriptor(Idle.prototype, 'run');
      HandlesJob(job)(Idle.prototype, 'run', descriptor as PropertyDescriptor);
      return Idle;
    });
}

describe('a server with more to do than it can', () => {
  test('turns requests away with 503 and Retry-After, but says that it lives', async () => {
    const config = Object.assign(new Config(), { databaseUrl: server.database.url });
    const app = await createServer(AppModule.with(config) as unknown as Type, config);
    app.useLogger(false);
    const anyLag = { maxLag: 1e-9, maxHeap: 1 };
    await installOverloadProtection(app.getHttpAdapter().getInstance(), anyLag);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    try {
      const caller = server.admin.with({ url });
      const refused = await eventually(
        async () => {
          const block = Date.now() + 100;
          while (Date.now() < block);
          return caller.api('GET', '/v1/companies');
        },
        ({ status }) => status === 503,
      );
      expect(refused.headers.get('retry-after')).toBe('2');
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
      expect(refused.body).toMatchObject({ code: 'unavailable', status: 503 });
      await caller.expect(200, 'GET', '/health/live');
    } finally {
      await app.close();
    }
  });
});
