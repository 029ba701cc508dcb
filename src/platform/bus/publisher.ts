import type { BusTiming } from './timing.js';

/** What the publisher needs to know and do. */
export interface Carrier {
  /** Sends a publication. Resolves once the server has taken it; rejects when that is not sure. */
  send(seq: number, items: Item[]): Promise<void>;
  /** Sends it by the links {@link send} does not use; rejects when there is none. */
  sendElsewhere(seq: number, items: Item[]): Promise<void>;
  /** Ids of the instances that must acknowledge a change to the topics. */
  awaited(topics: readonly string[]): string[];
  /** Whether all who must be told are known and can be reached. */
  isSure(): boolean;
  /** Resolves when all that had been sent here before the call has been heard. */
  caughtUp(): Promise<void>;
  /** These left a publication unacknowledged. */
  unacknowledged(ids: string[]): void;
  /** A publication may have reached nobody. */
  lost(): void;
}

export type Item = [topic: string, payload: string];

interface Batch {
  seq: number;
  items: Item[];
  awaiting: Set<string>;
  /** The wait ends with the last acknowledgement; otherwise the whole bound is waited. */
  isSure: boolean;
  resolve(): void;
  done: Promise<void>;
  /** When a server had it: from then on whoever has not heard it loses the lease. */
  confirmedAt: number | null;
  /** Whether it has been sent by the other links as well; null while there was no need. */
  elsewhere: Promise<boolean> | null;
  timers: NodeJS.Timeout[];
}

/**
 * Tells the other instances of changes and waits for them. While one publication is on its way
 * to the server the next ones gather and go as one.
 */
export class Publisher {
  private gathering: Batch | null = null;
  private isSending = false;
  private readonly pending = new Map<number, Batch>();
  private seq = 0;

  constructor(
    private readonly timing: BusTiming,
    private readonly carrier: Carrier,
  ) {}

  /** Resolves when all who must know have acknowledged, at the latest after `bound`. */
  publish(topic: string, payload: string): Promise<void> {
    this.gathering ??= this.open();
    this.gathering.items.push([topic, payload]);
    return this.gathering.done;
  }

  acknowledged(from: string, seqs: readonly number[]): void {
    for (const seq of seqs) {
      const batch = this.pending.get(seq);
      if (batch?.awaiting.delete(from)) this.settleIfComplete(batch);
    }
  }

  /** An instance is gone: nobody waits for it. */
  gone(id: string): void {
    for (const batch of [...this.pending.values()]) {
      batch.awaiting.delete(id);
      this.settleIfComplete(batch);
    }
  }

  /** Ends all waiting. */
  close(): void {
    for (const batch of [...this.pending.values()]) this.settle(batch);
    this.gathering?.resolve();
    this.gathering = null;
  }

  private open(): Batch {
    let resolve = (): void => undefined;
    const done = new Promise<void>((settle) => (resolve = settle));
    this.seq += 1;
    if (!this.isSending) queueMicrotask(() => void this.flush());
    return {
      seq: this.seq,
      items: [],
      awaiting: new Set(),
      isSure: true,
      resolve,
      done,
      confirmedAt: null,
      elsewhere: null,
      timers: [],
    };
  }

  private async flush(): Promise<void> {
    const batch = this.gathering;
    if (this.isSending || !batch) return;
    this.gathering = null;
    this.isSending = true;
    batch.awaiting = new Set(this.carrier.awaited(batch.items.map(([topic]) => topic)));
    batch.isSure = this.carrier.isSure();
    this.pending.set(batch.seq, batch);
    const hedge = setTimeout(() => this.hedge(batch), this.timing.hedge);
    batch.timers.push(
      hedge,
      setTimeout(() => this.overdue(batch, performance.now()), this.timing.bound),
    );
    await this.deliver(batch);
    clearTimeout(hedge);
    this.settleIfComplete(batch);
    this.proceed();
  }

  private async deliver(batch: Batch): Promise<void> {
    try {
      await this.carrier.send(batch.seq, batch.items);
      batch.confirmedAt ??= performance.now();
    } catch {
      // Any failure means the same: whether it has arrived is not known.
      if (!(await this.elsewhere(batch))) this.lose(batch);
    }
  }

  private elsewhere(batch: Batch): Promise<boolean> {
    batch.elsewhere ??= this.carrier.sendElsewhere(batch.seq, batch.items).then(
      () => {
        batch.confirmedAt ??= performance.now();
        return true;
      },
      () => false,
    );
    return batch.elsewhere;
  }

  /** It may have reached nobody: the whole bound is waited, and the others told to forget. */
  private lose(batch: Batch): void {
    batch.isSure = false;
    batch.confirmedAt ??= performance.now() - this.timing.lease;
    this.carrier.lost();
  }

  /** The server is slow to confirm: tries the other links, and lets the next publications go. */
  private hedge(batch: Batch): void {
    void this.elsewhere(batch);
    this.proceed();
  }

  private proceed(): void {
    this.isSending = false;
    if (this.gathering) void this.flush();
  }

  private settleIfComplete(batch: Batch): void {
    if (batch.awaiting.size === 0 && batch.isSure) this.settle(batch);
  }

  /** The bound is over. Who has not acknowledged bypasses memory `lease` after the confirmation. */
  private overdue(batch: Batch, boundAt: number): void {
    const now = performance.now();
    const isUnconfirmed = batch.confirmedAt === null;
    if (isUnconfirmed && now - boundAt >= this.timing.confirmation) this.lose(batch);
    const rest = batch.confirmedAt === null ? 10 : batch.confirmedAt + this.timing.lease - now;
    if (rest > 0) {
      batch.timers.push(setTimeout(() => this.overdue(batch, boundAt), Math.ceil(rest)));
      return;
    }
    batch.resolve();
    if (batch.awaiting.size === 0) return this.settle(batch);
    // It may be this process that was late: acknowledgements that lie in the socket still count.
    this.carrier.caughtUp().then(
      () => {
        this.settle(batch);
        if (batch.awaiting.size > 0) this.carrier.unacknowledged([...batch.awaiting]);
      },
      () => this.settle(batch),
    );
  }

  private settle(batch: Batch): void {
    for (const timer of batch.timers) clearTimeout(timer);
    this.pending.delete(batch.seq);
    batch.resolve();
  }
}
