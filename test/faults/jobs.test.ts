import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { INestApplicationContext } from '@nestjs/common';
import pg from 'pg';
import { Database } from '../../src/platform/database/database.js';
import { defineJob, NoData } from '../../src/platform/queue/job-contract.js';
import { JobQueue } from '../../src/platform/queue/job-queue.js';
import { QueueAdmin } from '../../src/platform/queue/queue-admin.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { STORES } from '../support/queue-stores.js';
import { createQueueApp, eventually } from '../support/worker-app.js';

const Work = defineJob({ name: 'fragile', data: NoData, options: { lockDuration: 1000 } });

interface WorkerProcess {
  lines: string[];
  child: ChildProcess;
  kill(): Promise<void>;
}

describe.each(STORES)('jobs in $name, when processes are killed', ({ start }) => {
  let server: TestDatabase;
  let store: { redisUrl?: string; stop(): Promise<void> };
  let api: INestApplicationContext;
  const workers: WorkerProcess[] = [];
  const scope = { workspaceId: randomUUID() };

  beforeAll(async () => {
    [server, store] = await Promise.all([createTestDatabase(), start()]);
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query('create table runs (job text); grant insert, select on runs to keel_app');
    await client.end();
    api = await createQueueApp({ databaseUrl: server.url, queueRedisUrl: store.redisUrl }, []);
  });

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await api.close();
    await Promise.all([server.drop(), store.stop()]);
  });

  async function startWorker(hangIn = ''): Promise<WorkerProcess> {
    const program = join(import.meta.dirname, '..', 'support', 'programs', 'job-worker.mjs');
    const child = spawn(process.execPath, [program], {
      env: {
        ...process.env,
        DATABASE_URL: server.url,
        QUEUE_REDIS_URL: store.redisUrl ?? '',
        HANG_IN: hangIn,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const kill = (): Promise<void> => {
      child.kill('SIGKILL');
      return gone;
    };
    const worker = { lines, child, kill };
    workers.push(worker);
    await eventually(
      () => lines,
      () => lines.includes('ready'),
    );
    return worker;
  }

  /** Asks as a process that dies before it can hand the job on. */
  async function ask(): Promise<string> {
    const { id, statement } = api.get(JobQueue).prepare(Work, {});
    await api.get(Database).run(scope, [statement]);
    return id;
  }

  async function runsOf(id: string): Promise<number> {
    const sql = 'select count(*) from runs where job = $1';
    const [row] = await api.get(Database).query<{ count: number }>(scope, sql, [id]);
    return row?.count ?? 0;
  }

  const completed = async (): Promise<number> => {
    const counts = await api.get(QueueAdmin).counts();
    return counts.find(({ name }) => name === 'fragile')?.completed ?? 0;
  };

  test('a job whose relay dies between handing on and writing that down runs once', async () => {
    const relay = await startWorker('relay');
    const id = await ask();
    await eventually(
      () => relay.lines,
      (lines) => lines.includes('published'),
    );
    await relay.kill();
    expect(await api.get(QueueAdmin).outbox()).toMatchObject({ waiting: 1 });
    const worker = await startWorker();
    await eventually(
      () => api.get(QueueAdmin).outbox(),
      ({ waiting }) => waiting === 0,
    );
    await eventually(completed, (count) => count === 1);
    const last = await ask();
    await eventually(
      () => runsOf(last),
      (runs) => runs === 1,
    );
    // It has run; that it is known to be done takes a moment more.
    await eventually(completed, (count) => count === 2);
    await worker.kill();
    expect(await runsOf(id)).toBe(1);
  });

  test('a job whose worker dies runs again, as often as workers die', async () => {
    const before = await completed();
    const id = await ask();
    for (let death = 1; death <= 3; death += 1) {
      const worker = await startWorker('handler');
      await eventually(
        () => worker.lines,
        (lines) => lines.includes(`running ${id}`),
      );
      await worker.kill();
      expect(await runsOf(id)).toBe(death);
    }
    const survivor = await startWorker();
    await eventually(completed, (count) => count === before + 1);
    expect(await runsOf(id)).toBe(4);
    await survivor.kill();
  }, 60_000);
});
