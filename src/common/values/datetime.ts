import { dateOf, datePattern, isCalendarDate } from './date.js';
import { accepted, refused, type Normalized, type Normalizer } from './normalized.js';
import { instantOf, normalizeTimeZone } from './time-zone.js';

const LONGEST = 64;
const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
/** 0001-01-01 to 9999-12-31 UTC, what both JavaScript and PostgreSQL can write with four digits. */
const EARLIEST = -62_135_596_800_000;
const LATEST = 253_402_300_799_999;

const NOT_DATETIME = refused(
  'isISO8601',
  'must be a time with its offset such as 2026-01-31T09:30:00.000Z',
);

/**
 * A time of RFC 3339 (offset required), as UTC with milliseconds: `2026-01-31T09:30:00.000Z`. Finer
 * fractions are cut off; a leap second is the first one of the next minute, as in PostgreSQL.
 */
export function normalizeDatetime(raw: unknown): Normalized<string> {
  if (typeof raw !== 'string' || raw.length > LONGEST) return NOT_DATETIME;
  const match = RFC_3339.exec(raw) ?? RFC_3339.exec(raw.trim());
  if (match === null) return NOT_DATETIME;
  const [, year, month, day, hour, minute, second, fraction, sign, zoneHour, zoneMinute] = match;
  if (!isCalendarDate(Number(year), Number(month), Number(day))) return NOT_DATETIME;
  const clock = clockOf(Number(hour), Number(minute), Number(second), fraction);
  if (clock === null) return NOT_DATETIME;
  const midnight = utcMidnight(Number(year), Number(month), Number(day));
  if (sign === undefined) return fromInstant(midnight + clock);
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return NOT_DATETIME;
  const offset = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  return fromInstant(midnight + clock + (sign === '-' ? offset : -offset));
}

export interface DatetimeForm {
  /** Zone of times that come without an offset: an IANA name. Default UTC. */
  timeZone?: string;
  /** How dates are written; see `dateReader`. `YYYY-MM-DD` is always understood. */
  date?: string;
}

const ISO_DATE = '(?<year>\\d{4})-(?<month>\\d{1,2})-(?<day>\\d{1,2})';
const TIME =
  '(?:[T ,]{1,2}(?<hour>\\d{1,2}):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,9}))?)?' +
  '(?: ?(?<half>[ap])\\.?m\\.?)?)?';

/**
 * Reads times of imported cells: RFC 3339, and dates with or without a time of day that are meant
 * in the file's zone (`2010-12-01 08:26`, `31.01.2026 9:30`, `1/31/26 9:30 PM`). Null when the zone
 * or the form of the date is not one.
 */
export function datetimeReader(form: DatetimeForm = {}): Normalizer<string> | null {
  const zone = normalizeTimeZone(form.timeZone ?? 'UTC').value;
  const pattern = form.date === undefined ? ISO_DATE : datePattern(form.date);
  if (zone === undefined || pattern === null) return null;
  const forms = (form.date === undefined ? [ISO_DATE] : [pattern, ISO_DATE]).map(
    // eslint-disable-next-line security/detect-non-literal-regexp -- made by datePattern
    (date) => new RegExp(`^${date}${TIME}$`, 'i'),
  );
  return (raw) => {
    const exact = normalizeDatetime(raw);
    if (!exact.error || typeof raw !== 'string' || raw.length > LONGEST) return exact;
    const text = raw.trim();
    for (const expression of forms) {
      const groups = expression.exec(text)?.groups;
      if (groups !== undefined) return localTime(groups, zone);
    }
    return NOT_DATETIME;
  };
}

function localTime(groups: Record<string, string | undefined>, zone: string): Normalized<string> {
  const date = dateOf(groups);
  const hour = hourOf(Number(groups.hour ?? 0), groups.half);
  const clock = clockOf(
    hour,
    Number(groups.minute ?? 0),
    Number(groups.second ?? 0),
    groups.fraction,
  );
  if (date === null || clock === null) return NOT_DATETIME;
  const [year, month, day] = date.split('-').map(Number);
  const wallClock = utcMidnight(year ?? 0, month ?? 0, day ?? 0) + clock;
  return fromInstant(instantOf(wallClock, zone));
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return NaN;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}

/** Milliseconds since midnight, or null when no clock shows that. */
function clockOf(hour: number, minute: number, second: number, fraction = ''): number | null {
  const leap = second === 60 && minute === 59;
  if (!(hour <= 23) || minute > 59 || (second > 59 && !leap)) return null;
  const ms = leap ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  return ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

function utcMidnight(year: number, month: number, day: number): number {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  return year > 99
    ? Date.UTC(year, month - 1, day)
    : new Date(0).setUTCFullYear(year, month - 1, day);
}

function fromInstant(instant: number): Normalized<string> {
  if (!(instant >= EARLIEST && instant <= LATEST)) return NOT_DATETIME;
  return accepted(new Date(instant).toISOString());
}
