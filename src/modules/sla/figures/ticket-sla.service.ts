import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import { TicketsService } from '../../tickets/index.js';
import { counted, reach } from '../clocks/sla-clock.js';
import type { SlaClock } from '../clocks/sla-clock.js';
import { clocksOf, clocksStatement } from '../clocks/sla-clocks.repository.js';
import type { TicketClock } from '../clocks/sla-clocks.repository.js';
import { versionOf } from '../clocks/sla-keeper.js';
import { MINUTE } from '../clocks/sla-terms.js';
import type { SlaTerms } from '../clocks/sla-terms.js';
import { SlaTermsStore } from '../clocks/sla-terms.store.js';
import { standing, stateOf } from '../clocks/sla-transition.js';
import type { SlaClockDto, TicketSlaDto } from './ticket-sla.dto.js';

const iso = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

const minutes = (duration: number): number => Math.floor(duration / MINUTE);

/** How tickets stand with what is promised, to the minute. */
@Injectable()
export class TicketSlaService {
  constructor(
    private readonly database: Database,
    private readonly tickets: TicketsService,
    private readonly terms: SlaTermsStore,
    private readonly clock: Clock,
  ) {}

  /** The figures as they are now, whatever the worker has told of yet. @throws Problem 404. */
  async of(ctx: RequestContext, ticketId: string): Promise<TicketSlaDto> {
    await this.tickets.reader.get(ctx, ticketId, { fields: [] });
    const { workspaceId } = ctx;
    const [found, named] = await this.database.run(ctx, [
      clocksStatement(workspaceId, [ticketId]),
      {
        text: `select id, name from sla_policies where workspace_id = $1 and id in (
          select policy_id from ticket_sla_clocks where workspace_id = $1 and ticket_id = $2)`,
        params: [workspaceId, ticketId],
      },
    ]);
    const clocks = clocksOf(found?.rows ?? []);
    const names = new Map(
      (named?.rows ?? []).map(({ id, name }) => [id as string, name as string]),
    );
    const db = {
      run: (statements: Parameters<Database['run']>[1]) => this.database.run(ctx, statements),
    };
    const termsOf = await this.terms.termsOf(db, workspaceId, clocks.map(versionOf));
    const now = this.clock.now();
    const current = clocks.map((clock) => currently(clock, termsOf(versionOf(clock)), now));
    const { state, dueAt } = standing(current);
    return {
      ...{ ticketId, at: new Date(now).toISOString(), state, dueAt: iso(dueAt) },
      clocks: current.map((clock) => figuresOf(clock, names.get(clock.policyId) ?? null)),
    };
  }
}

/** The clock as it is at this moment, with what it has reached. */
function currently(clock: TicketClock, terms: SlaTerms, now: number): SlaClock {
  if (clock.state === 'stopped') return clock;
  const { clock: reached } = reach(clock, terms, now, false);
  return counted(reached, terms, now);
}

function figuresOf(clock: SlaClock, policyName: string | null): SlaClockDto {
  const { target, policyId, policyVersion, promised, elapsed, paused } = clock;
  return {
    ...{ target, state: stateOf(clock), policyId, policyName, policyVersion },
    targetMinutes: minutes(promised),
    elapsedMinutes: minutes(elapsed),
    remainingMinutes: minutes(promised - elapsed),
    pausedMinutes: minutes(paused),
    startedAt: new Date(clock.startedAt).toISOString(),
    ...{ dueAt: iso(clock.dueAt), warnAt: iso(clock.warnAt), warnedAt: iso(clock.warnedAt) },
    ...{ breachedAt: iso(clock.breachedAt), stoppedAt: iso(clock.stoppedAt) },
  };
}
