import { describe, expect, it } from '@jest/globals';
import { InvalidationBus } from '../bus/invalidation-bus.js';
import { CachedResponse } from './cached-response.js';
import { Invalidator } from './invalidator.js';
import { ResponseCache } from './response-cache.js';
import type { CacheOptions } from './response-cache.js';

const WORKSPACE = 'w1';

function setUp(options: Partial<CacheOptions> = {}) {
  const bus = new InvalidationBus([]);
  const cache = new ResponseCache({ policy: 'lru', maxBytes: 1_000_000, ...options }, bus, null);
  return { bus, cache, invalidator: new Invalidator(bus, null) };
}

function answer(text: string): CachedResponse {
  return new CachedResponse(Buffer.from(text), { etag: `"${text.slice(0, 20)}"` });
}

/** A loader that counts its calls and ends when told. */
function slowLoader() {
  let calls = 0;
  const waiting: (() => void)[] = [];
  const load = async () => {
    calls += 1;
    const text = `load ${calls}`;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return answer(text);
  };
  return { load, calls: () => calls, finish: () => waiting.splice(0).forEach((end) => end()) };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('an answer', () => {
  it('is loaded once and then found, synchronously too', async () => {
    const { cache } = setUp();
    const load = async () => answer('one');
    await cache.getOrLoad('k', WORKSPACE, ['contacts'], load);
    expect(cache.peek('k')?.body.toString()).toBe('one');
    expect(cache.figures()).toMatchObject({ hits: 1, misses: 1, entries: 1 });
  });

  it.each([
    ['its record', ['contacts:1'], ['contacts:1']],
    ['its list', ['contacts'], ['contacts']],
    ['every record of the object', ['contacts:1'], ['contacts:*']],
    ['one of several things', ['contacts', 'companies'], ['companies']],
  ])('is void when %s changes', async (_name, tags, changed) => {
    const { cache, invalidator } = setUp();
    await cache.getOrLoad('k', WORKSPACE, tags, async () => answer('old'));
    await invalidator.invalidate(WORKSPACE, changed);
    expect(cache.peek('k')).toBeUndefined();
    await cache.getOrLoad('k', WORKSPACE, tags, async () => answer('new'));
    expect(cache.peek('k')?.body.toString()).toBe('new');
  });

  it('stays when another record, object or workspace changes', async () => {
    const { cache, invalidator } = setUp();
    await cache.getOrLoad('k', WORKSPACE, ['contacts:1'], async () => answer('kept'));
    await invalidator.invalidate(WORKSPACE, [
      'contacts',
      'contacts:2',
      'companies:*',
      'companies:1',
    ]);
    await invalidator.invalidate('w2', ['contacts:1', 'contacts:*']);
    expect(cache.peek('k')?.body.toString()).toBe('kept');
  });

  it('is not kept when its loader fails, and the failure is told', async () => {
    const { cache } = setUp();
    const failing = cache.getOrLoad('k', WORKSPACE, [], () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    await cache.getOrLoad('k', WORKSPACE, [], async () => answer('yes'));
    expect(cache.peek('k')?.body.toString()).toBe('yes');
  });

  it('is not kept when its loader says so', async () => {
    const { cache } = setUp();
    expect(await cache.getOrLoad('k', WORKSPACE, [], async () => null)).toBeNull();
    expect(cache.figures().entries).toBe(0);
  });

  it('is not kept when it would take more than an eighth of the memory', async () => {
    const { cache } = setUp({ maxBytes: 100_000 });
    await cache.getOrLoad('k', WORKSPACE, [], async () => answer('x'.repeat(20_000)));
    expect(cache.figures().entries).toBe(0);
  });

  it('is loaded each time when there is no memory for answers', async () => {
    const { cache } = setUp({ maxBytes: 0 });
    const { load, calls, finish } = slowLoader();
    for (let i = 0; i < 2; i += 1) {
      const loading = cache.getOrLoad('k', WORKSPACE, [], load);
      await tick();
      finish();
      await loading;
    }
    expect(calls()).toBe(2);
  });
});

describe('a stampede', () => {
  it('of 1,000 requests runs one loader', async () => {
    const { cache } = setUp();
    const { load, calls, finish } = slowLoader();
    const all = Array.from({ length: 1000 }, () => cache.getOrLoad('k', WORKSPACE, ['c'], load));
    await tick();
    finish();
    const bodies = new Set((await Promise.all(all)).map((found) => found?.body.toString()));
    expect([...bodies]).toEqual(['load 1']);
    expect(calls()).toBe(1);
    expect(cache.figures()).toMatchObject({ misses: 1, joined: 999 });
  });

  it('fails together, once, and the next request loads again', async () => {
    const { cache } = setUp();
    let calls = 0;
    const load = async () => {
      calls += 1;
      await tick();
      throw new Error('down');
    };
    const all = Array.from({ length: 10 }, () => cache.getOrLoad('k', WORKSPACE, ['c'], load));
    const results = await Promise.allSettled(all);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(calls).toBe(1);
    await expect(cache.getOrLoad('k', WORKSPACE, ['c'], load)).rejects.toThrow('down');
    expect(calls).toBe(2);
  });
});

describe('a load that began before a change', () => {
  it('is not kept', async () => {
    const { cache, invalidator } = setUp();
    const { load, finish } = slowLoader();
    const loading = cache.getOrLoad('k', WORKSPACE, ['contacts:1'], load);
    await tick();
    await invalidator.invalidate(WORKSPACE, ['contacts:1']);
    finish();
    await loading;
    expect(cache.peek('k')).toBeUndefined();
  });

  it('is not waited for by who asks after the change', async () => {
    const { cache, invalidator } = setUp();
    const { load, calls, finish } = slowLoader();
    const before = cache.getOrLoad('k', WORKSPACE, ['contacts:1'], load);
    await tick();
    await invalidator.invalidate(WORKSPACE, ['contacts:1']);
    const after = cache.getOrLoad('k', WORKSPACE, ['contacts:1'], load);
    await tick();
    expect(calls()).toBe(2);
    finish();
    expect((await before)?.body.toString()).toBe('load 1');
    expect((await after)?.body.toString()).toBe('load 2');
    expect(cache.peek('k')?.body.toString()).toBe('load 2');
  });
});

describe('memory', () => {
  it.each(['lru', 'lfu'] as const)('stays within its bytes, by %s', async (policy) => {
    const { cache } = setUp({ policy, maxBytes: 200_000 });
    for (let i = 0; i < 2000; i += 1) {
      const text = 'x'.repeat(100 + (i % 900));
      await cache.getOrLoad(`k${i}`, WORKSPACE, [`contacts:${i}`], async () => answer(text));
    }
    const { bytes, evictions } = cache.figures();
    // transitory evicts when it is 1 % over.
    expect(bytes).toBeLessThanOrEqual(202_000);
    expect(evictions).toBeGreaterThan(1500);
    cache.close();
  });

  it('is given back when an entry and its tags go', async () => {
    const { cache, invalidator } = setUp();
    for (let i = 0; i < 100; i += 1) {
      const tags = [`contacts:${i}`];
      await cache.getOrLoad(`k${i}`, WORKSPACE, tags, async () => answer('x'));
      await invalidator.invalidate(WORKSPACE, tags);
      cache.peek(`k${i}`);
    }
    expect(cache.figures()).toMatchObject({ entries: 0, bytes: 0 });
    expect(cache.figures().invalidations).toBe(100);
  });

  it('by lfu keeps what is asked for often through a scan; lru does not', async () => {
    const survivors = async (policy: 'lru' | 'lfu') => {
      const { cache } = setUp({ policy, maxBytes: 100_000 });
      const get = (key: string) =>
        cache.getOrLoad(key, WORKSPACE, [], async () => answer('x'.repeat(300)));
      for (let round = 0; round < 20; round += 1) {
        for (let i = 0; i < 20; i += 1) await get(`popular ${i}`);
      }
      for (let i = 0; i < 1000; i += 1) await get(`once ${i}`);
      const left = Array.from({ length: 20 }, (_, i) => cache.peek(`popular ${i}`));
      cache.close();
      return left.filter((found) => found !== undefined).length;
    };
    expect(await survivors('lru')).toBe(0);
    expect(await survivors('lfu')).toBeGreaterThanOrEqual(18);
  });

  it('by lru loses first what was not asked for longest', async () => {
    const { cache } = setUp({ policy: 'lru', maxBytes: 20_000 });
    const get = (key: string) =>
      cache.getOrLoad(key, WORKSPACE, [], async () => answer('x'.repeat(300)));
    await get('old');
    await get('used');
    for (let i = 0; i < 15; i += 1) {
      await get(`k${i}`);
      cache.peek('used');
    }
    for (let i = 15; i < 25; i += 1) {
      await get(`k${i}`);
      cache.peek('used');
    }
    expect(cache.peek('old')).toBeUndefined();
    expect(cache.peek('used')).toBeDefined();
  });
});

describe('compressed forms', () => {
  it('are made once, and only for bodies worth it', async () => {
    const long = answer('contact '.repeat(500));
    expect(answer('short').isCompressible).toBe(false);
    expect(long.isCompressible).toBe(true);
    expect(long.compressed('gzip')).toBeUndefined();
    let bytes: Buffer | undefined;
    for (let i = 0; i < 500 && !bytes; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      bytes = long.compressed('gzip');
    }
    expect(bytes?.byteLength).toBeLessThan(200);
    expect(long.compressed('gzip')).toBe(bytes);
  });
});
