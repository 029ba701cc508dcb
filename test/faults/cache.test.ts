import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { CacheInstance } from '../support/cache-instance.js';
import type { CacheUrls } from '../support/cache-instance.js';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { startRedis } from '../support/tools.js';
import type { RunningTool } from '../support/tools.js';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

let database: TestDatabase;
let admin: pg.Client;
let redis: RunningTool | undefined;
const instances: CacheInstance[] = [];

async function start(count: number): Promise<CacheInstance[]> {
  const urls: CacheUrls = { databaseUrl: database.url, redisUrl: redis?.url };
  const started = await Promise.all(Array.from({ length: count }, () => CacheInstance.start(urls)));
  instances.push(...started);
  return Promise.all(started.map((instance) => instance.trusted()));
}

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query('create table numbers (key text primary key, value bigint not null)');
});
afterEach(async () => {
  await Promise.all(instances.splice(0).map((instance) => instance.stop()));
  await redis?.stop();
  redis = undefined;
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

async function reset(): Promise<void> {
  await admin.query('truncate numbers');
  await admin.query('insert into numbers select unnest($1::text[]), 0', [KEYS]);
}

describe.each([
  ['PostgreSQL', false],
  ['Redis', true],
])('instances in processes of their own, over %s', (_name, withRedis) => {
  beforeAll(() => reset());

  const cluster = async (count: number) => {
    if (withRedis) redis = await startRedis();
    await reset();
    return start(count);
  };

  it('a write is seen by the next read on any of three', async () => {
    const all = await cluster(3);
    for (let value = 1; value <= 60; value += 1) {
      await all[value % 3]?.write('a', value);
      expect(await Promise.all(all.map((one) => one.read('a')))).toEqual([value, value, value]);
    }
    const states = await Promise.all(all.map((one) => one.state()));
    expect(states.every(({ trusted }) => trusted)).toBe(true);
  });

  it('reads are answered from memory meanwhile', async () => {
    const [a, b] = (await cluster(2)) as [CacheInstance, CacheInstance];
    await a.write('a', 1);
    for (let i = 0; i < 50; i += 1) await b.read('a');
    expect((await b.state()).figures.hits).toBeGreaterThan(25);
  });

  it('one that hangs holds a writer up for a moment once, and answers nothing old later', async () => {
    const [a, b] = (await cluster(2)) as [CacheInstance, CacheInstance];
    expect(await b.read('a')).toBe(0);
    b.signal('SIGSTOP');
    expect(await a.write('a', 1)).toBeGreaterThan(95);
    await sleep(30);
    const later: number[] = [];
    for (let value = 2; value <= 6; value += 1) later.push(await a.write('a', value));
    expect(Math.min(...later)).toBeLessThan(80);
    const read = b.read('a');
    b.signal('SIGCONT');
    expect(await read).toBe(6);
  });

  it('one killed between commit and publication leaves nothing old behind after 100 ms', async () => {
    const [a, b, c] = (await cluster(3)) as [CacheInstance, CacheInstance, CacheInstance];
    expect(await Promise.all([b.read('a'), c.read('a')])).toEqual([0, 0]);
    await a.writeAndDie('a', 7);
    await sleep(100);
    expect(await Promise.all([b.read('a'), c.read('a')])).toEqual([7, 7]);
    await sleep(6000);
    expect(await Promise.all([b.read('a'), c.read('a')])).toEqual([7, 7]);
    await Promise.all([b.trusted(), c.trusted()]);
    await c.write('a', 8);
    expect(await b.read('a')).toBe(8);
  });

  it('nobody ever reads less than a write that was answered, whatever dies', async () => {
    await cluster(3);
    const answered = new Map(KEYS.map((key) => [key, 0]));
    const faults: string[] = [];
    const stale: string[] = [];
    let reads = 0;
    let isOver = false;

    /** Writes one key through any instance, then reads it through any other. */
    const client = async (key: string) => {
      for (let value = 1; !isOver; value += 1) {
        try {
          await pick().write(key, value);
          answered.set(key, value);
        } catch {
          // The process died; whether it wrote is not known, so nothing is promised.
        }
        for (let i = 0; i < 3; i += 1) await look(KEYS[randomInt(KEYS.length)] ?? key);
        await look(key);
      }
    };
    const look = async (key: string) => {
      const least = answered.get(key) ?? 0;
      try {
        const value = await pick().read(key);
        reads += 1;
        if (value < least)
          stale.push(`${key}: ${value} after ${least} [${faults.slice(-3).join()}]`);
      } catch {
        // The process died.
      }
    };
    const pick = () => instances[randomInt(instances.length)] as CacheInstance;

    const work = KEYS.map((key) => client(key));
    const deadline = performance.now() + 12_000;
    while (performance.now() < deadline) {
      faults.push(await disturb());
      await sleep(randomInt(100, 500));
    }
    isOver = true;
    await Promise.all(work);
    expect(stale).toEqual([]);
    expect(reads).toBeGreaterThan(300);
    expect(new Set(faults).size).toBeGreaterThan(2);
  });
});

/** Lets something go wrong, and mends it. @returns what it was. */
async function disturb(): Promise<string> {
  const index = randomInt(instances.length);
  const victim = instances[index] as CacheInstance;
  const kind = randomInt(redis ? 4 : 3);
  if (kind === 0) {
    victim.signal('SIGSTOP');
    await sleep(randomInt(20, 1500));
    victim.signal('SIGCONT');
    return 'hung';
  }
  if (kind === 1) {
    await victim.stop();
    const urls: CacheUrls = { databaseUrl: database.url, redisUrl: redis?.url };
    instances[index] = await CacheInstance.start(urls);
    return 'killed';
  }
  if (kind === 2) {
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'keel-bus' and datname = current_database() and random() < 0.5`,
    );
    return 'cut off';
  }
  const { pid } = redis as RunningTool;
  process.kill(pid, 'SIGSTOP');
  await sleep(randomInt(20, 1000));
  process.kill(pid, 'SIGCONT');
  return 'Redis hung';
}

describe('when Redis is killed', () => {
  it('every instance goes on without it, reads nothing old, and none fails', async () => {
    redis = await startRedis();
    await reset();
    const [a, b] = (await start(2)) as [CacheInstance, CacheInstance];
    expect([await a.read('a'), await b.read('a')]).toEqual([0, 0]);
    process.kill(redis.pid, 'SIGKILL');
    for (let value = 1; value <= 20; value += 1) {
      expect(await a.write('a', value)).toBeLessThan(1000);
      expect(await b.read('a')).toBe(value);
    }
    expect((await b.state()).trusted).toBe(false);
  });

  it('and comes back, what it kept from before is not believed', async () => {
    redis = await startRedis();
    await reset();
    const [a, b] = (await start(2)) as [CacheInstance, CacheInstance];
    await a.read('a');
    process.kill(redis.pid, 'SIGSTOP');
    await a.write('a', 1);
    process.kill(redis.pid, 'SIGCONT');
    await Promise.all([a.trusted(), b.trusted()]);
    expect([await a.read('a'), await b.read('a')]).toEqual([1, 1]);
  });
});
