import type { Link } from './link.js';
import type { BusTiming } from './timing.js';

/** Proofs that may be on their way at once: a slow round trip must not end the lease. */
const MAX_ASKED = 8;

/** What a lease tells its owner. */
export interface LeaseListener {
  /** Greets the other instances on the link; resolves once its server has taken the greeting. */
  greet(): Promise<void>;
  /** Whether another instance has published anything since the time given. */
  toldSince(time: number): boolean;
  /** The lease begins, anew when it had ended. `missed`: changes may have gone by unheard. */
  begun(missed: boolean): void;
  /** The lease goes on, or has ended. */
  changed(): void;
}

/**
 * Whether this instance hears one link. Proofs (barriers) are asked for all the time; while one
 * that was asked for less than `lease` ago has come back, all that was confirmed to senders before
 * that moment has arrived here.
 *
 * A lease begins `join` after the instance has greeted the others: by then each of them either
 * knows it, and tells it of changes, or has no lease itself, and takes nobody for granted.
 */
export class Lease {
  private provenAt = -Infinity;
  private trustFrom = Infinity;
  /** Stands for the greeting under way; another one, or none, when it has been overtaken. */
  private greeting: symbol | null = null;
  private begun = false;
  private missed = true;
  /** When the proofs that have not come back were asked for, oldest first. */
  private asked: number[] = [];
  /** Counts connections: an answer of an earlier one proves nothing. */
  private generation = 0;

  constructor(
    readonly link: Link,
    private readonly timing: BusTiming,
    private readonly owner: LeaseListener,
  ) {}

  /** Time (of `performance.now()`) until which the lease holds; 0 when there is none. */
  validUntil(): number {
    return this.begun ? this.provenAt + this.timing.lease : 0;
  }

  /** The link has a new connection. */
  up(): void {
    this.reset();
    this.tick(performance.now());
  }

  down(): void {
    this.reset();
    this.owner.changed();
  }

  /** Asks for the next proof; called every `beat` milliseconds. */
  tick(now: number): void {
    if (!this.link.isUp()) return;
    const [oldest] = this.asked;
    if (oldest !== undefined && now - oldest > this.timing.deadConnection) this.link.reconnect();
    else if (this.asked.length < MAX_ASKED) this.prove(now);
  }

  private reset(): void {
    this.generation += 1;
    this.asked = [];
    this.missed = true;
    this.startOver();
  }

  /** Makes itself known again before it trusts itself. */
  startOver(): void {
    this.begun = false;
    this.trustFrom = Infinity;
    this.greeting = null;
  }

  private prove(now: number): void {
    this.asked.push(now);
    const { generation } = this;
    const settle = (isProven: boolean): void => {
      if (generation !== this.generation) return;
      this.asked.splice(this.asked.indexOf(now), 1);
      // The link tells of a connection that is lost; any other failure is asked for again.
      if (isProven) this.proven(now);
    };
    this.link.barrier().then(
      () => settle(true),
      () => settle(false),
    );
  }

  private proven(askedAt: number): void {
    const now = performance.now();
    const gap = now - this.provenAt;
    if (this.begun && gap >= this.timing.lease) this.lapsed(gap);
    this.provenAt = Math.max(this.provenAt, askedAt);
    if (this.trustFrom === Infinity) void this.greet();
    if (!this.begun && askedAt >= this.trustFrom) {
      this.begun = true;
      this.owner.begun(this.missed);
      this.missed = false;
    }
    this.owner.changed();
  }

  /**
   * The lease had ended. A writer may have waited in vain and not wait for this instance now; but
   * if there was nothing to be told, nobody has.
   */
  private lapsed(gap: number): void {
    if (gap < this.timing.gap && !this.owner.toldSince(this.provenAt)) return;
    this.missed ||= gap >= this.timing.gap;
    this.startOver();
  }

  private async greet(): Promise<void> {
    if (this.greeting !== null) return;
    const greeting = (this.greeting = Symbol('greeting'));
    try {
      await this.owner.greet();
      // Back from the server: whoever hears the link has the greeting by the end of its own lease.
      await this.link.barrier();
      if (this.greeting === greeting) this.trustFrom = performance.now() + this.timing.join;
    } catch {
      // The connection is lost or hangs; the next proof greets again.
    } finally {
      if (this.greeting === greeting) this.greeting = null;
    }
  }
}
