import type { FieldError } from '../../common/errors.js';
import { wallClockOf } from '../../common/values/time-zone.js';
import type { ColumnValues } from '../../platform/records/field-types.js';
import type { Draft } from '../../platform/records/record-rules.js';
import { normalizeRule } from './recurrence-rule.js';
import { nextOccurrence } from './recurrence.js';
import type { Series } from './recurrence.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Times that a recurrence carries along. */
export const MOVING = ['due_at', 'start_at', 'end_at', 'reminder_at'] as const;

export const instant = (value: ColumnValues[string] | undefined): number | null =>
  typeof value === 'string' ? Date.parse(value) : null;

export const timestamp = (value: number | null): string | null =>
  value === null ? null : new Date(value).toISOString();

/** Begins at a time rather than being due by it. */
const hasStart = ({ type }: ColumnValues): boolean => type === 'meeting' || type === 'call';

/** Works out what follows from an activity's times: days, end and duration, when it is up. */
export function deriveTimes({ before, after, errors, pointer }: Draft): void {
  const { values } = after;
  if (values['all_day'] === true) cutToDays(values);
  else fitDuration(before?.values ?? {}, values);
  const fault = endFault(instant(values['start_at']), instant(values['end_at']));
  if (fault !== null) errors.push({ pointer: `${pointer}/endAt`, code: 'order', detail: fault });
  const { due_at: due = null, start_at: begin = null } = values;
  values['scheduled_at'] = hasStart(values) ? (begin ?? due) : (due ?? begin);
}

function endFault(start: number | null, end: number | null): string | null {
  if (end === null) return null;
  if (start === null) return 'needs startAt';
  return end < start ? 'is before startAt' : null;
}

function cutToDays(values: ColumnValues): void {
  for (const column of ['due_at', 'start_at', 'end_at']) {
    const time = instant(values[column]);
    if (time !== null) values[column] = timestamp(Math.floor(time / DAY) * DAY);
  }
  values['duration_minutes'] = null;
}

/** The end follows start and duration; a new end changes the duration, a new start moves the end. */
function fitDuration(before: ColumnValues, values: ColumnValues): void {
  const start = instant(values['start_at']);
  if (start === null) return;
  const end = instant(values['end_at']);
  const minutes = values['duration_minutes'];
  const isNewEnd = values['end_at'] !== (before['end_at'] ?? null);
  if (end !== null && (isNewEnd || minutes === null)) {
    values['duration_minutes'] = Math.round((end - start) / MINUTE);
  } else if (typeof minutes === 'number') {
    values['end_at'] = timestamp(start + minutes * MINUTE);
  }
}

/** Checks the recurrence, and remembers what it counts from when it begins or changes. */
export function deriveSeries({ before, after, errors, pointer }: Draft): void {
  const { values } = after;
  const at = `${pointer}/recurrence`;
  if (typeof values['recurrence'] !== 'string') {
    values['series_start_at'] = null;
    return;
  }
  const { value: rule, error } = normalizeRule(values['recurrence']);
  // What goes on a series is made with where it began.
  const goesOn = before ? before.values['recurrence'] === rule : values['series_id'] !== null;
  const fault = error ?? seriesFault(values, rule, !goesOn);
  if (fault) {
    errors.push({ ...fault, pointer: at });
    return;
  }
  values['recurrence'] = rule as string;
  values['series_id'] ??= after.id;
  if (!goesOn) values['series_start_at'] = values['scheduled_at'] ?? null;
}

function seriesFault(
  values: ColumnValues,
  rule: string | undefined,
  isNew: boolean,
): Omit<FieldError, 'pointer'> | null {
  const start = instant(values['scheduled_at']);
  if (start === null) return { code: 'recurrence', detail: 'needs dueAt or startAt' };
  const series = { rule: rule as string, start, zone: zoneOf(values) };
  if (!isNew || nextOccurrence(series, start) !== null) return null;
  return { code: 'recurrence', detail: 'never comes a second time' };
}

/** The zone whose clock the times follow; days are the same everywhere. */
export function zoneOf(values: ColumnValues): string {
  return values['all_day'] === true ? 'UTC' : String(values['time_zone'] ?? 'UTC');
}

/** The series that a recurring activity belongs to; null for one that happens once. */
export function seriesOf(values: ColumnValues): Series | null {
  const start = instant(values['series_start_at']);
  if (typeof values['recurrence'] !== 'string' || start === null) return null;
  return { rule: values['recurrence'], start, zone: zoneOf(values) };
}

/**
 * When a recurring activity that is completed now comes next: after its own time, and without making
 * up for times that have passed meanwhile. Null when its series has ended.
 */
export function nextTime(values: ColumnValues, now: number): number | null {
  const series = seriesOf(values);
  const current = instant(values['scheduled_at']);
  if (!series || current === null) return null;
  const today = Math.floor(wallClockOf(now, String(values['time_zone'] ?? 'UTC')) / DAY) * DAY;
  const passed = values['all_day'] === true ? today - 1 : now;
  return nextOccurrence(series, Math.max(current, passed));
}
