import { weigh } from './cached-response.js';
import type { CachedResponse } from './cached-response.js';
import { CACHE_TOPIC, inWorkspace } from './invalidator.js';
import type { Invalidation } from './invalidator.js';
import { areAlive, LiveTags } from './live-tags.js';
import type { LiveTag } from './live-tags.js';
import { createMemoryStore } from './memory-store.js';
import type { Entry, MemoryStore } from './memory-store.js';
import type { Found, SharedStore } from './shared-store.js';
import type { InvalidationBus } from '../bus/invalidation-bus.js';

/** Milliseconds an entry is used at most: what could go wrong unseen, is not wrong for longer. */
const LIFE = 60_000;
/** Part of the memory one entry may take. */
const LARGEST_SHARE = 8;

export interface CacheOptions {
  policy: 'lru' | 'lfu';
  /** Memory of this process for answers; 0 for none. */
  maxBytes: number;
}

/** Figures since the start, for metrics. */
export interface CacheFigures {
  hits: number;
  /** Answers found in Redis. They count as misses of the memory as well. */
  sharedHits: number;
  misses: number;
  /** Requests that waited for the load another request had begun. */
  joined: number;
  /** Requests answered without the cache because it could not be trusted. */
  bypassed: number;
  /** Entries that had to make room for others. */
  evictions: number;
  invalidations: number;
  entries: number;
  bytes: number;
}

/** Loads an answer; null when it must not be kept. Errors are passed on and not kept. */
export type Loader = () => Promise<CachedResponse | null>;

interface Load {
  tags: LiveTag[];
  result: Promise<CachedResponse | null>;
}

/**
 * Answers as bytes, in the memory of this process and, when there is one, in Redis.
 *
 * An entry is used only while everything it is tagged with is unchanged and the bus is trusted: so
 * a write is visible to the next read of the same client on any instance, and to everybody within
 * 100 ms (see {@link InvalidationBus}). A load that began before a change is not kept.
 */
export class ResponseCache {
  private readonly tags = new LiveTags();
  private readonly memory: MemoryStore | null;
  private readonly largest: number;
  private readonly loads = new Map<string, Load>();
  private hits = 0;
  private sharedHits = 0;
  private misses = 0;
  private joined = 0;
  private bypassed = 0;
  private evictions = 0;
  private invalidations = 0;

  constructor(
    { policy, maxBytes }: CacheOptions,
    private readonly bus: InvalidationBus,
    private readonly shared: SharedStore | null,
  ) {
    this.largest = maxBytes / LARGEST_SHARE;
    const onLeave = ({ tags }: Entry, wasEvicted: boolean): void => {
      this.tags.release(tags);
      if (wasEvicted) this.evictions += 1;
    };
    this.memory = maxBytes > 0 ? createMemoryStore(policy, maxBytes, onLeave) : null;
    bus.subscribe(CACHE_TOPIC, {
      receive: (payload) => this.receive(payload),
      forget: () => this.forget(),
    });
  }

  /** Finds an answer in memory. Synchronous and cheap: asked first for every request. */
  peek(key: string): CachedResponse | undefined {
    const entry = this.memory?.get(key);
    if (entry === undefined) return undefined;
    const now = performance.now();
    if (!areAlive(entry.tags) || now > entry.expiresAt) {
      this.memory?.delete(key);
      return undefined;
    }
    if (!this.bus.trusted(now)) return undefined;
    this.hits += 1;
    return entry.response;
  }

  /**
   * Finds an answer or loads it; however many ask at once, one load runs for all of them, in this
   * process and, with Redis, in all.
   * @param workspaceId whose data the answer is made of.
   * @param tags what it depends on: `contacts` for a list, `contacts:<id>` for a record.
   * @returns null when the loader says that the answer is not to be kept, to all who waited.
   */
  async getOrLoad(
    key: string,
    workspaceId: string,
    tags: readonly string[],
    load: Loader,
  ): Promise<CachedResponse | null> {
    const hit = this.peek(key);
    if (hit) return hit;
    if (!this.bus.trusted()) {
      this.bypassed += 1;
      return load();
    }
    const running = this.loads.get(key);
    if (running && areAlive(running.tags)) {
      this.joined += 1;
      return running.result;
    }
    this.misses += 1;
    return this.start(key, expand(workspaceId, tags), load);
  }

  figures(): CacheFigures {
    const { hits, sharedHits, misses, joined, bypassed, evictions, invalidations } = this;
    const entries = this.memory?.entries ?? 0;
    const bytes = this.memory?.bytes ?? 0;
    return {
      ...{ hits, sharedHits, misses, joined, bypassed, evictions, invalidations },
      ...{ entries, bytes },
    };
  }

  /** Frees the memory. */
  close(): void {
    this.memory?.clear();
  }

  private start(key: string, names: string[], load: Loader): Promise<CachedResponse | null> {
    const tags = this.tags.hold(names);
    const result = this.fill(key, names, tags, load).finally(() => {
      this.tags.release(tags);
      if (this.loads.get(key)?.tags === tags) this.loads.delete(key);
    });
    this.loads.set(key, { tags, result });
    return result;
  }

  private async fill(
    key: string,
    names: string[],
    tags: LiveTag[],
    load: Loader,
  ): Promise<CachedResponse | null> {
    const found = (await this.shared?.find(key, names)) ?? null;
    if (!found?.response) return this.loadAndKeep(key, names, tags, load, found);
    this.sharedHits += 1;
    if (areAlive(tags)) this.keep(key, names, found.response);
    return found.response;
  }

  private async loadAndKeep(
    key: string,
    names: string[],
    tags: LiveTag[],
    load: Loader,
    found: Found | null,
  ): Promise<CachedResponse | null> {
    let isKept = false;
    try {
      const response = await load();
      // What has changed since the load began is not kept, here or in Redis.
      if (!response || !areAlive(tags)) return response;
      this.keep(key, names, response);
      if (found) this.shared?.save(key, found, response);
      isKept = true;
      return response;
    } finally {
      if (found && !isKept) this.shared?.abandon(key, found);
    }
  }

  private keep(key: string, names: string[], response: CachedResponse): void {
    const weight = weigh(key, response);
    if (!this.memory || weight > this.largest) return;
    const expiresAt = performance.now() + LIFE;
    this.memory.set(key, { response, tags: this.tags.hold(names), expiresAt, weight });
  }

  private receive(payload: string): void {
    const { tags, untold } = JSON.parse(payload) as Invalidation;
    this.invalidations += 1;
    this.tags.kill(tags);
    // Sent before anything this process asks of Redis from now on, which is enough.
    if (untold) void this.shared?.drop(tags);
  }

  private forget(): void {
    this.tags.killAll();
    this.memory?.clear();
    void this.shared?.begin();
  }
}

/** `contacts:*` stands for every record of the object. */
function expand(workspaceId: string, tags: readonly string[]): string[] {
  const names = inWorkspace(workspaceId, tags);
  for (const name of inWorkspace(workspaceId, tags)) {
    const colon = name.indexOf(':', workspaceId.length + 1);
    if (colon !== -1) names.push(`${name.slice(0, colon)}:*`);
  }
  return [...new Set(names)];
}
