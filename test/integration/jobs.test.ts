import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Injectable, type INestApplicationContext } from '@nestjs/common';
import { IsInt, IsString } from 'class-validator';
import { randomUUID } from 'node:crypto';
import { Database, SYSTEM } from '../../src/platform/database/database.js';
import { defineJob, NoData } from '../../src/platform/queue/job-contract.js';
import { HandlesJob, type RunningJob } from '../../src/platform/queue/handles-job.js';
import { JobQueue } from '../../src/platform/queue/job-queue.js';
import { JobRelay } from '../../src/platform/queue/job-relay.js';
import { JobWorkers } from '../../src/platform/queue/job-workers.js';
import { QueueAdmin } from '../../src/platform/queue/queue-admin.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { STORES } from '../support/queue-stores.js';
import { createQueueApp, eventually, startWorkerApp } from '../support/worker-app.js';

class Greeting {
  @IsString() name = '';
  @IsInt() count = 0;
}

const Greet = defineJob({ name: 'greet', data: Greeting, options: { concurrency: 8 } });
const Stumble = defineJob({
  name: 'stumble',
  data: Greeting,
  options: { attempts: 3, backoff: 20 },
});
const Linger = defineJob({ name: 'linger', data: Greeting, options: { lockDuration: 2000 } });
const Tick = defineJob({ name: 'tick', data: NoData, options: { schedule: { every: 300 } } });

/** What handlers of any worker in this process saw. */
const seen: RunningJob<Greeting>[] = [];
let ticks = 0;
let stumbles = 0;
/** Lets lingering handlers end; replaced by each test that has some. */
let gate = Promise.withResolvers<void>();

@Injectable()
class Handlers {
  @HandlesJob(Greet)
  async greet(job: RunningJob<Greeting>): Promise<void> {
    seen.push(job);
  }

  @HandlesJob(Stumble)
  async stumble(job: RunningJob<Greeting>): Promise<void> {
    seen.push(job);
    if (job.attempt <= stumbles) throw new Error(`Stumbled at attempt ${job.attempt}`);
  }

