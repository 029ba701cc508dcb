import type { InvalidationBus } from '../bus/invalidation-bus.js';
import type { SharedStore } from './shared-store.js';

/** Topic of the bus that invalidations go by. */
export const CACHE_TOPIC = 'cache';

/** One invalidation, as it is told to all instances. */
export interface Invalidation {
  /** Names of tags; see {@link inWorkspace}. */
  tags: string[];
  /** Redis could not be told: whoever hears this must do it. */
  untold: boolean;
}

/** Makes answers void in all processes. A process that keeps none itself, such as a worker, has only this. */
export class Invalidator {
  constructor(
    private readonly bus: InvalidationBus,
    private readonly shared: SharedStore | null,
  ) {}

  /** A change may be committed soon; see {@link InvalidationBus.beginWrite}. */
  announce(): void {
    this.bus.beginWrite();
  }

  /**
   * Makes void what depends on the tags, everywhere. Call it after the commit.
   * @param tags such as `contacts` (its lists), `contacts:<id>` (a record), `contacts:*` (all records).
   * @returns when no instance will answer with it any more; never rejects.
   */
  async invalidate(workspaceId: string, tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return;
    const names = inWorkspace(workspaceId, tags);
    // A process that was given no Redis may work beside others that were.
    const untold = (await this.shared?.drop(names)) !== true;
    const invalidation: Invalidation = { tags: names, untold };
    await this.bus.publish(CACHE_TOPIC, JSON.stringify(invalidation));
  }
}

/** Tags as they are named across workspaces. */
export function inWorkspace(workspaceId: string, tags: readonly string[]): string[] {
  return tags.map((tag) => `${workspaceId}:${tag}`);
}
