import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { normalizeTimeZone } from '../../../common/values/time-zone.js';
import type { Normalized } from '../../../common/values/normalized.js';
import {
  afterWorkingTime,
  normalizeHolidays,
  normalizeWorkingHours,
} from '../../../common/working-hours.js';
import { TICKET_PRIORITIES } from '../../tickets/index.js';
import { MINUTE, scheduleOf } from '../clocks/sla-terms.js';
import type { SlaTerms, TargetMinutes } from '../clocks/sla-terms.js';
import { readEscalations } from './escalation-input.js';
import { MOST_MINUTES } from './sla-policy.dto.js';

const MEMBERS = ['firstResponseMinutes', 'resolutionMinutes'] as const;

/** What bodies say of terms; the rules of the DTO have looked at it. */
export type TermsInput = Partial<Record<keyof SlaTerms, unknown>>;

/**
 * The terms that a body makes of those there are.
 * @param now for telling whether the business hours ever add up to what is promised.
 * @throws Problem 422 naming every fault.
 */
export function readTerms(before: SlaTerms, input: TermsInput, now: number): SlaTerms {
  const errors: FieldError[] = [];
  const read = <T>(
    name: keyof SlaTerms,
    fallback: T,
    normalize: (raw: unknown) => Normalized<T>,
  ): T => {
    const raw = input[name];
    if (raw === undefined) return fallback;
    const { value, error } = normalize(raw);
    if (!error) return value;
    const { code, detail } = error;
    errors.push({ pointer: `/${name}${error.at ?? ''}`, code, detail });
    return fallback;
  };
  const terms: SlaTerms = {
    targets: input.targets === undefined ? before.targets : readTargets(input.targets, errors),
    timeZone: read('timeZone', before.timeZone, normalizeTimeZone),
    workingHours:
      input.workingHours === null
        ? null
        : read('workingHours', before.workingHours, normalizeWorkingHours),
    holidays: read('holidays', before.holidays, normalizeHolidays),
    pauseIn: (input.pauseIn as SlaTerms['pauseIn'] | undefined) ?? before.pauseIn,
    ...readWarning(before, input, errors),
    escalations: Array.isArray(input.escalations)
      ? readEscalations(input.escalations, before.escalations, errors)
      : before.escalations,
  };
  if (errors.length === 0) checkWhole(terms, now, errors);
  if (errors.length > 0) throw Problem.validation(errors);
  return terms;
}

function readTargets(raw: unknown, errors: FieldError[]): SlaTerms['targets'] {
  const targets: SlaTerms['targets'] = {};
  for (const [name, value] of Object.entries(raw as object)) {
    const priority = TICKET_PRIORITIES.find((known) => known === name);
    const pointer = `/targets/${name.slice(0, 32)}`;
    if (!priority) {
      const detail = `is not one of ${TICKET_PRIORITIES.join(', ')}`;
      errors.push({ pointer, code: 'unknownField', detail });
    } else if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const detail = 'must be { "firstResponseMinutes": 60, "resolutionMinutes": 480 }';
      errors.push({ pointer, code: 'isObject', detail });
    } else {
      targets[priority] = readMinutes(value as Record<string, unknown>, pointer, errors);
    }
  }
  return targets;
}

function readMinutes(
  raw: Readonly<Record<string, unknown>>,
  pointer: string,
  errors: FieldError[],
): TargetMinutes {
  const minutes: TargetMinutes = { firstResponseMinutes: null, resolutionMinutes: null };
  for (const [name, value] of Object.entries(raw)) {
    const member = MEMBERS.find((known) => known === name);
    const at = `${pointer}/${name.slice(0, 64)}`;
    if (!member) {
      const detail = `is not one of ${MEMBERS.join(', ')}`;
      errors.push({ pointer: at, code: 'unknownField', detail });
    } else if (value !== null && !isMinutes(value)) {
      const detail = `must be a whole number of minutes from 1 to ${MOST_MINUTES}, or null`;
      errors.push({ pointer: at, code: 'isInt', detail });
    } else minutes[member] = value;
  }
  return minutes;
}

const isMinutes = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST_MINUTES;

/** A body that names one kind of warning means it in place of the other. */
function readWarning(
  before: SlaTerms,
  { warnAtPercent, warnBeforeMinutes }: TermsInput,
  errors: FieldError[],
): Pick<SlaTerms, 'warnAtPercent' | 'warnBeforeMinutes'> {
  const percent = warnAtPercent as number | null | undefined;
  const minutes = warnBeforeMinutes as number | null | undefined;
  if (percent != null && minutes != null) {
    const detail = 'stands beside warnAtPercent; give one of them';
    errors.push({ pointer: '/warnBeforeMinutes', code: 'choice', detail });
  }
  return {
    warnAtPercent: chosen(percent, minutes, before.warnAtPercent),
    warnBeforeMinutes: chosen(minutes, percent, before.warnBeforeMinutes),
  };
}

type Given = number | null | undefined;

function chosen(given: Given, other: Given, before: number | null): number | null {
  if (given !== undefined) return given;
  return other == null ? before : null;
}

/** What no part of the terms shows by itself. */
function checkWhole(terms: SlaTerms, now: number, errors: FieldError[]): void {
  const promised = Object.values(terms.targets).flatMap((minutes) =>
    MEMBERS.flatMap((name) => minutes[name] ?? []),
  );
  if (promised.length === 0) {
    const detail = 'must promise something, such as { "normal": { "resolutionMinutes": 480 } }';
    errors.push({ pointer: '/targets', code: 'isNotEmpty', detail });
    return;
  }
  const warns = terms.warnAtPercent !== null || terms.warnBeforeMinutes !== null;
  for (const [index, { when }] of terms.escalations.entries()) {
    if (when === 'breach' || warns) continue;
    const detail = 'needs warnAtPercent or warnBeforeMinutes, for there is no warning without';
    errors.push({ pointer: `/escalations/${index}/when`, code: 'incomplete', detail });
  }
  const longest =
    Math.max(...promised) + Math.max(0, ...terms.escalations.map((step) => step.afterMinutes));
  if (afterWorkingTime(scheduleOf(terms), now, longest * MINUTE) === null) {
    const detail = `do not come to ${longest} minutes, the longest that is promised, within a year`;
    errors.push({ pointer: '/workingHours', code: 'tooShort', detail });
  }
}
