/** Those who wait for the winner of the test. */
export const HELD = 'held';

/**
 * Gives recipients to variants so that after any number of them each has its share, as exactly as
 * whole persons can: the next one goes where most is lacking.
 */
export class VariantShares {
  private readonly weights: [string, number][];
  private readonly sum: number;
  private total: number;

  /**
   * @param testPercent of the audience that gets a variant; null: all of it.
   * @param assigned how many each has already; counted on in place.
   */
  constructor(
    variants: readonly { id: string; share: number }[],
    testPercent: number | null,
    readonly assigned: Record<string, number>,
  ) {
    const shares = variants.reduce((sum, { share }) => sum + share, 0);
    const tested = testPercent ?? 100;
    this.weights = variants.map(({ id, share }) => [id, (share / shares) * tested]);
    if (testPercent !== null) this.weights.push([HELD, 100 - testPercent]);
    this.sum = 100;
    this.total = Object.values(assigned).reduce((sum, count) => sum + count, 0);
  }

  /** The variant of the next recipient; null where there are none. */
  next(): string | null {
    let best: string | null = null;
    let most = -Infinity;
    for (const [id, weight] of this.weights) {
      const lacking = (weight / this.sum) * (this.total + 1) - (this.assigned[id] ?? 0);
      if (lacking > most) [best, most] = [id, lacking];
    }
    if (best !== null) {
      this.assigned[best] = (this.assigned[best] ?? 0) + 1;
      this.total += 1;
    }
    return best;
  }
}
