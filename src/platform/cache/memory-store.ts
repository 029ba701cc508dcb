import { LRUCache } from 'lru-cache';
import { newCache, RemovalReason } from 'transitory';
import type { CachedResponse } from './cached-response.js';
import type { LiveTag } from './live-tags.js';

export interface Entry {
  readonly response: CachedResponse;
  readonly tags: readonly LiveTag[];
  /** Time of `performance.now()` after which the entry is not used. */
  readonly expiresAt: number;
  /** Bytes it takes. */
  readonly weight: number;
}

/** Answers in the memory of this process, bounded by the bytes they take. */
export interface MemoryStore {
  /** Finds an entry and counts as its use. */
  get(key: string): Entry | undefined;
  set(key: string, entry: Entry): void;
  delete(key: string): void;
  clear(): void;
  readonly bytes: number;
  readonly entries: number;
}

/** Told of each entry that leaves, and whether it had to make room. */
export type OnLeave = (entry: Entry, wasEvicted: boolean) => void;

/** @param policy which entry leaves a full store first: see `Config.cachePolicy`. */
export function createMemoryStore(
  policy: 'lru' | 'lfu',
  maxBytes: number,
  onLeave: OnLeave,
): MemoryStore {
  return policy === 'lru' ? new LruStore(maxBytes, onLeave) : new LfuStore(maxBytes, onLeave);
}

/** The least recently used entry leaves first. */
class LruStore implements MemoryStore {
  private readonly cache: LRUCache<string, Entry>;

  constructor(maxBytes: number, onLeave: OnLeave) {
    this.cache = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ weight }) => weight,
      dispose: (entry, _key, reason) => onLeave(entry, reason === 'evict'),
    });
  }

  get(key: string): Entry | undefined {
    return this.cache.get(key);
  }

  set(key: string, entry: Entry): void {
    this.cache.set(key, entry);
  }

  delete(key: string): void {
    this.cache.delete(key);
  }

  clear(): void {
    this.cache.clear();
  }

  get bytes(): number {
    return this.cache.calculatedSize;
  }

  get entries(): number {
    return this.cache.size;
  }
}

/**
 * The least frequently used entry leaves first: W-TinyLFU, which also forgets old fame and lets a
 * newcomer in only if it is asked for more often than what would have to leave.
 */
class LfuStore implements MemoryStore {
  private readonly cache;

  constructor(maxBytes: number, onLeave: OnLeave) {
    this.cache = newCache<string, Entry>()
      .maxSize(maxBytes)
      .withWeigher((_key, { weight }) => weight)
      .withRemovalListener((_key, entry, reason) => onLeave(entry, reason === RemovalReason.SIZE))
      .build();
  }

  get(key: string): Entry | undefined {
    return this.cache.getIfPresent(key) ?? undefined;
  }

  set(key: string, entry: Entry): void {
    this.cache.set(key, entry);
  }

  delete(key: string): void {
    this.cache.delete(key);
  }

  clear(): void {
    this.cache.clear();
  }

  get bytes(): number {
    return this.cache.weightedSize;
  }

  get entries(): number {
    return this.cache.size;
  }
}
