import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fork } from 'node:child_process';
import { glob, readdir, readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { DiscoveryService, MetadataScanner, NestFactory } from '@nestjs/core';
import { Config } from '../../src/config/config.js';
import { allJobs } from '../../src/platform/queue/job-contract.js';
import { findJobHandlers } from '../../src/platform/queue/job-handlers.js';
import { WorkerModule } from '../../src/worker.module.js';
import { createTestDatabase, query, type TestDatabase } from '../support/database.js';
import { findFreePort } from '../support/tools.js';
import { eventually } from '../support/worker-app.js';

const SOURCES = join(import.meta.dirname, '..', '..', 'src');

let server: TestDatabase;

beforeAll(async () => {
  server = await createTestDatabase();
});

afterAll(() => server.drop());

describe('the worker', () => {
  test('handles every kind of job that any source declares, each in one place', async () => {
    const declaring: string[] = [];
    for await (const file of glob('**/*.ts', { cwd: SOURCES })) {
      if (file.endsWith('.spec.ts') || file.endsWith('job-contract.ts')) continue;
      const text = await readFile(join(SOURCES, file), 'utf8');
      if (/\bdefineJob\(/.test(text)) declaring.push(file);
    }
    expect(declaring.length).toBeGreaterThan(3);
    for (const file of declaring) await import(join(SOURCES, file));
    const config = Object.assign(new Config(), { databaseUrl: server.url });
    const app = await NestFactory.createApplicationContext(WorkerModule.with(config), {
      logger: false,
      abortOnError: false,
    });
    const handlers = findJobHandlers(app.get(DiscoveryService), app.get(MetadataScanner));
    expect(handlers.map(({ contract }) => contract.name)).toEqual(
      allJobs().map(({ name }) => name),
    );
    await app.close();
  });

  test('starts its jobs on a schedule, says when it is ready and how it is, and stops when asked', async () => {
    const port = await findFreePort();
    const program = join(process.env.KEEL_TEST_BUILD ?? '', 'worker.js');
    const worker = fork(program, {
      env: {
        ...process.env,
        DATABASE_URL: server.url,
        LOG_LEVEL: 'warn',
        WORKER_PORT: String(port),
      },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    const messages: unknown[] = [];
    worker.on('message', (message) => messages.push(message));
    const exited = new Promise<number | null>((resolve) => worker.once('exit', resolve));
    await eventually(
      () => messages.length,
      (count) => count > 0,
      25_000,
    );
    expect(messages).toEqual([{ type: 'ready' }]);
    const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    expect(await (await ask('/health/live')).json()).toEqual({ status: 'ok' });
    expect(await (await ask('/health/ready')).json()).toMatchObject({
      status: 'ok',
      checks: { database: { status: 'up' }, queue: { status: 'up' } },
    });
    expect(await (await ask('/metrics')).text()).toMatch(/^nodejs_eventloop_lag_seconds /m);
    expect((await ask('/v1/contacts')).status).toBe(404);
    if (process.platform === 'linux') {
      // The collector of garbage has threads of its own, which begin before the program does.
      const threads = await readdir(`/proc/${worker.pid}/task`);
      expect(threads.length).toBeGreaterThan(4);
      expect(threads.map((thread) => getPriority(Number(thread))).filter((n) => n < 10)).toEqual(
        [],
      );
      const group = await eventually(
        () => readFile(`/proc/${worker.pid}/autogroup`, 'utf8').catch(() => ''),
        (found) => !found.includes('nice 0'),
      );
      expect(group).toMatch(/^$| nice 10$/m);
    }
    await eventually(
      () =>
        query(
          server.superuserUrl,
          "select name from bullmq.job where state = 'completed' and name like 'purge%' order by 1",
        ),
      (rows) => rows.length === 3,
    );
    const began = Date.now();
    worker.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(Date.now() - began).toBeLessThan(5000);
  });
});
