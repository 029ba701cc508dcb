import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { InvalidationBus } from '../../src/platform/bus/invalidation-bus.js';
import { SharedRedis } from '../../src/platform/bus/shared-redis.js';
import { CachedResponse } from '../../src/platform/cache/cached-response.js';
import { Invalidator } from '../../src/platform/cache/invalidator.js';
import { ResponseCache } from '../../src/platform/cache/response-cache.js';
import { SharedStore } from '../../src/platform/cache/shared-store.js';
import { until } from '../support/keel-process.js';
import { startRedis } from '../support/tools.js';
import type { RunningTool } from '../support/tools.js';
import { Hub } from '../support/memory-link.js';

// Redis is lost on purpose here.
Logger.overrideLogger(false);

interface Instance {
  cache: ResponseCache;
  invalidator: Invalidator;
  bus: InvalidationBus;
  connection: SharedRedis;
}

let redis: RunningTool;
let hub = new Hub();
const running: Instance[] = [];

async function start(url = redis.url): Promise<Instance> {
  const id = `i${running.length}`;
  const bus = new InvalidationBus([hub.link(id)], id);
  const connection = new SharedRedis(url);
  const { client } = connection;
  const store = client && new SharedStore(client);
  const cache = new ResponseCache({ policy: 'lru', maxBytes: 1e6 }, bus, store);
  const instance = { cache, bus, connection, invalidator: new Invalidator(bus, store) };
  running.push(instance);
  bus.start();
  await until(() => bus.trusted() && client?.status === 'ready');
  // The era that an instance opens at its start.
  await client?.ping();
  return instance;
}

/** Two instances that share a Redis and nothing else but the bus. */
async function pair(): Promise<[Instance, Instance]> {
  return [await start(), await start()];
}

const answer = (text: string) =>
  new CachedResponse(Buffer.from(text), { etag: `"${text}"`, 'content-type': 'text/plain' });

const get = (instance: Instance, text: string, key = 'k') =>
  instance.cache.getOrLoad(key, 'w', ['contacts:1'], async () => answer(text));

beforeAll(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  for (const { bus, cache, connection } of running.splice(0)) {
    await bus.stop();
    cache.close();
    connection.onApplicationShutdown();
  }
  hub = new Hub();
});
afterAll(() => redis.stop());

describe('answers kept in Redis', () => {
  it('are found by another instance, bytes and headers', async () => {
    const [a, b] = await pair();
    await get(a, 'from a');
    const found = await get(b, 'from b');
    expect(found?.body.toString()).toBe('from a');
    expect(found?.headers).toEqual({ etag: '"from a"', 'content-type': 'text/plain' });
    expect(b.cache.figures().sharedHits).toBe(1);
    expect(b.cache.peek('k')?.body.toString()).toBe('from a');
  });

  it.each([['contacts:1'], ['contacts:*']])('are void after a change of %s', async (tag) => {
    const [a, b] = await pair();
    await get(a, 'old');
    await get(b, 'old');
    await a.invalidator.invalidate('w', [tag]);
    expect((await get(b, 'new'))?.body.toString()).toBe('new');
    expect((await get(a, 'newer'))?.body.toString()).toBe('new');
  });

  it('are not kept from a load that began before a change', async () => {
    const [a, b] = await pair();
    let finish = (): void => undefined;
    const slow = a.cache.getOrLoad('k', 'w', ['contacts:1'], async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return answer('stale');
    });
    await until(() => a.cache.figures().misses === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await b.invalidator.invalidate('w', ['contacts:1']);
    finish();
    await slow;
    expect((await get(b, 'fresh'))?.body.toString()).toBe('fresh');
    expect((await get(a, 'fresher'))?.body.toString()).toBe('fresh');
  });

  it('are loaded once by two instances that want them at once', async () => {
    const [a, b] = await pair();
    let loads = 0;
    const load = async () => {
      loads += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return answer('once');
    };
    const all = Array.from({ length: 1000 }, (_, i) =>
      (i % 2 ? a : b).cache.getOrLoad('k', 'w', ['contacts'], load),
    );
    const bodies = new Set((await Promise.all(all)).map((found) => found?.body.toString()));
    expect([...bodies]).toEqual(['once']);
    expect(loads).toBe(1);
  });

  it('are loaded at once by the next when a load fails or keeps nothing', async () => {
    const [a, b] = await pair();
    await a.cache.getOrLoad('k', 'w', [], async () => null);
    const failing = a.cache.getOrLoad('k', 'w', [], () => Promise.reject(new Error('down')));
    await expect(failing).rejects.toThrow('down');
    const begun = performance.now();
    await get(b, 'loaded');
    expect(performance.now() - begun).toBeLessThan(150);
  });

  it('are void when Redis has lost the generations but not the entries', async () => {
    const [a, b] = await pair();
    await get(a, 'old');
    const admin = new Redis(redis.url);
    const generations = await admin.keys('keel:cache:tag:*');
    expect(generations.length).toBeGreaterThan(0);
    await admin.del(...generations);
    await admin.quit();
    expect((await get(b, 'new'))?.body.toString()).toBe('new');
  });
});

describe('without a working Redis', () => {
  it('answers come from the loader and from memory, and nothing fails', async () => {
    const own = await startRedis();
    const a = await start(own.url);
    await get(a, 'before');
    process.kill(own.pid, 'SIGKILL');
    const begun = performance.now();
    for (let i = 0; i < 20; i += 1) {
      await a.invalidator.invalidate('w', ['contacts:1']);
      expect((await get(a, `after ${i}`))?.body.toString()).toBe(`after ${i}`);
    }
    expect(performance.now() - begun).toBeLessThan(4000);
    await own.stop();
  });

  it('that hangs, a request waits a quarter of a second at most, and later ones not at all', async () => {
    const own = await startRedis();
    const a = await start(own.url);
    process.kill(own.pid, 'SIGSTOP');
    const begun = performance.now();
    await get(a, 'first', 'k1');
    expect(performance.now() - begun).toBeLessThan(2000);
    const times: number[] = [];
    for (let n = 2; n < 10; n += 1) {
      const then = performance.now();
      await get(a, `answer ${n}`, `k${n}`);
      times.push(performance.now() - then);
    }
    expect(Math.min(...times)).toBeLessThan(150);
    process.kill(own.pid, 'SIGCONT');
    await own.stop();
  });
});
