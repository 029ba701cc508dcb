import type { Redis } from 'ioredis';
import type { Counter } from './counters.js';

const PREFIX = 'keel:throttle:';
/** Milliseconds between two agreements. */
const INTERVAL = 100;
/** Pause after one that failed. */
const PAUSE = 1000;
/** Counters of one round trip. */
const MOST_AT_ONCE = 500;

/**
 * Adds hits and tells the sums and what is left of the windows.
 * KEYS: counters. ARGV: hits and milliseconds left of the sender's window, for each.
 */
const ADD = `
local result = {}
for i = 1, #KEYS do
  local count = redis.call('INCRBY', KEYS[i], ARGV[2 * i - 1])
  local left = redis.call('PTTL', KEYS[i])
  if left < 0 then
    left = tonumber(ARGV[2 * i])
    redis.call('PEXPIRE', KEYS[i], left)
  end
  result[2 * i - 1] = count
  result[2 * i] = left
end
return result
`;

interface AddCommand {
  throttleAdd(keyCount: number, ...args: (string | number)[]): Promise<number[]>;
}

/**
 * Agrees on counters with the other instances through Redis, behind the requests: every 100 ms the
 * hits of all clients go there in one round trip, and the sums come back. So a limit is exceeded
 * at most by what the instances let through between two agreements; while Redis is away, each
 * instance counts alone.
 */
export class SharedCounters {
  private readonly redis: Redis & AddCommand;
  private changed: Counter[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(redis: Redis) {
    redis.defineCommand('throttleAdd', { lua: ADD });
    this.redis = redis as Redis & AddCommand;
  }

  /** Notes a hit that has been counted here. */
  tell(counter: Counter): void {
    counter.untold += 1;
    if (counter.untold > 1) return;
    this.changed.push(counter);
    this.timer ??= setTimeout(() => void this.agree(), INTERVAL).unref();
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private async agree(): Promise<void> {
    const now = performance.now();
    const counters = this.changed.filter(({ endsAt }) => endsAt > now + 1);
    this.changed = [];
    let isDone = true;
    for (let start = 0; start < counters.length; start += MOST_AT_ONCE) {
      isDone = (await this.add(counters.slice(start, start + MOST_AT_ONCE))) && isDone;
    }
    this.timer = undefined;
    if (this.changed.length === 0) return;
    this.timer = setTimeout(() => void this.agree(), isDone ? INTERVAL : PAUSE).unref();
  }

  private async add(counters: Counter[]): Promise<boolean> {
    const now = performance.now();
    const told = counters.map(({ untold }) => untold);
    for (const counter of counters) counter.untold = 0;
    try {
      const sums = await this.redis.throttleAdd(
        counters.length,
        ...counters.map(({ id }) => PREFIX + id),
        ...counters.flatMap(({ endsAt }, i) => [
          told[i] ?? 0,
          Math.max(1, Math.ceil(endsAt - now)),
        ]),
      );
      const then = performance.now();
      counters.forEach((counter, i) => {
        // Hits that came while the sums were on their way are not in them.
        counter.count = (sums[2 * i] ?? 0) + counter.untold;
        counter.endsAt = then + (sums[2 * i + 1] ?? 0);
      });
      return true;
    } catch {
      // Redis is away, which its connection logs: each instance counts alone until it is back. Hits
      // it took without answering are told again: rather too many than too few.
      counters.forEach((counter, i) => {
        if (counter.untold === 0) this.changed.push(counter);
        counter.untold += told[i] ?? 0;
      });
      return false;
    }
  }
}
