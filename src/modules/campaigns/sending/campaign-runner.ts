import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../../../common/clock.js';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { uuidv7 } from '../../../common/uuid.js';
import { Database } from '../../../platform/database/database.js';
import { HandlesJob } from '../../../platform/queue/handles-job.js';
import type { RunningJob } from '../../../platform/queue/handles-job.js';
import { JobQueue } from '../../../platform/queue/job-queue.js';
import type { DeedResult } from '../../../platform/records/record-actor.js';
import { measureFault } from '../campaign-rules.js';
import { CampaignsRepository } from '../campaigns.repository.js';
import type { StoredCampaign } from '../campaigns.repository.js';
import { CampaignsService } from '../campaigns.service.js';
import { AudienceFreezer } from './audience-freezer.js';
import { CampaignSender } from './campaign-sender.js';
import type { SendingEnd } from './campaign-sender.js';
import { planOf } from './mail-maker.js';
import { Orphans } from './orphans.js';
import { OutgoingJournal } from './outgoing-journal.js';
import { RecipientsRepository } from './recipients.repository.js';
import { runContext } from './run-context.js';
import { RunLease } from './run-lease.js';
import { RunsRepository } from './runs.repository.js';
import { RunCampaign } from './sending.jobs.js';
import type { CampaignJobData } from './sending.jobs.js';
import { SendingOptions } from './sending-options.js';
import { startsAt } from './start-time.js';

/** Recipients who wait for the winner that one statement frees. */
const PORTION = 5000;

const PAUSED = { name: 'paused', status: 'paused' };

/** A run that has its campaign. */
interface Run {
  ctx: RequestContext;
  lease: RunLease;
  signal: AbortSignal;
}

/** What comes after a run: nothing, or another one in so many milliseconds, or once decided. */
type Next = number | null;

/**
 * The worker's side of campaigns: settles who gets one, sends it, and finishes it. One run at a
 * time has a campaign; whatever it leaves, alive or dead, the next one goes on from.
 */
