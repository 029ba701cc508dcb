import { LRUCache } from 'lru-cache';
import type { Limit } from './limits.js';

/** Hits of one client in its present window. */
export interface Counter {
  readonly id: string;
  /** Hits that count against the limit, those of other instances included as far as known. */
  count: number;
  /** Hits the other instances have not been told of. */
  untold: number;
  /** Time of `performance.now()` at which the window ends. */
  endsAt: number;
}

/** Counters kept per kind; those not used for longest leave first, so abusers stay counted. */
const MOST = 50_000;

/** The counters of one kind. A window begins with a client's first hit. */
export class Counters {
  private readonly byClient = new LRUCache<string, Counter>({ max: MOST });

  constructor(
    private readonly kind: string,
    private readonly limit: Limit,
  ) {}

  /** The counter of the client's present window. */
  of(client: string, now: number): Counter {
    const known = this.byClient.get(client);
    if (known !== undefined && now < known.endsAt) return known;
    const endsAt = now + this.limit.window;
    const counter: Counter = { id: `${this.kind}:${client}`, count: 0, untold: 0, endsAt };
    this.byClient.set(client, counter);
    return counter;
  }

  get size(): number {
    return this.byClient.size;
  }
}
