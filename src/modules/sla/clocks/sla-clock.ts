import { afterWorkingTime, workingTimeBetween } from '../../../common/working-hours.js';
import { MINUTE, scheduleOf, warningAfter } from './sla-terms.js';
import type { EscalationStep, SlaTarget, SlaTerms } from './sla-terms.js';

/**
 * The clock of one promise for one ticket. It counts business time: `elapsed` until `countedAt`,
 * and while it runs, all business time since. Instants are milliseconds since 1970 UTC, durations
 * milliseconds.
 */
export interface SlaClock {
  target: SlaTarget;
  policyId: string;
  policyVersion: number;
  state: 'running' | 'paused' | 'stopped';
  /** Business time that is promised. */
  promised: number;
  startedAt: number;
  elapsed: number;
  /** Also when it was paused or stopped. */
  countedAt: number;
  /** Time by the calendar that it has been paused, but for the present pause. */
  paused: number;
  /** When the promise is broken; null while it is paused, and when it was kept. */
  dueAt: number | null;
  warnAt: number | null;
  warnedAt: number | null;
  /** What was broken stays broken. */
  breachedAt: number | null;
  stoppedAt: number | null;
  /** Ids of the escalation steps that were done. */
  doneSteps: string[];
  /** When something is to be looked after next. */
  nextAt: number | null;
}

/** A point of business time at which something happens. */
type Mark = { elapsed: number } & (
  { kind: 'warning' | 'breach' } | { kind: 'step'; step: EscalationStep }
);

/** Something that a clock has reached. */
export type Reached = { at: number } & (
  { kind: 'warning' | 'breach' } | { kind: 'step'; step: EscalationStep }
);

const DAY = 86_400_000;
/** Working time is looked for as far ahead as a year or so; what lies beyond is looked at again. */
const LOOK_AGAIN = 390 * DAY;

/** A clock that begins to run. */
export function startClock(
  target: SlaTarget,
  policy: { id: string; version: number },
  promised: number,
  now: number,
): SlaClock {
  return {
    ...{ target, policyId: policy.id, policyVersion: policy.version, state: 'running', promised },
    ...{ startedAt: now, elapsed: 0, countedAt: now, paused: 0, dueAt: null, warnAt: null },
    ...{ warnedAt: null, breachedAt: null, stoppedAt: null, doneSteps: [], nextAt: null },
  };
}

/** Business time that has gone by, in milliseconds. */
export function elapsedAt(clock: SlaClock, terms: SlaTerms, now: number): number {
  if (clock.state !== 'running' || now <= clock.countedAt) return clock.elapsed;
  const range = { from: clock.countedAt, until: now };
  return clock.elapsed + workingTimeBetween(scheduleOf(terms), range);
}

/** Calendar time it has been paused, in milliseconds. */
export const pausedAt = (clock: SlaClock, now: number): number =>
  clock.paused + (clock.state === 'paused' ? Math.max(0, now - clock.countedAt) : 0);

/** The clock with all business time until now counted. */
export function counted(clock: SlaClock, terms: SlaTerms, now: number): SlaClock {
  return {
    ...clock,
    elapsed: elapsedAt(clock, terms, now),
    paused: pausedAt(clock, now),
    countedAt: Math.max(now, clock.countedAt),
  };
}

/** What is still to happen, in the order of its time. */
function marksOf(clock: SlaClock, terms: SlaTerms): Mark[] {
  const { promised, target, doneSteps } = clock;
  const warning = warningAfter(terms, promised);
  const isOpen = clock.breachedAt === null;
  const marks: Mark[] = [];
  if (warning !== null && isOpen && clock.warnedAt === null) {
    marks.push({ kind: 'warning', elapsed: warning });
  }
  if (isOpen) marks.push({ kind: 'breach', elapsed: promised });
  for (const step of terms.escalations) {
    const base = step.when === 'breach' ? promised : warning;
    if (step.target !== target || base === null || doneSteps.includes(step.id)) continue;
    marks.push({ kind: 'step', step, elapsed: base + step.afterMinutes * MINUTE });
  }
  return marks.sort((left, right) => left.elapsed - right.elapsed);
}

/** When a running clock reaches so much business time; null when that is too far off to say. */
function instantOf(clock: SlaClock, terms: SlaTerms, elapsed: number): number | null {
  const left = elapsed - clock.elapsed;
  return left <= 0 ? clock.countedAt : afterWorkingTime(scheduleOf(terms), clock.countedAt, left);
}

/** The clock with the times that follow from the rest of it. */
export function timed(clock: SlaClock, terms: SlaTerms): SlaClock {
  if (clock.state === 'stopped') return { ...clock, nextAt: null };
  const isRunning = clock.state === 'running';
  const marks = marksOf(clock, terms).filter(
    // What it had reached when it was paused is told all the same.
    ({ elapsed }) => isRunning || elapsed <= clock.elapsed,
  );
  const times = marks.map(
    ({ elapsed }) => instantOf(clock, terms, elapsed) ?? clock.countedAt + LOOK_AGAIN,
  );
  const warning = warningAfter(terms, clock.promised);
  const instant = (elapsed: number | null): number | null =>
    isRunning && elapsed !== null ? instantOf(clock, terms, elapsed) : null;
  return {
    ...clock,
    dueAt: clock.breachedAt ?? instant(clock.promised),
    warnAt: clock.warnedAt ?? instant(warning),
    nextAt: times.length === 0 ? null : Math.min(...times),
  };
}

/**
 * What a clock has reached by now, each once: the clock afterwards no longer waits for it.
 * @param withSteps whether the caller does the escalation steps; they are left waiting otherwise.
 */
export function reach(
  clock: SlaClock,
  terms: SlaTerms,
  now: number,
  withSteps: boolean,
): { clock: SlaClock; reached: Reached[] } {
  const elapsed = elapsedAt(clock, terms, now);
  const reached: Reached[] = [];
  const after = { ...clock };
  for (const mark of marksOf(clock, terms)) {
    if (mark.elapsed > elapsed) break;
    const at = Math.min(now, instantOf(clock, terms, mark.elapsed) ?? now);
    if (mark.kind === 'step') {
      if (!withSteps) continue;
      after.doneSteps = [...after.doneSteps, mark.step.id];
      reached.push({ kind: 'step', step: mark.step, at });
    } else {
      if (mark.kind === 'warning') after.warnedAt = at;
      else after.breachedAt = at;
      reached.push({ kind: mark.kind, at });
    }
  }
  return { clock: timed(counted(after, terms, now), terms), reached };
}
