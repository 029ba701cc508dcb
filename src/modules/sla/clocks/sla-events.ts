import type { RequestContext } from '../../../common/context.js';
import { eventOf } from '../../../platform/outbox/event.js';
import type { EventInput } from '../../../platform/outbox/event.js';
import type { Reached, SlaClock } from './sla-clock.js';
import { MINUTE } from './sla-terms.js';

const iso = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

const factsOf = ({ target, policyId, promised }: SlaClock) => ({
  target,
  policyId,
  promisedMinutes: promised / MINUTE,
});

/** Of a warning or a breach; escalations have events of their own. */
export function reachedEvent(
  ctx: RequestContext,
  ticketId: string,
  clock: SlaClock,
  { kind, at }: Reached,
): EventInput[] {
  if (kind === 'step') return [];
  const type = kind === 'warning' ? 'ticket.sla_warning' : 'ticket.sla_breached';
  const dueAt = kind === 'breach' ? at : clock.dueAt;
  const changes = { ...factsOf(clock), dueAt: iso(dueAt), reachedAt: iso(at) };
  return [eventOf(ctx, { type, object: 'tickets', recordId: ticketId, changes })];
}

/** Of a promise that was kept. */
export function metEvent(ctx: RequestContext, ticketId: string, clock: SlaClock): EventInput {
  const elapsedMinutes = Math.floor(clock.elapsed / MINUTE);
  const changes = { ...factsOf(clock), dueAt: iso(clock.dueAt), elapsedMinutes };
  return eventOf(ctx, { type: 'ticket.sla_met', object: 'tickets', recordId: ticketId, changes });
}
