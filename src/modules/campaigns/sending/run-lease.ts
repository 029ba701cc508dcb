import type { CampaignStatus } from '../campaign-states.js';
import type { RunKey, RunsRepository } from './runs.repository.js';

/** Share of the lease after which it is renewed, and that is not relied on at its end. */
const RENEW = 0.2;
const MARGIN = 0.2;

/**
 * A run's hold on its campaign. Others may take the campaign once the database's clock has passed
 * the end of the lease; we stop sending well before, by a clock that goes on while the process is
 * stopped, so that a run that wakes up late has nothing more to say.
 */
export class RunLease {
  private validUntil: number;
  private timer: NodeJS.Timeout | undefined;
  private status: CampaignStatus = 'sending';
  private renewing: Promise<void> = Promise.resolve();

  private constructor(
    readonly key: RunKey,
    private readonly runs: RunsRepository,
    private readonly milliseconds: number,
    takenAt: number,
  ) {
    this.validUntil = takenAt + milliseconds * (1 - MARGIN);
    this.plan();
  }

  /** Takes the campaign; null while a living run has it. */
  static async take(
    runs: RunsRepository,
    key: RunKey,
    milliseconds: number,
  ): Promise<RunLease | null> {
    const takenAt = performance.now();
    const taken = await runs.take(key, milliseconds);
    return taken ? new RunLease(key, runs, milliseconds, takenAt) : null;
  }

  /** Whether nobody else can have the campaign at this moment. */
  get isValid(): boolean {
    return performance.now() < this.validUntil;
  }

  /** Whether the campaign is still to be sent, as far as was heard last. */
  get isWanted(): boolean {
    return this.isValid && this.status === 'sending';
  }

  /** Renews it no more. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.validUntil = -Infinity;
    await this.renewing;
    clearTimeout(this.timer);
  }

  private plan(): void {
    this.timer = setTimeout(() => {
      this.renewing = this.renew();
    }, this.milliseconds * RENEW);
  }

  private async renew(): Promise<void> {
    const askedAt = performance.now();
    try {
      const status = await this.runs.renew(this.key, this.milliseconds);
      if (this.validUntil === -Infinity) return;
      if (status === null) {
        this.validUntil = -Infinity;
        return;
      }
      this.status = status;
      this.validUntil = askedAt + this.milliseconds * (1 - MARGIN);
    } catch {
      // The database cannot be reached: the lease runs out unless it comes back in time.
    }
    this.plan();
  }
}
