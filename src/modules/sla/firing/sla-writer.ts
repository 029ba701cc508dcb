import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { uuidv7 } from '../../../common/uuid.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { UserMails } from '../../../platform/mail/user-mails.js';
import type { NewUserMail } from '../../../platform/mail/user-mails.js';
import { eventOf } from '../../../platform/outbox/event.js';
import type { EventInput } from '../../../platform/outbox/event.js';
import { recordEvents } from '../../../platform/outbox/record-events.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import { applyRules, draftOf } from '../../../platform/records/record-rules.js';
import { changesBetween } from '../../../platform/records/record-row.js';
import { RecordStore } from '../../../platform/records/record-store.js';
import { saveWith } from '../../../platform/records/save-changes.js';
import type { ChangedRow } from '../../../platform/records/save-changes.js';
import type { RecordRow } from '../../../platform/records/stored-row.js';
import { AvailabilityService } from '../../users/index.js';
import type { Reached, SlaClock } from '../clocks/sla-clock.js';
import { reachedEvent } from '../clocks/sla-events.js';
import { stand } from '../clocks/sla-keeper.js';
import type { EscalationFacts } from './escalation-letters.js';
import { escalate, stepFacts, takersNamed } from './escalation.js';
import type { Escalated, Takers } from './escalation.js';
import { teamsStatement } from './firing.repository.js';

type Ctx = RequestContext & { tx: Transaction };
type StepReached = Extract<Reached, { kind: 'step' }>;

/** A held ticket with what its clocks have just reached. */
export interface DueTicket {
  row: RecordRow;
  clocks: readonly { clock: SlaClock; reached: readonly Reached[] }[];
}

interface Plan extends DueTicket {
  steps: { clock: SlaClock; item: StepReached }[];
  escalated: Escalated | null;
  after: RecordRow;
}

/** Writes what clocks have reached: events, how tickets stand, and what escalations do to them. */
@Injectable()
export class SlaWriter {
  constructor(
    private readonly kit: RecordKit,
    private readonly availability: AvailabilityService,
    private readonly mails: UserMails,
  ) {}

  /** One set of statements for all the tickets, with events of their own for each. */
  async write(ctx: Ctx, tickets: readonly DueTicket[], now: number): Promise<void> {
    const definition = this.kit.get('ticket') as ObjectDefinition;
    const plans = await this.plan(ctx, definition, tickets, new Date(now));
    const changed: ChangedRow[] = [];
    const events: EventInput[] = [];
    for (const plan of plans) {
      const { row: before, after } = plan;
      const changes = changesBetween(definition, before, after);
      if (Object.keys(changes).length > 0) changed.push({ before, after, changes });
      events.push(...eventsOf(ctx, plan, changes));
    }
    const { tx } = ctx;
    const statements = [
      ...(events.length > 0 ? [recordEvents(events)] : []),
      ...this.notices(ctx.workspaceId, plans),
    ];
    if (changed.length === 0) {
      if (statements.length > 0) await tx.run(statements);
      return;
    }
    const settings = await this.kit.settings.of(ctx, definition);
    await saveWith(new RecordStore(definition), tx, ctx, changed, settings, statements);
  }

  /** Mails to the users whom escalations name: one to each of them for a ticket. */
  private notices(workspaceId: string, plans: readonly Plan[]): Statement[] {
    if (!this.mails.areSent) return [];
    const mails = plans.flatMap(({ row, steps, escalated }): NewUserMail[] => {
      const facts = { ticketId: row.id, promises: promisesOf(steps) } satisfies EscalationFacts;
      return (escalated?.notify ?? []).map((userId) => {
        return { id: uuidv7(), userId, kind: 'escalation', facts };
      });
    });
    return mails.length > 0 ? [this.mails.file(workspaceId, mails)] : [];
  }

