import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Injectable, type INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Database } from '../../src/platform/database/database.js';
import {
  HandlesJob,
  type JobHandler,
  type RunningJob,
} from '../../src/platform/queue/handles-job.js';
import { defineJob, NoData } from '../../src/platform/queue/job-contract.js';
import { JobQueue } from '../../src/platform/queue/job-queue.js';
import { QueueAdmin } from '../../src/platform/queue/queue-admin.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startPgbouncer, type RunningTool } from '../support/tools.js';
import { createQueueApp, eventually, startWorkerApp } from '../support/worker-app.js';

const kinds = Array.from({ length: 8 }, (_, index) =>
  // One that is claimed while the connection dies is found abandoned after two seconds or so.
  defineJob({ name: `kind-${index}`, data: NoData, options: { lockDuration: 1000 } }),
);
const [First] = kinds;
/** Jobs that ran; one whose end could not be told for want of a connection runs again. */
const ran = new Set<string>();

/** One handler class for each kind, as domains would have. */
const handlers = kinds.map((kind) => {
  class Handler {
    async run(job: RunningJob<NoData>): Promise<void> {
      ran.add(job.id);
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Handler.prototype, 'run');
  HandlesJob(kind)(
    Handler.prototype,
    'run',
    descriptor as TypedPropertyDescriptor<JobHandler<NoData>>,
  );
  return Injectable()(Handler) ?? Handler;
});

describe('the connections of queues in PostgreSQL', () => {
  let server: TestDatabase;
  let watcher: pg.Client;
  const apps: INestApplicationContext[] = [];

  beforeAll(async () => {
    server = await createTestDatabase();
    watcher = new pg.Client({ connectionString: server.superuserUrl });
    await watcher.connect();
  });

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    ran.clear();
  });

  afterAll(async () => {
    await watcher.end();
    await server.drop();
  });

  async function connections(): Promise<number> {
    const { rows } = await watcher.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity
       where datname = current_database() and application_name = 'keel-queue'`,
    );
    return rows[0]?.count ?? 0;
  }

  async function ask(app: INestApplicationContext): Promise<string> {
    return app
      .get(Database)
      .transaction({ workspaceId: randomUUID() }, (tx) =>
        app.get(JobQueue).enqueue(tx, First as (typeof kinds)[0], {}),
      );
  }

  const hasRun = (id: string) =>
    eventually(
      () => ran.has(id),
      (is) => is,
      30_000,
    );

  test('are few, however many kinds of jobs a worker takes', async () => {
    const worker = await startWorkerApp({ databaseUrl: server.url }, handlers);
    apps.push(worker);
    for (let job = 0; job < 20; job += 1) await hasRun(await ask(worker));
    expect(await connections()).toBeLessThanOrEqual(4);
  });

  test('are fewer in a process that only asks for jobs', async () => {
    const api = await createQueueApp({ databaseUrl: server.url }, []);
    apps.push(api);
    await ask(api);
    await api.get(QueueAdmin).counts();
    expect(await connections()).toBeLessThanOrEqual(3);
  });

  test('come back when the server ends them, and jobs start at once again', async () => {
    const worker = await startWorkerApp({ databaseUrl: server.url }, handlers);
    apps.push(worker);
    await hasRun(await ask(worker));
    for (let round = 1; round <= 3; round += 1) {
      await watcher.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'keel-queue'`,
      );
      await hasRun(await ask(worker));
    }
    // Each worker has noticed after some seconds.
    await eventually(
      async () => {
        const began = Date.now();
        await hasRun(await ask(worker));
        return Date.now() - began;
      },
      (took) => took < 500,
    );
  }, 60_000);

  describe('behind a pooler', () => {
    let pooler: RunningTool;

    beforeAll(async () => {
      pooler = await startPgbouncer(server.url, 6);
    });

    afterAll(() => pooler.stop());

    test('need nothing that a transaction pooler does not grant', async () => {
      const worker = await startWorkerApp({ databaseUrl: pooler.url }, handlers);
      apps.push(worker);
      const began = Date.now();
      for (let job = 0; job < 4; job += 1) await hasRun(await ask(worker));
      expect(Date.now() - began).toBeLessThan(6000);
    });
  });
});