  @HandlesJob(Linger)
  async linger(job: RunningJob<Greeting>): Promise<void> {
    seen.push(job);
    const aborted = new Promise<never>((_, reject) => {
      job.signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
    await Promise.race([gate.promise, aborted]);
  }

  @HandlesJob(Tick)
  async tick(): Promise<void> {
    ticks += 1;
  }
}

describe.each(STORES)('jobs in $name', ({ start }) => {
  let server: TestDatabase;
  let store: { redisUrl?: string; stop(): Promise<void> };
  let settings: { databaseUrl: string; queueRedisUrl?: string };
  /** Asks for jobs and handles none, as the API does. */
  let api: INestApplicationContext;
  let worker: INestApplicationContext;
  const workspaceId = randomUUID();
  const scope = { workspaceId };

  beforeAll(async () => {
    [server, store] = await Promise.all([createTestDatabase(), start()]);
    settings = { databaseUrl: server.url, queueRedisUrl: store.redisUrl };
    api = await createQueueApp(settings, []);
    worker = await startWorkerApp(settings, [Handlers]);
  });

  afterAll(async () => {
    gate.resolve();
    await Promise.all([worker.close(), api.close()]);
    await Promise.all([server.drop(), store.stop()]);
  });

  afterEach(() => {
    seen.length = 0;
  });

  const database = (): Database => api.get(Database);
  const jobs = (): JobQueue => api.get(JobQueue);
  const namesSeen = (): string[] => seen.map(({ data }) => data.name);

  async function ask(
    contract: typeof Greet,
    data: Greeting,
    options?: Parameters<JobQueue['enqueue']>[3],
  ): Promise<string> {
    return database().transaction(scope, (tx) => jobs().enqueue(tx, contract, data, options));
  }

  test('a job runs once its transaction has committed, and knows data and workspace', async () => {
    const began = Date.now();
    const id = await ask(Greet, { name: 'Ada', count: 1 });
    await eventually(
      () => seen.length,
      (count) => count === 1,
    );
    expect(Date.now() - began).toBeLessThan(1500);
    expect(seen[0]).toMatchObject({ id, workspaceId, attempt: 1, data: { name: 'Ada', count: 1 } });
    expect(seen[0]?.data).toBeInstanceOf(Greeting);
  });

  test('a job of a transaction that fails never runs', async () => {
    const failing = database().transaction(scope, async (tx) => {
      await jobs().enqueue(tx, Greet, { name: 'lost', count: 1 });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await ask(Greet, { name: 'kept', count: 1 });
    await eventually(namesSeen, (names) => names.includes('kept'));
    expect(namesSeen()).toEqual(['kept']);
  });

  test('a job asked for in the same round trip as the write runs too', async () => {
    const { statement } = jobs().prepare(Greet, { name: 'piped', count: 1 });
    await database().run(scope, [statement]);
    jobs().poke();
    await eventually(namesSeen, (names) => names.includes('piped'));
  });

  test('data that breaks the contract is refused where the job is asked for', async () => {
    const wrong = { name: 'x', count: 'many' } as unknown as Greeting;
    await expect(ask(Greet, wrong)).rejects.toThrow(/"greet" is not valid \(count: isInt\)/);
    const extra = { name: 'x', count: 1, other: 1 } as Greeting;
    await expect(ask(Greet, extra)).rejects.toThrow(/other: whitelistValidation/);
  });

  test('a handler that fails is run again until it succeeds', async () => {
    stumbles = 2;
    await ask(Stumble, { name: 'thrice', count: 1 });
    await eventually(
      () => seen.length,
      (count) => count === 3,
    );
    expect(seen.map(({ attempt, isLastAttempt }) => [attempt, isLastAttempt])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
  });

  test('a job that keeps failing is given up, is shown, and runs again when asked', async () => {
    stumbles = 3;
    const admin = api.get(QueueAdmin);
    const id = await ask(Stumble, { name: 'hopeless', count: 1 });
    const failed = await eventually(
      () => admin.failed('stumble', 0, 10),
      (found) => found?.length === 1,
    );
    expect(failed?.[0]).toMatchObject({
      id,
      workspaceId,
      attempts: 3,
      reason: 'Stumbled at attempt 3',
    });
    expect(await admin.counts()).toContainEqual(
      expect.objectContaining({ name: 'stumble', failed: 1 }),
    );
    stumbles = 0;
    expect(await admin.retry('stumble', id)).toBe(true);
    await eventually(
      () => seen.length,
      (count) => count === 4,
    );
    await eventually(
      () => admin.failed('stumble', 0, 10),
      (found) => found?.length === 0,
    );
    expect(await admin.retry('stumble', id)).toBe(false);
  });

  test('a failed job can be removed for good', async () => {
    stumbles = 3;
    const admin = api.get(QueueAdmin);
    const id = await ask(Stumble, { name: 'hopeless', count: 1 });
    const failed = (): ReturnType<QueueAdmin['failed']> => admin.failed('stumble', 0, 10);
    await eventually(failed, (found) => found?.length === 1);
    expect(await admin.remove('stumble', id)).toBe(true);
    expect(await failed()).toEqual([]);
    expect(await admin.remove('stumble', id)).toBe(false);
    expect(await admin.failed('no-such-queue', 0, 10)).toBeUndefined();
  });

  test('a delayed job does not start before its time', async () => {
    const began = Date.now();
    await ask(Greet, { name: 'later', count: 1 }, { delay: 700 });
    await eventually(namesSeen, (names) => names.includes('later'));
    expect(Date.now() - began).toBeGreaterThanOrEqual(690);
    expect(Date.now() - began).toBeLessThan(3000);
  });

  test('of jobs with one id only the first ever runs', async () => {
    const options = { jobId: `import-${randomUUID()}` };
    await ask(Greet, { name: 'first', count: 1 }, options);
    await ask(Greet, { name: 'second', count: 2 }, options);
    await eventually(
      () => seen.length,
      (count) => count === 1,
    );
    await ask(Greet, { name: 'third', count: 3 }, options);
    await ask(Greet, { name: 'end', count: 4 });
    await eventually(namesSeen, (names) => names.includes('end'));
    expect(namesSeen()).toEqual(['first', 'end']);
  });

  test('jobs of one key are one while they wait, and one more after one that runs', async () => {
    gate = Promise.withResolvers();
    const options = { coalesce: 'index' };
    await ask(Linger, { name: 'running', count: 1 }, options);
    await eventually(
      () => seen.length,
      (count) => count === 1,
    );
    for (const name of ['a', 'b', 'c']) await ask(Linger, { name, count: 1 }, options);
    await eventually(
      () => api.get(QueueAdmin).outbox(),
      ({ waiting }) => waiting === 0,
    );
    gate.resolve();
    await eventually(
      () => seen.length,
      (count) => count === 2,
    );
    await ask(Greet, { name: 'end', count: 1 });
    await eventually(namesSeen, (names) => names.includes('end'));
    expect(namesSeen()).toEqual(['running', 'c', 'end']);
  });

  test('a job that is handed on twice runs once', async () => {
    const id = await ask(Greet, { name: 'twice', count: 1 });
    await eventually(namesSeen, (names) => names.length === 1);
    await eventually(
      () => api.get(QueueAdmin).outbox(),
      ({ waiting }) => waiting === 0,
    );
    // What a relay leaves behind that dies between handing on and writing that down.
    await database().query(
      SYSTEM,
      'update job_outbox set published_at = null where options @> $1',
      [{ jobId: id }],
    );
    await api.get(JobRelay).relay();
    await ask(Greet, { name: 'end', count: 1 });
    await eventually(namesSeen, (names) => names.includes('end'));
    expect(namesSeen()).toEqual(['twice', 'end']);
  });

  test('a job that its queue refuses holds up no other one', async () => {
    await ask(Greet, { name: 'before', count: 1 });
    const poison = await database().query<{ id: string }>(
      scope,
      `insert into job_outbox (id, name, data, options)
       values (gen_random_uuid(), 'greet', '{}', '{"jobId": "12:34"}') returning id`,
    );
    await ask(Greet, { name: 'after', count: 1 });
    await eventually(namesSeen, (names) => names.includes('after'));
    await eventually(
      () => api.get(QueueAdmin).outbox(),
      ({ waiting }) => waiting === 1,
    );
    await database().query(SYSTEM, 'delete from job_outbox where id = $1', [poison[0]?.id]);
  });

  test('several relays and workers at once run each of many jobs once', async () => {
    const other = await startWorkerApp(settings, [Handlers]);
    const relays = [api, worker, other].map((app) => app.get(JobRelay));
    const statements = Array.from(
      { length: 700 },
      (_, count) => jobs().prepare(Greet, { name: `n${count}`, count }).statement,
    );
    await database().run(scope, statements);
    for (const relay of relays) relay.poke();
    await eventually(
      () => seen.length,
      (count) => count >= 700,
      25_000,
    );
    await other.close();
    expect(new Set(namesSeen()).size).toBe(700);
    expect(seen).toHaveLength(700);
  });

  test('a job asked for by a process that dies at once is found by a worker', async () => {
    const { statement } = jobs().prepare(Greet, { name: 'orphan', count: 1 });
    await database().run(scope, [statement]); // and no poke
    await eventually(namesSeen, (names) => names.includes('orphan'), 3000);
  });

  test('a worker that stops gives its job back, and the attempt does not count', async () => {
    await worker.get(JobWorkers).stop();
    gate = Promise.withResolvers();
    const first = await startWorkerApp(settings, [Handlers]);
    await ask(Linger, { name: 'handed back', count: 1 });
    await eventually(
      () => seen.length,
      (count) => count === 1,
    );
    const began = Date.now();
    await first.close();
    expect(Date.now() - began).toBeLessThan(5000);
    expect(seen[0]?.signal.aborted).toBe(true);
    const second = await startWorkerApp(settings, [Handlers]);
    await eventually(
      () => seen.length,
      (count) => count === 2,
    );
    expect(seen[1]).toMatchObject({ attempt: 1, data: { name: 'handed back' } });
    gate.resolve();
    await eventually(
      () => api.get(QueueAdmin).counts(),
      (counts) => counts.some(({ name, active }) => name === 'linger' && active === 0),
    );
    await second.close();
  });

  test('a recurring job runs at its pace, however many workers there are', async () => {
    const workers = [
      await startWorkerApp(settings, [Handlers]),
      await startWorkerApp(settings, [Handlers]),
    ];
    ticks = 0;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const counted = ticks;
    await Promise.all(workers.map((app) => app.close()));
    expect(counted).toBeGreaterThanOrEqual(6);
    expect(counted).toBeLessThanOrEqual(12);
  });
});
