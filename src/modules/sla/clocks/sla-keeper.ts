import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import type { RequestContext } from '../../../common/context.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import { recordEvents } from '../../../platform/outbox/record-events.js';
import { fulfils } from '../../../platform/records/condition-test.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import type { Draft, Questions, WrittenRow } from '../../../platform/records/record-rules.js';
import type { RecordRow } from '../../../platform/records/stored-row.js';
import { TicketListeners } from '../../tickets/index.js';
import {
  clocksOf,
  clocksStatement,
  policiesStatement,
  removeClocks,
  saveClocks,
} from './sla-clocks.repository.js';
import type { PolicyHead, TicketClock, VersionKey } from './sla-clocks.repository.js';
import type { SlaClock } from './sla-clock.js';
import { metEvent, reachedEvent } from './sla-events.js';
import { SLA_TARGETS } from './sla-terms.js';
import type { SlaTarget, SlaTerms, TicketPriority } from './sla-terms.js';
import { SlaTermsStore } from './sla-terms.store.js';
import { pastClock, standing, transition } from './sla-transition.js';
import type { PastSpan, PolicyVersion, TicketFacts, Transition } from './sla-transition.js';

/** What a write of a ticket makes of one of its clocks. */
interface Kept extends Transition {
  before: TicketClock | null;
}

/** What there is to know of a ticket that is about to be written. */
interface Seen {
  ticket: RecordRow;
  isNew: boolean;
  policy: PolicyVersion | null;
  clocks: readonly TicketClock[];
  terms: (key: VersionKey) => SlaTerms;
}

/**
 * Keeps the clocks of tickets in the transaction of every write, whichever way that comes: one by
 * one, in a batch or from a file. A ticket goes by the first policy that fits it, as that is when
 * the ticket is written. What it says is worked out before the write, from one look at all clocks
 * of the set, and written behind it with one statement.
 */
@Injectable()
export class SlaKeeper {
  private readonly kept = new WeakMap<RecordRow, Kept[]>();

  constructor(
    private readonly kit: RecordKit,
    private readonly terms: SlaTermsStore,
    private readonly clock: Clock,
    listeners: TicketListeners,
  ) {
    listeners.register({
      follow: (db, ctx, drafts) => this.follow(db, ctx, drafts),
      sides: (ctx, rows) => this.sides(ctx, rows),
    });
  }

  /** Works out what becomes of the clocks; the ticket says how it stands with them. */
  async follow(db: Questions, ctx: RequestContext, drafts: readonly Draft[]): Promise<void> {
    if (drafts.length === 0) return;
    const seen = await this.look(db, ctx, drafts);
    const now = this.clock.now();
    for (const { ticket, isNew, policy, clocks, terms } of seen) {
      const kept = SLA_TARGETS.map((target): Kept => {
        const before = clocks.find((clock) => clock.target === target) ?? null;
        const running = before && { clock: before, ranBy: terms(versionOf(before)) };
        const past = isNew ? pastOf(target, ticket) : null;
        if (past) {
          const clock = pastClock(target, factsOf(ticket), policy, past);
          return { before, clock, told: [], isMet: false };
        }
        return { before, ...transition(target, factsOf(ticket), running, policy, now) };
      });
      this.kept.set(ticket, kept);
      stand(
        ticket,
        kept.flatMap(({ clock }) => clock ?? []),
      );
    }
  }

  /** The statements that keep what {@link follow} worked out. */
  sides(ctx: RequestContext, rows: readonly WrittenRow[]): Statement[] {
    const changed: TicketClock[] = [];
    const gone: TicketClock[] = [];
    const events = rows.flatMap(({ after }) =>
      (this.kept.get(after) ?? []).flatMap(({ before, clock, told, isMet }) => {
        if (clock && clock !== before) changed.push({ ...clock, ticketId: after.id });
        if (!clock && before) gone.push(before);
        const running = clock ?? before;
        if (!running) return [];
        const reached = told.flatMap((item) => reachedEvent(ctx, after.id, running, item));
        return isMet ? [...reached, metEvent(ctx, after.id, running)] : reached;
      }),
    );
    return [
      ...(changed.length > 0 ? [saveClocks(ctx.workspaceId, changed)] : []),
      ...(gone.length > 0 ? [removeClocks(ctx.workspaceId, gone)] : []),
      ...(events.length > 0 ? [recordEvents(events)] : []),
    ];
  }

  /**
   * What applies to each ticket and how its clocks stand: policies and clocks in one round trip,
   * and what versions say in another where this process does not know it yet.
   */
  private async look(
    db: Questions,
    { workspaceId }: RequestContext,
    drafts: readonly Draft[],
  ): Promise<Seen[]> {
    const definition = this.kit.get('ticket') as ObjectDefinition;
    const ids = drafts.flatMap(({ before, after }) => (before ? [after.id] : []));
    const [found, running] = await db.run([
      policiesStatement(workspaceId),
      ...(ids.length > 0 ? [clocksStatement(workspaceId, ids)] : []),
    ]);
    const policies = (found?.rows ?? []) as unknown as PolicyHead[];
    const clocks = clocksOf(running?.rows ?? []);
    const byTicket = Map.groupBy(clocks, ({ ticketId }) => ticketId);
    const heads = drafts.map(({ after }) => firstFitting(definition, policies, after));
    const versions = [...heads.filter((head) => head !== null), ...clocks.map(versionOf)];
    const terms = await this.terms.termsOf(db, workspaceId, versions);
    return drafts.map(({ before, after }, index) => {
      const head = heads[index] ?? null;
      const policy = head && { ...head, terms: terms(head) };
      const isNew = before === null;
      return { ticket: after, isNew, policy, clocks: byTicket.get(after.id) ?? [], terms };
    });
  }
}

/** The version of a policy that a clock runs by. */
export const versionOf = ({ policyId, policyVersion }: TicketClock): VersionKey => ({
  id: policyId,
  version: policyVersion,
});

const firstFitting = (
  definition: ObjectDefinition,
  policies: readonly PolicyHead[],
  row: RecordRow,
): PolicyHead | null =>
  policies.find(({ condition }) => condition === null || fulfils(definition, condition, row)) ??
  null;

const factsOf = ({ values }: RecordRow): TicketFacts => ({
  priority: values['priority'] as TicketPriority,
  category: String(values['status_category']),
  isAnswered: values['first_responded_at'] !== null,
});

/** When a promise was open of a new ticket that a file tells the past of; null if it still is. */
function pastOf(target: SlaTarget, { createdAt, values }: RecordRow): PastSpan | null {
  if (createdAt === undefined) return null;
  const answered = target === 'firstResponse' ? values['first_responded_at'] : null;
  const over = answered ?? (values['is_open'] === true ? null : values['solved_at']);
  return typeof over === 'string' ? { from: Date.parse(createdAt), until: Date.parse(over) } : null;
}

/** Lets a ticket say how it stands. */
export function stand({ values }: RecordRow, clocks: readonly SlaClock[]): void {
  const { state, dueAt } = standing(clocks);
  values['sla_state'] = state;
  values['sla_due_at'] = dueAt === null ? null : new Date(dueAt).toISOString();
}
