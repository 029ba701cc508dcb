import { Problem } from '../../common/errors.js';
import type { ThrottleClass } from '../http/endpoint.decorator.js';
import { Counters } from './counters.js';
import type { Limit } from './limits.js';
import type { SharedCounters } from './shared-counters.js';

/** Whether a request may go on, and what the client is told. */
export interface Decision {
  isAllowed: boolean;
  limit: number;
  /** Requests left in the window. */
  remaining: number;
  /** Whole seconds until the window ends, at least 1. */
  resetSeconds: number;
}

interface Kind {
  readonly counters: Counters;
  limit: number;
  /** Value of RateLimit-Policy. */
  policy: string;
}

/**
 * Counts requests in windows, in memory, and decides in a microsecond. `@nestjs/throttler` is not
 * used: its guard takes two thirds of the throughput of a cached read, for a SHA-256 per key, a
 * timer per hit and the wait for its storage.
 */
export class Throttle {
  private readonly kinds: Record<ThrottleClass, Kind>;

  constructor(
    limits: Record<ThrottleClass, Limit>,
    private readonly shared: SharedCounters | null,
  ) {
    const kindOf = (name: ThrottleClass): Kind => {
      const { limit, window } = limits[name];
      const policy = `"${name}";q=${limit};w=${Math.round(window / 1000)}`;
      return { counters: new Counters(name, limits[name]), limit, policy };
    };
    this.kinds = {
      default: kindOf('default'),
      search: kindOf('search'),
      bulk: kindOf('bulk'),
      auth: kindOf('auth'),
      form: kindOf('form'),
      formTotal: kindOf('formTotal'),
      calendar: kindOf('calendar'),
      link: kindOf('link'),
    };
  }

  /**
   * Counts a request of a client. What is refused is not counted.
   * @param client whose requests are counted together: see {@link clientOf}.
   * @param now time of `performance.now()`.
   */
  check(kind: ThrottleClass, client: string, now = performance.now()): Decision {
    const { counters, limit } = this.kinds[kind];
    const counter = counters.of(client, now);
    const isAllowed = counter.count < limit;
    if (isAllowed) {
      counter.count += 1;
      this.shared?.tell(counter);
    }
    return {
      isAllowed,
      limit,
      remaining: Math.max(0, limit - counter.count),
      resetSeconds: Math.max(1, Math.ceil((counter.endsAt - now) / 1000)),
    };
  }

  /**
   * Counts a request and refuses it over the limit.
   * @throws Problem `too-many-requests` with Retry-After.
   */
  admit(kind: ThrottleClass, client: string): Decision {
    const decision = this.check(kind, client);
    if (decision.isAllowed) return decision;
    const { limit, resetSeconds } = decision;
    const detail = `${limit} such requests have been taken. Send the next one in ${resetSeconds} s.`;
    throw new Problem('too-many-requests', detail, {
      headers: { 'retry-after': String(resetSeconds), ...this.headers(kind, decision) },
    });
  }

  /** The headers that tell a client where it stands. */
  headers(
    kind: ThrottleClass,
    { remaining, resetSeconds }: Decision,
  ): { 'ratelimit-policy': string; ratelimit: string } {
    return {
      'ratelimit-policy': this.kinds[kind].policy,
      ratelimit: `"${kind}";r=${remaining};t=${resetSeconds}`,
    };
  }

  /** Clients that are counted at present, at most 50,000 a class. */
  clients(kind: ThrottleClass): number {
    return this.kinds[kind].counters.size;
  }
}
