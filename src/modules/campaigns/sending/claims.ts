import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { RecipientsRepository } from './recipients.repository.js';
import type { Claimed } from './recipients.repository.js';
import { RunsRepository } from './runs.repository.js';
import type { RunKey } from './runs.repository.js';
import { SendingOptions } from './sending-options.js';

/** What a run may send now. */
export interface Claim {
  claimed: Claimed[];
  /** Milliseconds until the rate lets another mail go; 0 where it is not the rate that stops it. */
  wait: number;
}

/** Takes recipients for a run, no more than the campaign's rate lets go. */
@Injectable()
export class Claims {
  constructor(
    private readonly database: Database,
    private readonly runs: RunsRepository,
    private readonly recipients: RecipientsRepository,
    private readonly options: SendingOptions,
  ) {}

  /**
   * Claims the next ones in a transaction of its own. The rate is a bucket of one second's mails
   * in the campaign's row, so that whoever sends goes on with what the one before has left.
   */
  async next(key: RunKey, ratePerMinute: number | null): Promise<Claim> {
    return this.database.transaction(key, async (tx) => {
      const run = await this.runs.hold(tx, key);
      if (!run) return { claimed: [], wait: 0 };
      if (ratePerMinute === null) {
        return { claimed: await this.recipients.claim(tx, key, this.options.batch), wait: 0 };
      }
      const perSecond = ratePerMinute / 60;
      const tokens = Math.min(Math.max(1, perSecond), run.tokens + run.elapsed * perSecond);
      const allowed = Math.min(this.options.batch, Math.floor(tokens));
      if (allowed === 0) return { claimed: [], wait: ((1 - tokens) / perSecond) * 1000 };
      const claimed = await this.recipients.claim(tx, key, allowed);
      await tx.run([this.runs.saveTokens(key, tokens - claimed.length)]);
      return { claimed, wait: 0 };
    });
  }
}
