import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import { Mailer } from '../../../platform/mail/mailer.js';
import type { StoredCampaign } from '../campaigns.repository.js';
import { MailingPermission } from '../mailing-permission.js';
import { Claims } from './claims.js';
import { Delivery } from './delivery.js';
import type { Delivered } from './delivery.js';
import { DeliveryLedger } from './delivery-ledger.js';
import { MailMaker } from './mail-maker.js';
import type { Made, MailPlan } from './mail-maker.js';
import type { OutgoingJournal } from './outgoing-journal.js';
import { RecipientsRepository } from './recipients.repository.js';
import type { RunLease } from './run-lease.js';
import { RunsRepository } from './runs.repository.js';
import { SendingOptions } from './sending-options.js';
import { SentEvents } from './sent-events.js';

/** A campaign, the run that has it, and how its mails are made. */
export interface Sending {
  ctx: RequestContext;
  lease: RunLease;
  campaign: StoredCampaign;
  plan: MailPlan;
  journal: OutgoingJournal;
  /** Aborted when the worker stops. */
  signal: AbortSignal;
}

/** Why sending ended, and in how many milliseconds it has to go on; null: nobody is due. */
export type SendingEnd =
  | { kind: 'through'; next: number | null; hasHeld: boolean }
  | { kind: 'stopped' }
  | { kind: 'refused'; message: string };

const isWanted = ({ lease, signal }: Pick<Sending, 'lease' | 'signal'>): boolean =>
  lease.isWanted && !signal.aborted;

/** Sends what is due of a campaign, many mails at a time. */
@Injectable()
export class CampaignSender {
  constructor(
    private readonly database: Database,
    private readonly mailer: Mailer,
    private readonly maker: MailMaker,
    private readonly permission: MailingPermission,
    private readonly claims: Claims,
    private readonly runs: RunsRepository,
    private readonly recipients: RecipientsRepository,
    private readonly sentEvents: SentEvents,
    private readonly options: SendingOptions,
  ) {}

  /** Goes on until nobody is due for a while, or it is stopped. */
  async send(sending: Sending): Promise<SendingEnd> {
    const { ctx, lease, campaign } = sending;
    const delivery = this.deliveryOf(sending);
    let failures = 0;
    while (isWanted(sending)) {
      const { claimed, wait } = await this.claims.next(lease.key, campaign.ratePerMinute);
      if (claimed.length === 0) {
        const end = await this.waitForNext(sending, wait);
        if (end) return end;
        continue;
      }
      const mails = this.maker.make(ctx, sending.plan, claimed);
      const result = await this.deliverAll(delivery, sending, mails);
      await this.sentEvents.write(ctx, lease.key, campaign.content.name);
      if (result.kind === 'refused' || result.kind === 'stopped') return result;
      failures = result.kind === 'trouble' ? failures + 1 : 0;
      await this.noteTrouble(sending, result.kind === 'trouble' ? result.message : null);
      if (failures > 0) await this.rest(sending, this.pauseAfter(failures));
    }
    return { kind: 'stopped' };
  }

  /** Waits for whoever is due in a moment; the end when that is nobody. */
  private async waitForNext(sending: Sending, wait: number): Promise<SendingEnd | null> {
    const { nextIn, hasHeld } = await this.recipients.left(sending.lease.key);
    const next = nextIn === null ? null : Math.max(nextIn, wait);
    if (next === null || next > this.options.patience) return { kind: 'through', next, hasHeld };
    await this.rest(sending, Math.max(next, 10));
    return null;
  }

  private deliveryOf({ lease, campaign, journal }: Sending): Delivery {
    const ledger = new DeliveryLedger(this.database, this.recipients, lease.key);
    return new Delivery(this.mailer, ledger, journal, lease, campaign, this.options.retries);
  }

  /** Delivers all of them, unless something stops it; what is left goes back. */
  private async deliverAll(
    delivery: Delivery,
    sending: Sending,
    mails: AsyncGenerator<Made>,
  ): Promise<Delivered> {
    let end: Delivered = { kind: 'done' };
    const lane = async (): Promise<void> => {
      while (end.kind === 'done' && isWanted(sending)) {
        const next = await mails.next();
        if (next.done) return;
        const result = await delivery.deliver(next.value);
        if (result.kind === 'bounced') {
          await this.permission.suppress(sending.ctx, result.address, 'bounced');
        } else if (end.kind === 'done') end = result;
      }
    };
    const lanes = Array.from({ length: this.options.concurrency }, lane);
    const ended = await Promise.allSettled(lanes);
    await this.database.run(sending.lease.key, [this.recipients.putBack(sending.lease.key)]);
    const broken = ended.find((result) => result.status === 'rejected');
    if (broken) throw broken.reason as Error;
    return end;
  }

  private async noteTrouble({ lease: { key } }: Sending, message: string | null): Promise<void> {
    await this.database.run(key, [this.runs.saveTrouble(key, message)]);
  }

  private pauseAfter(failures: number): number {
    const { pause, longestPause } = this.options;
    return Math.min(pause * 2 ** Math.min(failures - 1, 30), longestPause);
  }

  /** Waits, but no longer than it is wanted. */
  private async rest(sending: Sending, milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    while (isWanted(sending)) {
      const left = until - performance.now();
      if (left <= 0) return;
      await sleep(Math.min(left, 200));
    }
  }
}
