import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { BackgroundLoop } from '../../../common/background-loop.js';
import { Clock } from '../../../common/clock.js';
import { runContext } from './run-context.js';
import { RunsRepository } from './runs.repository.js';
import { Winner } from './winner.js';

/** Tests that one look decides. */
const BATCH = 100;

/**
 * Decides tests when their time has come. The time of each is a row (`winner_at` of its run), which
 * is written before the first mail goes and taken in the transaction of the decision: it cannot be
 * lost with a queue or a worker, and it comes after any pause, too.
 */
@Injectable()
export class WinnerWatch implements BeforeApplicationShutdown {
  private readonly logger = new Logger('campaigns');
  private readonly loop = new BackgroundLoop(() => this.look(), {
    shortest: 250,
    longest: 1000,
    onError: (error) => this.logger.warn({ error }, 'A test could not be decided; will retry'),
  });

  constructor(
    private readonly runs: RunsRepository,
    private readonly winner: Winner,
    private readonly clock: Clock,
  ) {}

  /** Looks for tests all the time. Any number of workers may. */
  start(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Decides what is due; true when there may be more. */
  async look(): Promise<boolean> {
    const now = new Date(this.clock.now()).toISOString();
    const due = await this.runs.findUndecided(now, BATCH);
    const failures: unknown[] = [];
    for (const { workspaceId, campaignId } of due) {
      // One that cannot be decided keeps no other from it.
      const decided = this.winner.decide(runContext(workspaceId, campaignId), campaignId, now);
      await decided.catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
    return due.length === BATCH;
  }
}
