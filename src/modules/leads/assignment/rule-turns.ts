import type { AssignmentMethod } from './assignment.repository.js';

/** Who takes leads in whose place: user to themselves, to a stand-in, or to nobody. */
export type Takers = ReadonlyMap<string, string | null>;

/**
 * Whose turn it is by a rule. Everyone keeps their place in the order whether they are there or
 * not: a stand-in takes the turns of whom they stand in for.
 */
export class RuleTurns {
  private readonly places: readonly string[];

  /**
   * @param userIds those the rule gives leads to, in their order.
   * @param last who had the last turn; null before the first.
   * @param loads open leads by user, shared by all rules and counted on.
   */
  constructor(
    private readonly method: AssignmentMethod,
    private readonly userIds: readonly string[],
    private readonly takers: Takers,
    public last: string | null,
    private readonly loads: Map<string, number>,
  ) {
    this.places = userIds.filter((id) => takers.get(id));
  }

  /** Takes the next turn; null when nobody is there to take it. */
  next(): string | null {
    const place = this.choose();
    const taker = place === undefined ? null : (this.takers.get(place) ?? null);
    if (taker === null) return null;
    this.last = place ?? null;
    this.loads.set(taker, (this.loads.get(taker) ?? 0) + 1);
    return taker;
  }

  private choose(): string | undefined {
    switch (this.method) {
      case 'fixed':
        return this.places[0];
      case 'roundRobin':
        return this.inTurn()[0];
      case 'leastLoad': {
        // Where several have equally few, the turn decides.
        const least = Math.min(...this.places.map((id) => this.loadOf(id)));
        return this.inTurn().find((id) => this.loadOf(id) === least);
      }
    }
  }

  /** Those who are there, beginning behind the one who had the last turn. */
  private inTurn(): string[] {
    const start = this.last === null ? 0 : this.userIds.indexOf(this.last) + 1;
    const order = [...this.userIds.slice(start), ...this.userIds.slice(0, start)];
    return order.filter((id) => this.takers.get(id));
  }

  private loadOf(id: string): number {
    return this.loads.get(this.takers.get(id) ?? '') ?? 0;
  }
}
