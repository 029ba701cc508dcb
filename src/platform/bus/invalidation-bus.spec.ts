import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Hub } from '../../../test/support/memory-link.js';
import type { MemoryLink } from '../../../test/support/memory-link.js';
import { InvalidationBus } from './invalidation-bus.js';
import { BUS_TIMING } from './timing.js';

// Links are lost on purpose here.
Logger.overrideLogger(false);

/** An instance that remembers one thing, as a cache would. */
interface Instance {
  bus: InvalidationBus;
  links: MemoryLink[];
  received: string[];
  forgotten: number;
}

/** So long that waiting for it is told from not waiting, on a busy machine too. */
const BOUND = 1500;
const QUICK = 1000;
const running: InvalidationBus[] = [];
/** Time for an instance to regain a lease that a busy machine has cost it. */
const MOMENT = 1500;

function start(hubs: Hub[], topics = ['cache']): Instance {
  const id = `i${running.length}`;
  const links = hubs.map((hub) => hub.link(id));
  const bus = new InvalidationBus(links, id, { ...BUS_TIMING, bound: BOUND });
  const instance: Instance = { bus, links, received: [], forgotten: 0 };
  for (const topic of topics) {
    bus.subscribe(topic, {
      receive: (payload) => instance.received.push(payload),
      forget: () => (instance.forgotten += 1),
    });
  }
  bus.start();
  running.push(bus);
  return instance;
}

async function until(condition: () => boolean, limit = 2000): Promise<number> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > limit) throw new Error('It did not happen');
    await sleep(1);
  }
  return performance.now() - start;
}

const trusted = (...instances: Instance[]) =>
  until(() => instances.every(({ bus }) => bus.trusted()));

async function timed(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((bus) => bus.stop()));
});

describe('an instance alone', () => {
  it('is trusted soon after its start, with an empty memory', async () => {
    const alone = start([new Hub()]);
    expect(alone.bus.trusted()).toBe(false);
    expect(await trusted(alone)).toBeLessThan(1000);
    expect(alone.forgotten).toBe(1);
  });

  it('publishes without sending anything', async () => {
    const hub = new Hub();
    const alone = start([hub]);
    await trusted(alone);
    const before = hub.taken;
    expect(await timed(alone.bus.publish('cache', 'x'))).toBeLessThan(QUICK);
    expect(alone.received).toEqual(['x']);
    expect(hub.taken).toBe(before);
  });

  it('is always trusted when it has no links', async () => {
    const alone = start([]);
    expect(alone.bus.trusted()).toBe(true);
    await alone.bus.publish('cache', 'x');
    expect(alone.received).toEqual(['x']);
  });
});

describe('several instances', () => {
  it('have all heard a publication when it resolves, in a few milliseconds', async () => {
    const hub = new Hub();
    const [a, b, c] = [start([hub]), start([hub]), start([hub])];
    await trusted(a, b, c);
    expect(await timed(a.bus.publish('cache', 'x'))).toBeLessThan(QUICK);
    expect([a, b, c].map(({ received }) => received)).toEqual([['x'], ['x'], ['x']]);
  });

  it('carry a payload longer than a notification may be, of any characters', async () => {
    const hub = new Hub();
    const [a, b] = [start([hub]), start([hub])];
    await trusted(a, b);
    const payload = 'Müller 李 😀 '.repeat(5000);
    await a.bus.publish('cache', payload);
    expect(b.received[0] === payload).toBe(true);
  });

  it('cost a writer nothing when they remember nothing of the topic', async () => {
    const hub = new Hub();
    const [writer, other] = [start([hub]), start([hub], ['schema'])];
    await trusted(writer, other);
    expect(await timed(writer.bus.publish('cache', 'x'))).toBeLessThan(QUICK);
    await writer.bus.publish('schema', 'y');
    expect(other.received).toEqual(['y']);
  });

  it('know a newcomer before it trusts itself', async () => {
    const hub = new Hub();
    const a = start([hub]);
    await trusted(a);
    const newcomer = start([hub]);
    while (!newcomer.bus.trusted()) {
      await a.bus.publish('cache', `${performance.now()}`);
      await sleep(1);
    }
    await a.bus.publish('cache', 'last');
    expect(newcomer.received.at(-1)).toBe('last');
  });

  it('do not trust themselves before a writer who hears badly can know them', async () => {
    const hub = new Hub();
    const a = start([hub]);
    await trusted(a);
    a.links[0]?.hang();
    const newcomer = start([hub]);
    await sleep(40);
    await a.bus.publish('cache', 'x');
    expect(newcomer.bus.trusted() && !newcomer.received.includes('x')).toBe(false);
  });

  it('are not waited for once they have taken leave', async () => {
    const hub = new Hub();
    const [a, b] = [start([hub]), start([hub])];
    await trusted(a, b);
    await b.bus.stop();
    expect(await timed(a.bus.publish('cache', 'x'))).toBeLessThan(QUICK);
  });
});

