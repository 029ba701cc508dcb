import type { SLA_STATES } from '../../tickets/index.js';
import { reach, startClock, timed } from './sla-clock.js';
import type { Reached, SlaClock } from './sla-clock.js';
import { promisedBy, warningAfter } from './sla-terms.js';
import type { SlaTarget, SlaTerms, TicketPriority } from './sla-terms.js';

/** What a clock needs to know of its ticket. */
export interface TicketFacts {
  priority: TicketPriority;
  /** Category of its status: `new`, `open`, `pending`, `onHold`, `solved`, `closed`. */
  category: string;
  isAnswered: boolean;
}

/** A version of a policy. */
export interface PolicyVersion {
  id: string;
  version: number;
  terms: SlaTerms;
}

/** What a change of the ticket does to a clock. */
export interface Transition {
  /** Null: nothing is promised, and nothing was broken. */
  clock: SlaClock | null;
  /** What it had reached before the change and nobody has told of yet. */
  told: Reached[];
  /** The promise has just been kept. */
  isMet: boolean;
}

/** How the state of a ticket's promises, or of one, is shown. */
export type SlaState = (typeof SLA_STATES)[number];

const isDone = (target: SlaTarget, { category, isAnswered }: TicketFacts): boolean =>
  category === 'solved' || category === 'closed' || (target === 'firstResponse' && isAnswered);

const stateFor = (ticket: TicketFacts, terms: SlaTerms): 'paused' | 'running' =>
  terms.pauseIn.some((category) => category === ticket.category) ? 'paused' : 'running';

/** A clock with the terms it has run by until now. */
export interface RunningClock {
  clock: SlaClock;
  ranBy: SlaTerms;
}

/** What applies to a ticket now, and what it promises. */
interface Promised {
  policy: PolicyVersion;
  promised: number;
}

/**
 * Brings a clock to what its ticket is now.
 * @param running null where there is no clock yet.
 * @param policy what applies to the ticket now; null for nothing.
 */
export function transition(
  target: SlaTarget,
  ticket: TicketFacts,
  running: RunningClock | null,
  policy: PolicyVersion | null,
  now: number,
): Transition {
  const promise = promiseOf(target, ticket, policy);
  const isOver = isDone(target, ticket);
  if (!running) return nothing(isOver ? null : begun(target, ticket, promise, now));
  const { clock, ranBy } = running;
  if (clock.state === 'stopped' && (isOver || !promise)) return nothing(clock);
  const { clock: settled, reached } = reach(clock, ranBy, now, false);
  if (isOver) return stopped(settled, reached, now);
  if (!promise) return released(settled, reached, now);
  const next = carriedOn(settled, ticket, promise);
  return reached.length === 0 && isSame(clock, next)
    ? nothing(clock)
    : { clock: next, told: reached, isMet: false };
}

/** From when to when a promise was open; milliseconds since 1970 UTC. */
export interface PastSpan {
  from: number;
  until: number;
}

/** What lies further back of a span than this many milliseconds is not counted: two years. */
const LONGEST_PAST = 731 * 86_400_000;

/**
 * The clock of a promise that was over before Keel knew of the ticket, by what the policy says
 * today. Nobody is told of what it reached, and nothing is escalated.
 */
export function pastClock(
  target: SlaTarget,
  ticket: TicketFacts,
  policy: PolicyVersion | null,
  { from, until }: PastSpan,
): SlaClock | null {
  const promise = promiseOf(target, ticket, policy);
  if (!promise) return null;
  const { terms } = promise.policy;
  const began = Math.max(from, until - LONGEST_PAST);
  const begun = timed(startClock(target, promise.policy, promise.promised, began), terms);
  const { clock } = reach(begun, terms, until, false);
  return { ...clock, state: 'stopped', startedAt: from, stoppedAt: until, nextAt: null };
}

function promiseOf(
  target: SlaTarget,
  { priority }: TicketFacts,
  policy: PolicyVersion | null,
): Promised | null {
  const promised = policy && promisedBy(policy.terms, priority, target);
  return policy && promised !== null ? { policy, promised } : null;
}

function begun(
  target: SlaTarget,
  ticket: TicketFacts,
  promise: Promised | null,
  now: number,
): SlaClock | null {
  if (!promise) return null;
  const { policy, promised } = promise;
  const clock = startClock(target, policy, promised, now);
  return timed({ ...clock, state: stateFor(ticket, policy.terms) }, policy.terms);
}

function carriedOn(
  settled: SlaClock,
  ticket: TicketFacts,
  { policy: { id, version, terms }, promised }: Promised,
): SlaClock {
  const next = { ...settled, policyId: id, policyVersion: version, promised };
  const state = stateFor(ticket, terms);
  return timed({ ...rewarned(next, terms), state, stoppedAt: null }, terms);
}

const isSame = (before: SlaClock, after: SlaClock): boolean =>
  (['state', 'policyId', 'policyVersion', 'promised'] as const).every(
    (name) => before[name] === after[name],
  );

/** Nothing is promised any more; what was broken is still to be seen. */
function released(settled: SlaClock, reached: readonly Reached[], now: number): Transition {
  const end = stopped(settled, reached, now);
  return { ...end, clock: settled.breachedAt === null ? null : end.clock, isMet: false };
}

const nothing = (clock: SlaClock | null): Transition => ({ clock, told: [], isMet: false });

/** Nobody needs to be warned any more of what is done. */
function stopped(settled: SlaClock, reached: readonly Reached[], now: number): Transition {
  const clock: SlaClock = { ...settled, state: 'stopped', stoppedAt: now, nextAt: null };
  const told = reached.filter(({ kind }) => kind === 'breach');
  return { clock, told, isMet: clock.breachedAt === null };
}

/** With more time than before, the danger may be over; it is warned of anew then. */
function rewarned(clock: SlaClock, terms: SlaTerms): SlaClock {
  const warning = warningAfter(terms, clock.promised);
  const isOver = warning === null || clock.elapsed < warning;
  return isOver && clock.breachedAt === null ? { ...clock, warnedAt: null } : clock;
}

/** How a promise stands. */
export function stateOf({ state, breachedAt, warnedAt }: SlaClock): SlaState {
  if (breachedAt !== null) return 'breached';
  if (state === 'stopped') return 'met';
  if (state === 'paused') return 'paused';
  return warnedAt === null ? 'running' : 'atRisk';
}

const WORST_FIRST: readonly SlaState[] = ['breached', 'atRisk', 'running', 'paused', 'met'];

/** How a ticket stands with all that is promised: the worst of it, and what is due first. */
export function standing(clocks: readonly SlaClock[]): {
  state: SlaState | null;
  dueAt: number | null;
} {
  const states = new Set(clocks.map(stateOf));
  const due = clocks.flatMap(({ state, dueAt }) =>
    state === 'stopped' || dueAt === null ? [] : [dueAt],
  );
  return {
    state: WORST_FIRST.find((state) => states.has(state)) ?? null,
    dueAt: due.length === 0 ? null : Math.min(...due),
  };
}
