import { normalizeDate } from './values/date.js';
import { accepted, refused, type Normalized } from './values/normalized.js';
import { instantOf, wallClockOf } from './values/time-zone.js';

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A part of a day by the clock on the wall: `08:30` to `17:00`, at most `24:00`. */
export interface WorkingSpan {
  from: string;
  to: string;
}

/** When somebody works. A weekday left out is a day off. */
export type WorkingHours = Partial<Record<Weekday, readonly WorkingSpan[]>>;

/** Somebody's working hours, and where their clock hangs. */
export interface Schedule {
  /** IANA name, as `normalizeTimeZone` accepts it. */
  timeZone: string;
  /** Null: around the clock. */
  hours: WorkingHours | null;
  /** Days off by local date, `YYYY-MM-DD`. */
  holidays: readonly string[];
}

/** Milliseconds since 1970 UTC; `until` itself is outside. */
export interface Interval {
  from: number;
  until: number;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const MOST_SPANS = 12;
/** Days that are looked at for the next change: more than a year off is as good as never. */
const HORIZON = 400;
const ALL_DAY: readonly WorkingSpan[] = [{ from: '00:00', to: '24:00' }];
const MOST_HOLIDAYS = 400;
const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/**
 * Working hours as they are kept: spans in order, days without any left out.
 * @param raw `{ "monday": [{ "from": "09:00", "to": "17:00" }] }`
 */
export function normalizeWorkingHours(raw: unknown): Normalized<WorkingHours> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return refused('isObject', 'must be an object of weekdays such as monday');
  }
  const hours: WorkingHours = {};
  for (const [day, value] of Object.entries(raw)) {
    const weekday = WEEKDAYS.find((name) => name === day);
    if (!weekday) {
      return refused(
        'unknownField',
        `is not one of ${WEEKDAYS.join(', ')}`,
        `/${day.slice(0, 32)}`,
      );
    }
    const spans = normalizeSpans(value, `/${day}`);
    if (spans.error) return spans;
    if (spans.value.length > 0) hours[weekday] = spans.value;
  }
  return accepted(hours);
}

function normalizeSpans(raw: unknown, at: string): Normalized<WorkingSpan[]> {
  if (!Array.isArray(raw) || raw.length > MOST_SPANS) {
    return refused('isArray', `must be a list of at most ${MOST_SPANS} spans`, at);
  }
  const spans: WorkingSpan[] = [];
  for (const [index, item] of (raw as unknown[]).entries()) {
    const { from, to, ...others } = (item ?? {}) as Partial<Record<string, unknown>>;
    const isTime = (value: unknown): value is string =>
      typeof value === 'string' && TIME.test(value);
    if (!isTime(from) || !isTime(to) || Object.keys(others).length > 0) {
      const detail = 'must be { "from": "09:00", "to": "17:00" }, from 00:00 to 24:00';
      return refused('isSpan', detail, `${at}/${index}`);
    }
    if (from >= to) {
      const detail = 'must end after it begins; work past midnight goes on the next day';
      return refused('isOrdered', detail, `${at}/${index}`);
    }
    spans.push({ from, to });
  }
  spans.sort((left, right) => (left.from < right.from ? -1 : 1));
  const overlap = spans.some(({ from }, index) => from < (spans[index - 1]?.to ?? ''));
  return overlap ? refused('isDisjoint', 'spans must not overlap', at) : accepted(spans);
}

/**
 * Days off as they are kept: each once, in order.
 * @param raw at most {@link MOST_HOLIDAYS} dates.
 */
export function normalizeHolidays(raw: unknown): Normalized<string[]> {
  if (!Array.isArray(raw) || raw.length > MOST_HOLIDAYS) {
    return refused('isArray', `must be a list of at most ${MOST_HOLIDAYS} dates`);
  }
  const dates = new Set<string>();
  for (const [index, item] of (raw as unknown[]).entries()) {
    const { value, error } = normalizeDate(item);
    if (error) return refused(error.code, error.detail, `/${index}`);
    dates.add(value);
  }
  return accepted([...dates].sort());
}

/**
 * The times somebody works between two instants, in order; those that meet are one.
 * @param until at most {@link HORIZON} days after `from`.
 */
export function* workingIntervals(schedule: Schedule, range: Interval): Generator<Interval> {
  let open: Interval | undefined;
  for (const span of spansFrom(schedule, range.from, range.until)) {
    const clipped = {
      from: Math.max(span.from, range.from),
      until: Math.min(span.until, range.until),
    };
    if (open && clipped.from <= open.until) {
      open = { from: open.from, until: Math.max(open.until, clipped.until) };
    } else {
      if (open) yield open;
      open = clipped;
    }
  }
  if (open) yield open;
}

/** Whether somebody works at an instant, and until when that stays so; null for "for good". */
export function workingStateAt(
  schedule: Schedule,
  at: number,
): { isWorking: boolean; until: number | null } {
  const end = at + HORIZON * DAY;
  const [first] = workingIntervals(schedule, { from: at, until: end });
  if (!first) return { isWorking: false, until: null };
  if (first.from > at) return { isWorking: false, until: first.from };
  return { isWorking: true, until: first.until >= end ? null : first.until };
}

/** Milliseconds somebody works between two instants, such as the age of a ticket. */
export function workingTimeBetween(schedule: Schedule, range: Interval): number {
  let sum = 0;
  for (const { from, until } of workingIntervals(schedule, range)) sum += until - from;
  return sum;
}

/**
 * The instant at which somebody has worked for so long, such as when an answer is due.
 * @param duration milliseconds of working time, 0 or more.
 * @returns null when they do not work that much within {@link HORIZON} days.
 */
export function afterWorkingTime(
  schedule: Schedule,
  from: number,
  duration: number,
): number | null {
  let left = duration;
  let reached = from;
  for (const span of spansFrom(schedule, from, from + HORIZON * DAY)) {
    const start = Math.max(span.from, reached);
    if (span.until <= start) continue;
    if (span.until - start >= left) return start + left;
    left -= span.until - start;
    reached = span.until;
  }
  return null;
}

/** Spans that end after `from` and begin before `until`, day by day, in order. */
function* spansFrom(schedule: Schedule, from: number, until: number): Generator<Interval> {
  const { timeZone } = schedule;
  const last = Math.floor(wallClockOf(until, timeZone) / DAY) + 1;
  for (let day = Math.floor(wallClockOf(from, timeZone) / DAY) - 1; day <= last; day += 1) {
    const spans = spansOf(schedule, day)
      .map((span) => ({
        from: instantOf(day * DAY + minutesOf(span.from) * MINUTE, timeZone),
        until: instantOf(day * DAY + minutesOf(span.to) * MINUTE, timeZone),
      }))
      // A span inside the hour that a clock skips comes later than it says.
      .sort((left, right) => left.from - right.from);
    for (const span of spans) {
      if (span.until > from && span.from < until && span.until > span.from) yield span;
    }
  }
}

function spansOf({ hours, holidays }: Schedule, day: number): readonly WorkingSpan[] {
  if (holidays.length > 0) {
    const date = new Date(day * DAY).toISOString().slice(0, 10);
    if (holidays.includes(date)) return [];
  }
  if (hours === null) return ALL_DAY;
  // 1970 began on a Thursday.
  const weekday = WEEKDAYS[(((day + 3) % 7) + 7) % 7] as Weekday;
  return hours[weekday] ?? [];
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
