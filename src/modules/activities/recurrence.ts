import rrule from 'rrule';
import { instantOf, wallClockOf } from '../../common/values/time-zone.js';
import { readUntil } from './recurrence-rule.js';

const { RRule } = rrule;

const DAY = 86_400_000;
/** How far ahead the next time is looked for: more than any rule that somebody means leaves out. */
const HORIZON = 30 * 366 * DAY;

/** When a series goes on: its rule and where it began. */
export interface Series {
  /** As `normalizeRule` gives it. */
  rule: string;
  /** Milliseconds since 1970 UTC. */
  start: number;
  /** Zone whose clock it follows; UTC for days. */
  zone: string;
}

/**
 * The times of a series between two instants, both left out, in their order.
 * @param most how many at most.
 * @returns milliseconds since 1970 UTC.
 */
export function occurrences(series: Series, after: number, before: number, most: number): number[] {
  const { zone } = series;
  // The library knows no zones: it is given what the clock shows as if that were UTC.
  const start = wallClockOf(series.start, zone);
  const { until: last, ...options } = RRule.parseString(series.rule);
  const limit = Math.min(wallClockOf(before, zone) - 1, last ? lastOf(series) : Infinity);
  const rule = new RRule({ ...options, dtstart: new Date(start), until: new Date(limit) });
  const found: number[] = [];
  const from = new Date(Math.max(start, wallClockOf(after, zone) - DAY));
  rule.between(from, new Date(limit), true, (date) => {
    const instant = instantOf(date.getTime(), zone);
    if (instant > after && instant < before) found.push(instant);
    return found.length < most;
  });
  return found;
}

/** The first time of a series after an instant; null when it has ended. */
export function nextOccurrence(series: Series, after: number): number | null {
  return occurrences(series, after, after + HORIZON, 1)[0] ?? null;
}

/** Last moment that the clock may show: UNTIL is a day, a time of the clock, or one of UTC. */
function lastOf({ rule, zone }: Series): number {
  const text = /UNTIL=([^;]*)/.exec(rule)?.[1] ?? '';
  const until = readUntil(text) ?? Infinity;
  if (text.endsWith('Z')) return wallClockOf(until, zone);
  return text.length === 8 ? until + DAY - 1 : until;
}
