import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { BackgroundLoop } from '../../common/background-loop.js';
import { SegmentsRepository } from './segments.repository.js';
import { SegmentFollower } from './segment-follower.js';
import { SegmentFiller } from './segment-filler.js';

/**
 * Keeps who belongs to segments current: follows the change log, and looks through all records for
 * segments that are new, have changed, or move with time. Any number of workers may; each step is
 * one transaction with its place in the work, so whoever dies has done it or has not.
 */
@Injectable()
export class SegmentUpkeep implements BeforeApplicationShutdown {
  private readonly logger = new Logger('segments');
  private readonly loop = new BackgroundLoop(() => this.step(), {
    shortest: 100,
    longest: 1000,
    onError: (error) => this.logger.warn({ error }, 'Segments could not be kept; will retry'),
  });

  constructor(
    private readonly segments: SegmentsRepository,
    private readonly follower: SegmentFollower,
    private readonly filler: SegmentFiller,
  ) {}

  /** Looks for work all the time. */
  start(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Does the next part for each workspace that has work; true when there may be more. */
  async step(): Promise<boolean> {
    let more = false;
    for (const workspaceId of await this.segments.due()) {
      more = (await this.follower.follow(workspaceId)) || more;
      more = (await this.filler.fill(workspaceId)) || more;
    }
    return more;
  }
}
