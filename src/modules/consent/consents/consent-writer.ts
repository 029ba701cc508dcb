import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { JobQueue } from '../../../platform/queue/job-queue.js';
import { assertReach } from '../../../platform/records/reach.js';
import { CONTACT } from '../../contacts/index.js';
import { isAddressed } from '../channels.js';
import type { Addressed } from '../channels.js';
import { AskForConfirmation } from '../consent.jobs.js';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';
import { LIFTED_BY_CONSENT } from '../suppressions/suppression.dto.js';
import { SuppressionsRepository } from '../suppressions/suppressions.repository.js';
import { SuppressionsService } from '../suppressions/suppressions.service.js';
import { actorOf, consentEvents } from './consent-events.js';
import { ConsentPlan } from './consent-plan.js';
import type { Change, ContactWish, Outcome } from './consent-plan.js';
import { isOutOfReach } from './consent-state.js';
import type { ConsentState } from './consent-state.js';
import { ConsentsRepository } from './consents.repository.js';
import type { ContactRow } from './consents.repository.js';

/** Who says what a contact wants. */
export interface WriteOptions {
  /**
   * `contact`: they do, by a link that was sent to them. `caller`: somebody does for them. `list`:
   * somebody does for many, so that none of them is mailed whose address is suppressed.
   */
  by: 'contact' | 'caller' | 'list';
}

/** Writes what contacts want, for any number of them with the same few statements. */
@Injectable()
export class ConsentWriter {
  constructor(
    private readonly consents: ConsentsRepository,
    private readonly suppressions: SuppressionsService,
    private readonly addresses: SuppressionsRepository,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * Takes wishes, at most 1,000, in their order.
   * @param purposes all that the workspace has.
   * @returns for each wish what became of it, or the problem that kept it from being taken.
   */
  async write(
    tx: Transaction,
    ctx: RequestContext,
    wishes: readonly ContactWish[],
    purposes: readonly ConsentPurposeDto[],
    { by }: WriteOptions,
  ): Promise<(Outcome | Problem)[]> {
    const ids = [...new Set(wishes.map(({ contactId }) => contactId))];
    const { contacts, states } = await this.consents.lock(tx, ctx.workspaceId, ids);
    const barred = await this.barred(tx, ctx, wishes, by);
    const plan = new ConsentPlan(states, (contactId) => !barred.has(contactId));
    const outcomes = wishes.map((wish) =>
      applied(plan, ctx, contacts.get(wish.contactId), wish, by),
    );
    await this.store(tx, ctx, plan, contacts, outcomes);
    await this.keepOut(tx, ctx, plan, purposes);
    if (by === 'contact') await this.letIn(tx, ctx, plan.changes);
    return outcomes;
  }

  /** Contacts whose address no mail may ask for consent. */
  private async barred(
    tx: Transaction,
    ctx: RequestContext,
    wishes: readonly ContactWish[],
    by: WriteOptions['by'],
  ): Promise<Set<string>> {
    const asking = wishes.filter(
      ({ channel, status, confirmed }) => channel === 'email' && status === 'granted' && !confirmed,
    );
    if (asking.length === 0) return new Set();
    const ids = asking.map(({ contactId }) => contactId);
    const found = await this.addresses.ofContacts({ ...ctx, tx }, ids);
    const barred = found.filter(
      ({ channel, reason }) =>
        channel === 'email' && (by === 'list' || !LIFTED_BY_CONSENT.includes(reason)),
    );
    return new Set(barred.map(({ contactId }) => contactId));
  }

  private async store(
    tx: Transaction,
    ctx: RequestContext,
    plan: ConsentPlan,
    contacts: ReadonlyMap<string, ContactRow>,
    outcomes: readonly (Outcome | Problem)[],
  ): Promise<void> {
    const saved = plan.saved();
    if (saved.length === 0) return;
    const asked = outcomes.flatMap((outcome) =>
      !(outcome instanceof Problem) && outcome.outcome === 'asked' ? [outcome.state] : [],
    );
    await tx.run([
      this.consents.save(ctx.workspaceId, saved),
      this.consents.note(ctx, plan.entries, actorOf(ctx)),
      ...consentEvents(ctx, plan.changes, (id) => contacts.get(id)?.version ?? 0),
      ...asked.map((state) => this.askStatement(state)),
    ]);
    if (asked.length > 0) tx.afterCommit(() => this.jobs.poke());
  }

  private askStatement({ contactId, purposeId, requestId, asks }: ConsentState): Statement {
    const data = { contactId, purposeId, requestId: requestId as string };
    const jobId = `consent-${requestId ?? ''}-${asks}`;
    return this.jobs.prepare(AskForConfirmation, data, { jobId }).statement;
  }

  /** Whoever has withdrawn all there was on a channel is not reached there again by mistake. */
  private async keepOut(
    tx: Transaction,
    ctx: RequestContext,
    plan: ConsentPlan,
    purposes: readonly ConsentPurposeDto[],
  ): Promise<void> {
    const gone = new Map<string, { contactId: string; channel: Addressed }>();
    for (const { contactId, channel, after } of plan.changes) {
      if (after !== 'withdrawn' || !isAddressed(channel)) continue;
      const statusOf = (purposeId: string) => plan.statusOf(contactId, purposeId, channel);
      if (!isOutOfReach(purposes, channel, statusOf)) continue;
      gone.set(`${contactId}/${channel}`, { contactId, channel });
    }
    await this.suppressions.suppressContacts(tx, ctx, [...gone.values()], 'unsubscribed');
  }

  /** Whoever comes back by a link that reached them can be reached. */
  private async letIn(tx: Transaction, ctx: RequestContext, changes: Change[]): Promise<void> {
    for (const { contactId, channel, after } of changes) {
      if (after !== 'granted' || !isAddressed(channel)) continue;
      await this.suppressions.lift(tx, ctx, contactId, channel);
    }
  }
}

function applied(
  plan: ConsentPlan,
  ctx: RequestContext,
  contact: ContactRow | undefined,
  wish: ContactWish,
  by: WriteOptions['by'],
): Outcome | Problem {
  try {
    // Who has been moved to the bin can still withdraw.
    if (!contact || (contact.deletedAt !== null && by !== 'contact')) {
      throw Problem.notFound('contact', wish.contactId);
    }
    if (by !== 'contact') assertReach(ctx, CONTACT, 'update', contact);
    return plan.apply(contact, wish);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
