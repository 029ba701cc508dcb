import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SharedRedis } from '../../src/platform/bus/shared-redis.js';
import { limitsOf } from '../../src/platform/throttle/limits.js';
import { SharedCounters } from '../../src/platform/throttle/shared-counters.js';
import { Throttle } from '../../src/platform/throttle/throttle.js';
import { until } from '../support/keel-process.js';
import { startRedis } from '../support/tools.js';
import type { RunningTool } from '../support/tools.js';

let redis: RunningTool;
const connections: SharedRedis[] = [];

/** An instance whose limit is 1,000 in the window, in seconds. */
async function start(throttleWindow: number): Promise<Throttle> {
  const connection = new SharedRedis(redis.url);
  connections.push(connection);
  const { client } = connection;
  if (!client) throw new Error('No connection');
  await until(() => client.status === 'ready');
  const limits = limitsOf({ throttleLimit: 1000, throttleWindow });
  return new Throttle(limits, new SharedCounters(client));
}

beforeAll(async () => {
  redis = await startRedis();
});
afterEach(() => {
  for (const connection of connections.splice(0)) connection.onApplicationShutdown();
});
afterAll(() => redis.stop());

describe('two instances that share a Redis', () => {
  it('take as many requests of a client together as one would, but for those of a moment', async () => {
    const instances = [await start(60), await start(60)] as const;
    let allowed = 0;
    let turn = 0;
    const deadline = performance.now() + 1500;
    while (performance.now() < deadline) {
      for (let i = 0; i < 20; i += 1) {
        turn += 1;
        if (instances[turn % 2]?.check('default', 'client').isAllowed) allowed += 1;
      }
      await sleep(10);
    }
    expect(turn).toBeGreaterThan(1300);
    expect(allowed).toBeGreaterThanOrEqual(1000);
    // They send 2,000 a second at most; what comes in two intervals of agreement may pass unseen.
    expect(allowed).toBeLessThan(1500);
    expect(instances.map((one) => one.check('default', 'client').isAllowed)).toEqual([
      false,
      false,
    ]);
  });

  it('know of each other what a client has left, and when its window ends', async () => {
    const [a, b] = [await start(60), await start(60)];
    for (let i = 0; i < 100; i += 1) a.check('default', 'other');
    await sleep(1300);
    b.check('default', 'other');
    await sleep(400);
    const decision = b.check('default', 'other');
    expect(decision.remaining).toBe(1000 - 102);
    expect(decision.resetSeconds).toBeLessThanOrEqual(59);
  });

  it('begin a new window together', async () => {
    const [a, b] = [await start(1), await start(1)];
    for (let i = 0; i < 1000; i += 1) a.check('default', 'third');
    b.check('default', 'third');
    await sleep(400);
    expect(b.check('default', 'third').isAllowed).toBe(false);
    await sleep(1000);
    expect(a.check('default', 'third').isAllowed).toBe(true);
    expect(b.check('default', 'third').isAllowed).toBe(true);
  });

  it('count alone while Redis hangs, and what they counted is added when it is back', async () => {
    const [a, b] = [await start(60), await start(60)];
    process.kill(redis.pid, 'SIGSTOP');
    for (let i = 0; i < 1000; i += 1) expect(a.check('default', 'fourth').isAllowed).toBe(true);
    expect(a.check('default', 'fourth').isAllowed).toBe(false);
    b.check('default', 'fourth');
    await sleep(500);
    process.kill(redis.pid, 'SIGCONT');
    await sleep(1500);
    b.check('default', 'fourth');
    await sleep(1500);
    expect(b.check('default', 'fourth').isAllowed).toBe(false);
  });
});
