import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { CachedResponse } from './cached-response.js';
import { withCacheCommands } from './shared-scripts.js';
import type { CacheCommands } from './shared-scripts.js';

const PREFIX = 'keel:cache:';
const ERA = `${PREFIX}era`;
/** Milliseconds an entry is kept. */
const ENTRY_LIFE = 300_000;
/** Milliseconds a generation is kept: longer than an entry, or entries would die with it. */
const GENERATION_LIFE = 3_600_000;
/** Milliseconds after which the lock of an instance that died frees itself. */
const LOCK_LIFE = 2000;
/** Longest wait for another instance that loads the same. */
const PATIENCE = 300;
/** Longest wait for Redis to take an invalidation. */
const DROP_TIMEOUT = 50;
/** Pause before a store that has failed is tried again. */
const RETRY_PAUSE = 1000;

/** What was found: the answer, or what is needed to put it there. */
export type Found =
  { response: CachedResponse } | { response: null; stamp: Buffer; lock: string | null };

/**
 * Answers in Redis, for all instances and their restarts. Each tag has a generation there; an
 * entry is good while the generations it was made under are the present ones, so an invalidation
 * removes generations, not entries.
 *
 * The store trusts nothing it might have failed to invalidate: at its start, and after any failure,
 * it first opens a new era, which makes all entries void; until then it is out of use.
 */
export class SharedStore {
  private readonly redis: Redis & CacheCommands;
  private usable = false;
  /** Counts attempts to open an era: only the latest makes the store usable. */
  private attempts = 0;
  private isOpening = false;
  private retryAt = 0;
  private count = 0;
  private readonly self = randomUUID();

  constructor(redis: Redis) {
    this.redis = withCacheCommands(redis);
    redis.on('ready', () => void this.begin());
    redis.on('close', () => (this.usable = false));
    if (redis.status === 'ready') void this.begin();
  }

  /** Voids all entries; the store is out of use until Redis has confirmed it. */
  async begin(): Promise<void> {
    this.usable = false;
    this.isOpening = true;
    const attempt = (this.attempts += 1);
    try {
      await this.redis.set(ERA, randomUUID());
      if (attempt === this.attempts) this.usable = true;
    } catch {
      // Not connected, or not answering: tried again with a later request.
      if (attempt === this.attempts) this.failed();
    } finally {
      if (attempt === this.attempts) this.isOpening = false;
    }
  }

  /**
   * Looks an answer up. When another instance is loading it, waits for that for a moment.
   * @returns null when the store is out of use.
   */
  async find(key: string, tags: readonly string[]): Promise<Found | null> {
    const deadline = performance.now() + PATIENCE;
    for (let pause = 5; ; pause = Math.min(pause * 2, 40)) {
      const found = await this.lookUp(key, tags);
      if (!found || found.response || found.lock !== null) return found;
      if (performance.now() + pause > deadline) return found;
      await sleep(pause);
    }
  }

  /** Keeps an answer that was loaded after `found`; does not wait for Redis. */
  save(key: string, found: Found, { headers, body }: CachedResponse): void {
    if (found.response || !this.usable) return;
    const [entry, lock] = keysOf(key);
    const head = JSON.stringify(headers);
    this.redis
      .cacheSave(2, entry, lock, found.stamp, head, body, ENTRY_LIFE, found.lock ?? '')
      .catch(() => this.failed());
  }

  /** Frees the lock of a load that has brought nothing to keep. */
  abandon(key: string, found: Found): void {
    if (found.response || found.lock === null || !this.usable) return;
    this.redis.cacheUnlock(1, keysOf(key)[1], found.lock).catch(() => this.failed());
  }

  /**
   * Makes void what depends on the tags.
   * @returns whether Redis has done so; when not, other instances must do it for this one.
   */
  async drop(tags: readonly string[]): Promise<boolean> {
    if (!this.usable) {
      this.reopen();
      return false;
    }
    // Too late is as bad as not at all: the writer's client waits.
    const dropped = this.redis.del(...tags.map(generationOf)).then(
      () => true,
      () => false,
    );
    const isDone = await Promise.race([dropped, sleep(DROP_TIMEOUT, false, { ref: false })]);
    if (!isDone) this.failed();
    return isDone;
  }

  private async lookUp(key: string, tags: readonly string[]): Promise<Found | null> {
    if (!this.usable) {
      this.reopen();
      return null;
    }
    const unique = `${this.self}:${(this.count += 1)}`;
    const keys = [...keysOf(key), ERA, ...tags.map(generationOf)];
    try {
      const [kind, first, second] = await this.redis.cacheFindBuffer(
        keys.length,
        ...keys,
        unique,
        GENERATION_LIFE,
        unique,
        LOCK_LIFE,
      );
      if (!this.usable) return null;
      const stamp = first as Buffer;
      if (kind !== 1) return { response: null, stamp, lock: kind === 2 ? unique : null };
      const headers = JSON.parse(stamp.toString()) as Record<string, string>;
      return { response: new CachedResponse(second as Buffer, headers) };
    } catch {
      // Redis is gone, slow or full; the connection logs an outage, and the database answers.
      this.failed();
      return null;
    }
  }

  private failed(): void {
    this.usable = false;
    this.retryAt = performance.now() + RETRY_PAUSE;
  }

  private reopen(): void {
    if (this.isOpening || performance.now() < this.retryAt) return;
    void this.begin();
  }
}

function keysOf(key: string): [entry: string, lock: string] {
  const hash = createHash('sha1').update(key).digest('base64url');
  return [`${PREFIX}entry:${hash}`, `${PREFIX}lock:${hash}`];
}

function generationOf(tag: string): string {
  return `${PREFIX}tag:${tag}`;
}