describe('an instance that hangs', () => {
  it('delays a writer by the bound once, and trusts nothing by then', async () => {
    const hub = new Hub();
    const [a, b] = [start([hub]), start([hub])];
    await trusted(a, b);
    b.links[0]?.hang();
    expect(await timed(a.bus.publish('cache', 'x'))).toBeGreaterThanOrEqual(BOUND - 5);
    expect(b.received).toEqual([]);
    expect(b.bus.trusted()).toBe(false);
    await sleep(20);
    expect(await timed(a.bus.publish('cache', 'y'))).toBeLessThan(QUICK);
    b.links[0]?.wake();
    await trusted(b);
    expect(b.received).toEqual(['x', 'y']);
    expect(await timed(a.bus.publish('cache', 'z'))).toBeLessThan(QUICK);
    expect(b.received).toEqual(['x', 'y', 'z']);
  });

  it('keeps its memory after a moment, and forgets after so long that others forgot it', async () => {
    const hub = new Hub();
    const b = start([hub]);
    await trusted(b);
    b.links[0]?.hang();
    await sleep(200);
    b.links[0]?.wake();
    await trusted(b);
    expect(b.forgotten).toBe(1);
    b.links[0]?.hang();
    await sleep(1200);
    b.links[0]?.wake();
    await trusted(b);
    expect(b.forgotten).toBe(2);
  });
});

describe('a writer that dies between commit and publication', () => {
  it('makes the others bypass what they remember within 100 ms, then begin anew', async () => {
    const hub = new Hub();
    const [writer, reader] = [start([hub]), start([hub])];
    await trusted(writer, reader);
    writer.bus.beginWrite();
    await sleep(200);
    await until(() => reader.bus.trusted(), MOMENT);
    writer.links[0]?.hang();
    expect(await until(() => !reader.bus.trusted())).toBeLessThan(QUICK);
    const { forgotten } = reader;
    await until(() => reader.bus.trusted(), 8000);
    expect(reader.forgotten).toBe(forgotten + 1);
  });

  it('is not taken for dead when it only hangs: memory is bypassed meanwhile, and then goes on', async () => {
    const hub = new Hub();
    const [writer, reader] = [start([hub]), start([hub])];
    await trusted(writer, reader);
    writer.bus.beginWrite();
    await sleep(100);
    const { forgotten } = reader;
    writer.links[0]?.hang();
    await until(() => !reader.bus.trusted());
    const told = writer.bus.publish('cache', 'late');
    await sleep(300);
    expect(reader.bus.trusted()).toBe(false);
    writer.links[0]?.wake();
    await told;
    await until(() => reader.bus.trusted());
    expect(reader.received).toContain('late');
    expect(reader.forgotten).toBe(forgotten);
  });

  it('is not noticed when it hangs at rest, for nothing is lost', async () => {
    const hub = new Hub();
    const [writer, reader] = [start([hub]), start([hub])];
    await trusted(writer, reader);
    writer.links[0]?.hang();
    await sleep(300);
    await until(() => reader.bus.trusted(), MOMENT);
  });
});

describe('a lost link', () => {
  it('ends trust at once; with the new connection memory begins anew', async () => {
    const hub = new Hub();
    const [a, b] = [start([hub]), start([hub])];
    await trusted(a, b);
    b.links[0]?.cut();
    expect(b.bus.trusted()).toBe(false);
    await a.bus.publish('cache', 'missed');
    b.links[0]?.connect();
    await trusted(b);
    expect(b.received).toEqual([]);
    expect(b.forgotten).toBe(2);
  });

  it('leads by the other one: who still trusts itself hears of the change', async () => {
    const [redis, postgresql] = [new Hub('redis'), new Hub('postgresql')];
    const [a, b] = [start([redis, postgresql]), start([redis, postgresql])];
    await trusted(a, b);
    a.links[0]?.cut();
    expect(await timed(a.bus.publish('cache', 'x'))).toBeLessThan(QUICK);
    expect(b.received).toEqual(['x']);
    await until(() => b.bus.trusted(), MOMENT);
    expect(a.bus.trusted()).toBe(false);
  });

  it('leads by the other one also when it hangs', async () => {
    const [redis, postgresql] = [new Hub('redis'), new Hub('postgresql')];
    const [a, b] = [start([redis, postgresql]), start([redis, postgresql])];
    await trusted(a, b);
    a.links[0]?.hang();
    expect(await timed(a.bus.publish('cache', 'x'))).toBeLessThan(QUICK);
    expect(b.received).toContain('x');
  });

  it('makes everybody forget when a change could be told to nobody', async () => {
    const hub = new Hub();
    const [a, b] = [start([hub]), start([hub])];
    await trusted(a, b);
    a.links[0]?.cut();
    const wait = timed(a.bus.publish('cache', 'lost'));
    expect(await wait).toBeGreaterThanOrEqual(BOUND - 5);
    const { forgotten } = b;
    a.links[0]?.connect();
    await until(() => b.forgotten > forgotten);
    expect(b.received).toEqual([]);
  });

  it('reaches an instance that is on the other link alone', async () => {
    const [redis, postgresql] = [new Hub('redis'), new Hub('postgresql')];
    const [both, one] = [start([redis, postgresql]), start([postgresql])];
    await trusted(both, one);
    await both.bus.publish('cache', 'x');
    await one.bus.publish('cache', 'y');
    expect(one.received).toEqual(['x', 'y']);
    expect(both.received).toEqual(['x', 'y']);
  });
});

describe('a subscriber', () => {
  it('that fails forgets what it knows and keeps nothing from the others', async () => {
    const hub = new Hub();
    const instance = start([hub], []);
    let forgotten = 0;
    const received: string[] = [];
    instance.bus.subscribe('cache', {
      receive: () => {
        throw new Error('broken');
      },
      forget: () => (forgotten += 1),
    });
    instance.bus.subscribe('cache', {
      receive: (payload) => received.push(payload),
      forget: () => undefined,
    });
    await trusted(instance);
    await instance.bus.publish('cache', 'x');
    expect(forgotten).toBe(2);
    expect(received).toEqual(['x']);
  });
});
