import { Problem } from '../../common/errors.js';

/** Wrong credentials an address may send in a minute before new ones are no longer looked up. */
const LIMIT = 300;
const MINUTE = 60_000;

/**
 * Counts wrong tokens and keys by address: looking one up costs a statement, and who is not known
 * passes no throttle. Callers who are remembered do not come here, whatever their address.
 */
export class RefusedCredentials {
  private counts = new Map<string, number>();
  private until = 0;

  /** @throws Problem 429 for an address that has sent too many. */
  assertAdmitted(ip: string): void {
    const now = performance.now();
    if (now >= this.until) {
      this.counts = new Map();
      this.until = now + MINUTE;
    }
    if ((this.counts.get(ip) ?? 0) < LIMIT) return;
    const seconds = Math.ceil((this.until - now) / 1000);
    throw new Problem('too-many-requests', 'Too many wrong credentials from this address.', {
      headers: { 'retry-after': `${seconds}` },
    });
  }

  count(ip: string): void {
    this.counts.set(ip, (this.counts.get(ip) ?? 0) + 1);
  }
}