  private async plan(
    ctx: Ctx,
    definition: ObjectDefinition,
    tickets: readonly DueTicket[],
    at: Date,
  ): Promise<Plan[]> {
    const takers = await this.takersOf(ctx, tickets, at);
    const plans = tickets.map((ticket): Plan => {
      const steps = ticket.clocks.flatMap(({ clock, reached }) =>
        reached.flatMap((item) => (item.kind === 'step' ? [{ clock, item }] : [])),
      );
      const { row } = ticket;
      const doing = steps.map(({ item }) => item.step);
      const escalated = doing.length > 0 ? escalate(row, doing, takers) : null;
      const after = escalated?.row ?? { ...row, values: { ...row.values } };
      stand(
        after,
        ticket.clocks.map(({ clock }) => clock),
      );
      return { ...ticket, steps, escalated, after };
    });
    await this.applyRules(ctx, definition, plans);
    return plans;
  }

  /** What the rules of tickets do not allow is left out, and said. */
  private async applyRules(
    ctx: Ctx,
    definition: ObjectDefinition,
    plans: readonly Plan[],
  ): Promise<void> {
    const acting = plans.filter(({ escalated }) => escalated !== null);
    if (acting.length === 0) return;
    const drafts = acting.map(({ row, after }) => ({
      ...draftOf(row, after, ''),
      deed: 'escalated',
    }));
    await applyRules(definition, ctx.tx, ctx, drafts);
    for (const [index, plan] of acting.entries()) {
      const errors = drafts[index]?.errors ?? [];
      if (errors.length === 0) continue;
      plan.after = { ...plan.row, values: { ...plan.row.values } };
      stand(
        plan.after,
        plan.clocks.map(({ clock }) => clock),
      );
      const reason = errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
      const actions = plan.steps.flatMap(({ item }) => item.step.actions);
      const undone = actions.filter(({ type }) => type !== 'notify');
      plan.escalated?.skipped.push(...undone.map((action) => ({ action, reason })));
    }
  }

  /** Somebody who is out has their stand-in take it; who has left takes none. */
  private async takersOf(ctx: Ctx, tickets: readonly DueTicket[], at: Date): Promise<Takers> {
    const steps = tickets.flatMap(({ clocks }) =>
      clocks.flatMap(({ reached }) =>
        reached.flatMap((item) => (item.kind === 'step' ? [item.step] : [])),
      ),
    );
    const { userIds, teamIds } = takersNamed(steps);
    const people =
      userIds.length > 0 ? await this.availability.availabilityOf(ctx, userIds, at) : null;
    const users = userIds.map((id): [string, string | null] => {
      const { status, standIn } = people?.get(id) ?? { status: 'inactive', standIn: null };
      if (status === 'inactive') return [id, null];
      return [id, status === 'outOfOffice' ? (standIn?.id ?? null) : id];
    });
    const [teams] =
      teamIds.length > 0 ? await ctx.tx.run([teamsStatement(ctx.workspaceId, teamIds)]) : [];
    return {
      users: new Map(users),
      teams: new Set((teams?.rows ?? []).map(({ id }) => id as string)),
    };
  }
}

/** What the steps are about that tell somebody, each promise once. */
function promisesOf(steps: Plan['steps']): EscalationFacts['promises'] {
  const telling = steps.filter(({ item }) =>
    item.step.actions.some(({ type }) => type === 'notify'),
  );
  const promises = telling.map(({ clock, item: { step } }) => {
    const dueAt = clock.breachedAt ?? clock.dueAt;
    return {
      ...{ target: clock.target, when: step.when },
      dueAt: dueAt === null ? null : new Date(dueAt).toISOString(),
    };
  });
  return [...new Map(promises.map((item) => [item.target + item.when, item])).values()];
}

/** Warnings and breaches in their order, then the escalation; the last one says what changed. */
function eventsOf(ctx: Ctx, plan: Plan, changes: Record<string, unknown>): EventInput[] {
  const { row, clocks, steps, escalated } = plan;
  const reached = clocks
    .flatMap(({ clock, reached: items }) => items.map((item) => ({ clock, item })))
    .sort((left, right) => left.item.at - right.item.at);
  const events = reached.flatMap(({ clock, item }) => reachedEvent(ctx, row.id, clock, item));
  if (escalated) {
    const { notify, skipped } = escalated;
    const facts = { escalations: stepFacts(steps), notify, ...(skipped.length > 0 && { skipped }) };
    const type = 'ticket.escalated' as const;
    events.push(eventOf(ctx, { type, object: 'tickets', recordId: row.id, changes: facts }));
  }
  const last = events.at(-1);
  if (last) last.changes = { ...changes, ...last.changes };
  return events;
}
