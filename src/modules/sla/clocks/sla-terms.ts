import type { Schedule } from '../../../common/working-hours.js';
import type { TICKET_PRIORITIES } from '../../tickets/index.js';

/** What an SLA promises. */
export const SLA_TARGETS = ['firstResponse', 'resolution'] as const;
export type SlaTarget = (typeof SLA_TARGETS)[number];

export type TicketPriority = (typeof TICKET_PRIORITIES)[number];

/** Categories of statuses in which a ticket waits for somebody else than those who promised. */
export const PAUSING = ['pending', 'onHold'] as const;
export type Pausing = (typeof PAUSING)[number];

/** Minutes of business time; null or absent promises nothing. */
export interface TargetMinutes {
  firstResponseMinutes: number | null;
  resolutionMinutes: number | null;
}

export type EscalationAction =
  | { type: 'assign'; userId: string | null; teamId: string | null }
  | { type: 'setPriority'; priority: TicketPriority }
  | { type: 'notify'; userIds: string[]; owner: boolean }
  | { type: 'addTag'; tag: string };

/** What is done once when a promise is in danger, or broken. */
export interface EscalationStep {
  /** Stays the same as long as the step says the same, so that none is done twice. */
  id: string;
  when: 'warning' | 'breach';
  target: SlaTarget;
  /** Minutes of business time after the warning or the breach. */
  afterMinutes: number;
  actions: EscalationAction[];
}

/** What a version of a policy says: it never changes, and clocks run by it. */
export interface SlaTerms {
  targets: Partial<Record<TicketPriority, TargetMinutes>>;
  timeZone: string;
  /** Null: around the clock. */
  workingHours: Schedule['hours'];
  /** Days without business, by local date. */
  holidays: string[];
  pauseIn: Pausing[];
  /** Share of the time after which the promise is in danger, 1 to 99. */
  warnAtPercent: number | null;
  /** Minutes of business time before the end at which it is; instead of a share. */
  warnBeforeMinutes: number | null;
  escalations: EscalationStep[];
}

export const MINUTE = 60_000;

export const scheduleOf = ({ timeZone, workingHours, holidays }: SlaTerms): Schedule => ({
  timeZone,
  hours: workingHours,
  holidays,
});

/** Milliseconds of business time that are promised; null for nothing. */
export function promisedBy(
  terms: SlaTerms,
  priority: TicketPriority,
  target: SlaTarget,
): number | null {
  const minutes = terms.targets[priority]?.[`${target}Minutes`] ?? null;
  return minutes === null ? null : minutes * MINUTE;
}

/** Business time, in milliseconds, after which a promise is in danger; null for no warning. */
export function warningAfter(terms: SlaTerms, promised: number): number | null {
  if (terms.warnBeforeMinutes !== null) {
    return Math.max(0, promised - terms.warnBeforeMinutes * MINUTE);
  }
  return terms.warnAtPercent === null ? null : Math.floor((promised * terms.warnAtPercent) / 100);
}
