/** A tag as those hold it who depend on it: alive until what it stands for changes. */
export class LiveTag {
  isAlive = true;
  holders = 0;

  constructor(readonly name: string) {}
}

/**
 * The tags that entries and running loads depend on. Each holds the tag objects themselves, so a
 * change costs one step per tag, whatever depends on it, and a look costs no lookup. A tag nobody
 * holds takes no memory.
 */
export class LiveTags {
  private readonly byName = new Map<string, LiveTag>();
  /** Held by everybody; killed to invalidate everything. */
  private era = new LiveTag('');

  /** Takes hold of the tags. Give the result back to {@link release}. */
  hold(names: readonly string[]): LiveTag[] {
    this.era.holders += 1;
    const held = [this.era];
    for (const name of names) {
      let tag = this.byName.get(name);
      if (!tag) this.byName.set(name, (tag = new LiveTag(name)));
      tag.holders += 1;
      held.push(tag);
    }
    return held;
  }

  release(held: readonly LiveTag[]): void {
    for (const tag of held) {
      tag.holders -= 1;
      // The name of a killed tag may stand for a younger one by now.
      if (tag.holders === 0 && this.byName.get(tag.name) === tag) this.byName.delete(tag.name);
    }
  }

  /** What depends on one of these is stale from now on. */
  kill(names: readonly string[]): void {
    for (const name of names) {
      const tag = this.byName.get(name);
      if (!tag) continue;
      tag.isAlive = false;
      this.byName.delete(name);
    }
  }

  killAll(): void {
    this.era.isAlive = false;
    this.era = new LiveTag('');
    this.byName.clear();
  }

  get size(): number {
    return this.byName.size;
  }
}

/** Whether nothing that these stand for has changed since they were taken hold of. */
export function areAlive(tags: readonly LiveTag[]): boolean {
  for (const tag of tags) if (!tag.isAlive) return false;
  return true;
}
