import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { RecordJson } from '../../platform/http/answers.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import type { Deed, DeedResult } from '../../platform/records/record-actor.js';
import type { RecordRow } from '../../platform/records/record-row.js';
import { AudienceConditions } from './audience/audience-conditions.js';
import { contentOf } from './campaign-content.js';
import type { CampaignMoveInput, ResolveInput, ScheduleInput } from './campaign-deeds.dto.js';
import { assertComplete, measureFault } from './campaign-rules.js';
import { assertAllowed } from './campaign-states.js';
import type { CampaignMove, CampaignStatus } from './campaign-states.js';
import { CampaignsRepository } from './campaigns.repository.js';
import { CampaignsService } from './campaigns.service.js';
import { RecipientsRepository } from './sending/recipients.repository.js';
import { RunsRepository } from './sending/runs.repository.js';
import { RunCampaign, runKey } from './sending/sending.jobs.js';
import { startsAt } from './sending/start-time.js';

/** What is done to a campaign besides changing it. */
@Injectable()
export class CampaignDeedsService {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly stored: CampaignsRepository,
    private readonly recipients: RecipientsRepository,
    private readonly runs: RunsRepository,
    private readonly audiences: AudienceConditions,
    private readonly jobs: JobQueue,
  ) {}

  /** Lets it be sent at its time. @throws Problem 409, 412; 422 for what it lacks. */
  schedule(
    ctx: RequestContext,
    id: string,
    body: ScheduleInput,
    ifMatch?: number,
  ): Promise<RecordJson> {
    assertSeesAll(ctx);
    return this.act(ctx, id, 'scheduled', ifMatch, {}, async (row, tx) => {
      allowing(row, 'schedule');
      await this.assertReady({ ...ctx, tx }, row);
      const sendAt = body.sendAt ?? row.values['send_at'];
      if (typeof sendAt !== 'string' || Date.parse(sendAt) <= Date.now()) {
        const detail = 'must be in the future; POST …/send sends it now';
        throw Problem.validation([{ pointer: '/sendAt', code: 'future', detail }]);
      }
      const inZone = body.inReceiverTimeZone ?? row.values['in_receiver_time_zone'] === true;
      const { time } = await this.found({ ...ctx, tx }, id);
      const at = { ...time, sendAt: Date.parse(sendAt), inReceiverTimeZone: inZone };
      await this.enqueue(tx, id, Math.max(0, startsAt(at) - Date.now()));
      return {
        values: {
          ...{ status: 'scheduled', send_at: new Date(sendAt).toISOString() },
          in_receiver_time_zone: inZone,
        },
      };
    });
  }

  /** Sends it now. @throws Problem 409, 412; 422 for what it lacks. */
  send(ctx: RequestContext, id: string, ifMatch?: number): Promise<RecordJson> {
    assertSeesAll(ctx);
    return this.act(ctx, id, 'started', ifMatch, {}, async (row, tx) => {
      allowing(row, 'send');
      await this.assertReady({ ...ctx, tx }, row);
      await this.enqueue(tx, id, 0);
      const now = new Date().toISOString();
      // Sent now is sent to all of them now, whatever their clocks show.
      return {
        values: { status: 'sending', started_at: now, send_at: now, in_receiver_time_zone: false },
      };
    });
  }

  /** Sends no more from this moment on. @throws Problem 409, 412. */
  pause(ctx: RequestContext, id: string, body: CampaignMoveInput, ifMatch?: number) {
    return this.act(ctx, id, 'paused', ifMatch, factsOf(body), (row) => {
      allowing(row, 'pause');
      return { values: { status: 'paused' } };
    });
  }

  /** Goes on where it was paused. @throws Problem 409, 412. */
  resume(ctx: RequestContext, id: string, body: CampaignMoveInput, ifMatch?: number) {
    return this.act(ctx, id, 'resumed', ifMatch, factsOf(body), async (row, tx) => {
      allowing(row, 'resume');
      const hasBegun = row.values['started_at'] !== null;
      const { time } = await this.found({ ...ctx, tx }, id);
      const wait = hasBegun ? 0 : Math.max(0, startsAt(time) - Date.now());
      await this.enqueue(tx, id, wait);
      return { values: { status: hasBegun ? 'sending' : 'scheduled', problem: null } };
    });
  }

  /** Whoever has not got it yet will not. @throws Problem 409, 412. */
  cancel(ctx: RequestContext, id: string, body: CampaignMoveInput, ifMatch?: number) {
    return this.act(ctx, id, 'cancelled', ifMatch, factsOf(body), async (row, tx) => {
      allowing(row, 'cancel');
      await this.runs.takeWinnerTime(tx, { ...ctx, campaignId: id }, null);
      return { values: { status: 'cancelled', finished_at: new Date().toISOString() } };
    });
  }

  /** Decides the test by hand. @throws Problem 409 also when there is a winner, 412, 422. */
  choose(ctx: RequestContext, id: string, variantId: string, ifMatch?: number) {
    return this.act(ctx, id, 'winnerChosen', ifMatch, { by: 'hand' }, async (row, tx) => {
      allowing(row, 'winner');
      const { variants } = contentOf(row.values);
      if (row.values['test_percent'] === null || row.values['winner_variant_id'] !== null) {
        throw new Problem('conflict', 'The campaign has no test that is still to be decided.');
      }
      if (!variants.some((variant) => variant.id === variantId.toLowerCase())) {
        const detail = `there is no variant ${variantId}`;
        throw Problem.validation([{ pointer: '/variantId', code: 'reference', detail }]);
      }
      await this.runs.takeWinnerTime(tx, { ...ctx, campaignId: id }, null);
      await this.enqueue(tx, id, 0);
      return { values: { winner_variant_id: variantId.toLowerCase() } };
    });
  }

  /** Says what became of the mails that nobody knows of. @throws Problem 409, 412. */
  resolve(ctx: RequestContext, id: string, { as }: ResolveInput, ifMatch?: number) {
    return this.act(ctx, id, 'uncertainResolved', ifMatch, {}, async (row, tx) => {
      const status = row.values['status'];
      if (status !== 'sending' && status !== 'paused' && status !== 'sent') {
        throw new Problem('conflict', `The campaign is ${String(status)}: nothing is uncertain.`);
      }
      const count = await this.recipients.resolve(tx, ctx.workspaceId, id, as);
      const facts = { as, count };
      if (as === 'sent' || count === 0 || status === 'paused') return { facts };
      await this.enqueue(tx, id, 0);
      return { facts, values: { status: 'sending', finished_at: null } };
    });
  }

  /** @throws Problem 409 for a segment that is not filled; 422 for what the campaign lacks. */
  private async assertReady(ctx: RequestContext, row: RecordRow): Promise<void> {
    const content = contentOf(row.values);
    assertComplete(content);
    const fault = measureFault(await this.found(ctx, row.id));
    if (fault) throw Problem.validation([fault]);
    await this.audiences.assertReady(ctx, content);
  }

  private act(
    ctx: RequestContext,
    id: string,
    name: string,
    ifMatch: number | undefined,
    facts: Deed['facts'],
    work: (row: RecordRow, tx: Transaction) => Promise<DeedResult> | DeedResult,
  ): Promise<RecordJson> {
    const deed = { name, permission: 'send', ifMatch, facts };
    return this.campaigns.actor.act(ctx, id, deed, work);
  }

  private async found(ctx: RequestContext, id: string) {
    const campaign = await this.stored.find(ctx, id);
    if (!campaign) throw Problem.notFound('campaign', id);
    return campaign;
  }

  private async enqueue(tx: Transaction, campaignId: string, delay: number): Promise<void> {
    const options = delay > 0 ? { delay } : { coalesce: runKey(campaignId) };
    await this.jobs.enqueue(tx, RunCampaign, { campaignId }, options);
  }
}

/** @throws Problem 409 that names what is allowed, when the move is not. */
function allowing({ values }: RecordRow, move: CampaignMove): void {
  assertAllowed(values['status'] as CampaignStatus, move);
}

const factsOf = ({ reason }: CampaignMoveInput): Deed['facts'] =>
  reason === undefined ? {} : { reason };

/** @throws Problem 403: an audience is of all contacts, so whoever mails it must see them all. */
function assertSeesAll(ctx: RequestContext): void {
  if (ctx.grants.get('contact:read') === 'all') return;
  const detail = 'A campaign goes to contacts of everybody: you need contact:read for all of them.';
  throw new Problem('forbidden', detail);
}