@Injectable()
export class CampaignRunner {
  private readonly logger = new Logger('campaigns');

  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly campaigns: CampaignsService,
    private readonly stored: CampaignsRepository,
    private readonly runs: RunsRepository,
    private readonly recipients: RecipientsRepository,
    private readonly freezer: AudienceFreezer,
    private readonly orphans: Orphans,
    private readonly sender: CampaignSender,
    private readonly options: SendingOptions,
    private readonly clock: Clock,
  ) {}

  @HandlesJob(RunCampaign)
  async run(job: RunningJob<CampaignJobData>): Promise<void> {
    const workspaceId = job.workspaceId ?? '';
    const { campaignId } = job.data;
    const ctx = runContext(workspaceId, campaignId);
    const key = { workspaceId, campaignId, lease: uuidv7() };
    const lease = await this.take(key, job.signal);
    if (!lease) return;
    let next: Next = null;
    try {
      next = await this.work({ ctx, lease, signal: job.signal });
    } finally {
      await lease.stop();
      await this.letGo(ctx, key, next);
    }
    job.signal.throwIfAborted();
  }

  /** Waits for a run before to end or to be known for dead; null when it lives on, and sends. */
  private async take(key: RunLease['key'], signal: AbortSignal): Promise<RunLease | null> {
    const until = performance.now() + this.options.lease * 1.5;
    for (;;) {
      signal.throwIfAborted();
      const campaign = await this.stored.find(key, key.campaignId);
      if (campaign?.status !== 'scheduled' && campaign?.status !== 'sending') return null;
      const lease = await RunLease.take(this.runs, key, this.options.lease);
      if (lease || performance.now() > until) return lease;
      await sleep(Math.min(250, this.options.lease / 4));
    }
  }

  private async letGo(ctx: RequestContext, key: RunLease['key'], next: Next): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      await tx.run([this.recipients.putBack(key), this.runs.release(key, next)]);
      // Whoever decides the test asks for another run.
      if (next === null || next === Infinity) return;
      const data = { campaignId: key.campaignId };
      await this.jobs.enqueue(tx, RunCampaign, data, { delay: Math.ceil(next) });
    });
  }

  private async work(run: Run): Promise<Next> {
    const { ctx, lease } = run;
    let campaign = await this.stored.find(ctx, lease.key.campaignId);
    if (campaign?.status === 'scheduled') {
      const early = startsAt(campaign.time) - Date.now();
      if (early > 0) return early;
      const problem = measureFault(campaign)?.detail;
      if (problem !== undefined) {
        await this.become(ctx, campaign.id, 'scheduled', { ...PAUSED, problem });
        return null;
      }
      await this.become(ctx, campaign.id, 'scheduled', { name: 'started', status: 'sending' });
      campaign = await this.stored.find(ctx, campaign.id);
    }
    if (campaign?.status !== 'sending') return null;
    if (!(await this.freeze(run, campaign))) return null;
    await this.orphans.settle(lease.key, campaign);
    return this.send(run, campaign);
  }

  /** Settles who gets it; false when it was stopped. */
  private async freeze({ ctx, lease, signal }: Run, campaign: StoredCampaign): Promise<boolean> {
    const { content, testPercent, winnerVariantId, time } = campaign;
    if (testPercent !== null && winnerVariantId === null) {
      await this.database.run(ctx, [this.runs.saveWinnerTime(lease.key, this.decidedAt(campaign))]);
    }
    const plan = { content, testPercent, winner: winnerVariantId, time };
    do if (signal.aborted || !lease.isWanted) return false;
    while (await this.freezer.step(ctx, lease.key, plan));
    return true;
  }

  private async send(run: Run, campaign: StoredCampaign): Promise<Next> {
    const { ctx, lease, signal } = run;
    const hasWinner = await this.freeHeld(run, campaign);
    const plan = planOf(campaign.id, campaign.content, campaign.isTracked);
    await this.database.run(ctx, [this.stored.saveLinks(ctx.workspaceId, campaign.id, plan.urls)]);
    const journal = OutgoingJournal.begin(lease.key.lease, this.options.journals);
    let end: SendingEnd;
    try {
      end = await this.sender.send({ ctx, lease, campaign, plan, journal, signal });
    } catch (error) {
      journal.leave();
      throw error;
    }
    journal.end();
    return this.after(run, campaign, end, hasWinner);
  }

  private async after(
    { ctx }: Run,
    campaign: StoredCampaign,
    end: SendingEnd,
    hasWinner: boolean,
  ): Promise<Next> {
    if (end.kind === 'stopped') return null;
    if (end.kind === 'refused') {
      await this.become(ctx, campaign.id, 'sending', { ...PAUSED, problem: end.message });
      return null;
    }
    if (end.next !== null) return end.next;
    if (end.hasHeld) return hasWinner ? 0 : Infinity;
    await this.become(ctx, campaign.id, 'sending', { name: 'sent', status: 'sent' });
    this.logger.log({ campaignId: campaign.id }, 'A campaign is sent');
    return null;
  }

  /** Frees those who wait for the winner of the test; false while there is none. */
  private async freeHeld({ lease }: Run, campaign: StoredCampaign): Promise<boolean> {
    if (campaign.testPercent === null) return true;
    const winner = campaign.winnerVariantId;
    if (winner === null) return false;
    while ((await this.recipients.freeHeld(lease.key, winner, PORTION)) > 0);
    return true;
  }

  /** When the test is to be decided: RFC 3339, or never by itself. */
  private decidedAt({ winnerBy, winnerAfterMinutes }: StoredCampaign): string {
    if (winnerBy === 'manual') return 'infinity';
    return new Date(this.clock.now() + winnerAfterMinutes * 60_000).toISOString();
  }

  /** Moves the campaign on, unless somebody was faster and moved it elsewhere. */
  private async become(
    ctx: RequestContext,
    id: string,
    from: StoredCampaign['status'],
    to: { name: string; status: string; problem?: string },
  ): Promise<void> {
    const now = new Date().toISOString();
    const facts = to.problem === undefined ? {} : { problem: to.problem };
    const deed = { name: to.name, permission: 'update', facts };
    try {
      await this.campaigns.actor.act(ctx, id, deed, ({ values }): DeedResult => {
        if (values['status'] !== from) throw new Problem('conflict', 'Somebody moved it on.');
        return {
          values: {
            ...{ status: to.status, problem: to.problem ?? null },
            ...(to.name === 'started' ? { started_at: now } : {}),
            ...(to.name === 'sent' ? { finished_at: now } : {}),
          },
        };
      });
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'conflict')) throw error;
    }
  }
}
