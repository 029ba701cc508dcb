import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { createBus } from '../../src/platform/bus/bus.module.js';
import type { InvalidationBus } from '../../src/platform/bus/invalidation-bus.js';
import { createTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { until } from '../support/keel-process.js';
import { startPgbouncer, startRedis } from '../support/tools.js';
import type { RunningTool } from '../support/tools.js';

// Links are lost on purpose here.
Logger.overrideLogger(false);

interface Instance {
  bus: InvalidationBus;
  received: string[];
  forgotten: number;
}

let database: TestDatabase;
let redis: RunningTool;
const running: InvalidationBus[] = [];

function start(urls: { redisUrl?: string; databaseUrl?: string }): Instance {
  const bus = createBus(urls);
  const instance: Instance = { bus, received: [], forgotten: 0 };
  bus.subscribe('cache', {
    receive: (payload) => instance.received.push(payload),
    forget: () => (instance.forgotten += 1),
  });
  bus.start();
  running.push(bus);
  return instance;
}

const trusted = (...instances: Instance[]) =>
  until(() => instances.every(({ bus }) => bus.trusted()));

async function timed(work: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
}

/** Instances of which no two share a link object, as in processes of their own. */
async function several(count: number, withRedis: boolean): Promise<Instance[]> {
  const urls = { databaseUrl: database.url, redisUrl: withRedis ? redis.url : undefined };
  const instances = Array.from({ length: count }, () => start(urls));
  await trusted(...instances);
  return instances;
}

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((bus) => bus.stop()));
});
afterAll(async () => {
  await database.drop();
});

describe.each([
  ['PostgreSQL', false],
  ['Redis', true],
])('over %s', (_name, withRedis) => {
  beforeAll(async () => {
    if (withRedis) redis = await startRedis();
  });
  afterAll(async () => {
    if (withRedis) await redis.stop();
  });

  it('a publication has been heard by all three instances when it resolves', async () => {
    const [a, b, c] = (await several(3, withRedis)) as [Instance, Instance, Instance];
    const took: number[] = [];
    for (let i = 0; i < 50; i += 1) {
      took.push(await timed(a.bus.publish('cache', `news ${i}`)));
      expect(b.received.at(-1)).toBe(`news ${i}`);
      expect(c.received.at(-1)).toBe(`news ${i}`);
    }
    took.sort((x, y) => x - y);
    // A busy machine stretches any of them, so the quickest quarter speaks.
    expect(took[12]).toBeLessThan(25);
  });

  it('publications of a moment go together, in order', async () => {
    const [a, b] = (await several(2, withRedis)) as [Instance, Instance];
    const payloads = Array.from({ length: 500 }, (_, i) => `Zürich 東京 ${i}`);
    await Promise.all(payloads.map((payload) => a.bus.publish('cache', payload)));
    expect(b.received).toEqual(payloads);
  });

  it('a payload far over the limit of a notification arrives whole', async () => {
    const [a, b] = (await several(2, withRedis)) as [Instance, Instance];
    const payload = '“quoted” 李 😀'.repeat(5000);
    await a.bus.publish('cache', payload);
    expect(b.received[0] === payload).toBe(true);
  });

  it('instances stay trusted while nothing happens', async () => {
    const instances = await several(2, withRedis);
    const deadline = performance.now() + 1000;
    let lapses = 0;
    let looks = 0;
    while (performance.now() < deadline) {
      await sleep(5);
      looks += 1;
      if (!instances.every(({ bus }) => bus.trusted())) lapses += 1;
    }
    // A process that gets no processor time for 75 ms loses its lease for a moment.
    expect(lapses / looks).toBeLessThan(0.25);
  });
});

describe('when PostgreSQL ends the connection', () => {
  it('trust ends, comes back with a new connection, and memory begins anew', async () => {
    const [a, b] = (await several(2, false)) as [Instance, Instance];
    const admin = new pg.Client({ connectionString: database.superuserUrl });
    await admin.connect();
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'keel-bus' and datname = current_database()`,
    );
    await until(() => !a.bus.trusted() && !b.bus.trusted());
    await trusted(a, b);
    expect([a.forgotten, b.forgotten]).toEqual([2, 2]);
    await a.bus.publish('cache', 'after');
    expect(b.received).toEqual(['after']);
    await admin.end();
  });
});

describe('behind a transaction-pooling pgbouncer', () => {
  it('nothing is trusted, and nobody waits for anybody', async () => {
    const pooler = await startPgbouncer(database.url);
    const alone = start({ databaseUrl: pooler.url });
    await sleep(500);
    expect(alone.bus.trusted()).toBe(false);
    const times: number[] = [];
    for (let n = 0; n < 5; n += 1) times.push(await timed(alone.bus.publish('cache', 'x')));
    expect(Math.min(...times)).toBeLessThan(50);
    await alone.bus.stop();
    await pooler.stop();
  });
});

/** Long before the wait for an answer that does not come ends, also on a busy machine. */
const SOON = 900;

describe('when Redis', () => {
  let own: RunningTool;
  beforeAll(async () => {
    own = await startRedis();
  });
  afterAll(async () => {
    await own.stop();
  });

  it('hangs, memory is bypassed within 100 ms, writers still reach everybody, and it heals', async () => {
    const urls = { redisUrl: own.url, databaseUrl: database.url };
    const [a, b] = [start(urls), start(urls)];
    await trusted(a, b);
    process.kill(own.pid, 'SIGSTOP');
    const stopped = performance.now();
    expect(await timed(a.bus.publish('cache', 'hung'))).toBeLessThan(SOON);
    expect(b.received).toContain('hung');
    await until(() => !a.bus.trusted() && !b.bus.trusted());
    expect(performance.now() - stopped).toBeLessThan(SOON);
    expect(await timed(a.bus.publish('cache', 'still'))).toBeLessThan(SOON);
    process.kill(own.pid, 'SIGCONT');
    await trusted(a, b);
    await a.bus.publish('cache', 'healed');
    expect(b.received.at(-1)).toBe('healed');
  });

  it('is killed, nobody fails or trusts what it remembers', async () => {
    const urls = { redisUrl: own.url, databaseUrl: database.url };
    const [a, b] = [start(urls), start(urls)];
    await trusted(a, b);
    process.kill(own.pid, 'SIGKILL');
    await until(() => !a.bus.trusted() && !b.bus.trusted());
    expect(await timed(a.bus.publish('cache', 'x'))).toBeLessThan(SOON);
    expect(b.received).toEqual(['x']);
  });
});
