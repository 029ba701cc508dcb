import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { HandlesJob } from '../../../platform/queue/handles-job.js';
import type { RunningJob } from '../../../platform/queue/handles-job.js';
import type { NoData } from '../../../platform/queue/job-contract.js';
import { JobQueue } from '../../../platform/queue/job-queue.js';
import { RunsRepository } from './runs.repository.js';
import { RunCampaign, runKey, WatchCampaigns } from './sending.jobs.js';

/** Campaigns that one look takes up; the next one is a minute later. */
const MOST = 500;

/** Takes up campaigns whose job was lost. */
@Injectable()
export class CampaignWatch {
  constructor(
    private readonly database: Database,
    private readonly runs: RunsRepository,
    private readonly jobs: JobQueue,
  ) {}

  @HandlesJob(WatchCampaigns)
  async look({ signal }: Pick<RunningJob<NoData>, 'signal'>): Promise<void> {
    for (const { workspaceId, campaignId } of await this.runs.findLost(MOST)) {
      signal.throwIfAborted();
      await this.database.transaction({ workspaceId }, async (tx) => {
        await this.jobs.enqueue(tx, RunCampaign, { campaignId }, { coalesce: runKey(campaignId) });
      });
    }
  }
}
