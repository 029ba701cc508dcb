import { accepted, refused, type Normalized } from './normalized.js';
import { remembered } from './remembered.js';

const LONGEST = 64;
const NAME = /^[a-z][a-z0-9_+-]*(?:\/[a-z0-9_+-]+){0,2}$/i;

const NOT_ZONE = refused('isTimeZone', 'must be an IANA time zone such as Europe/Berlin');

/** V8 answers with the names of 1993; these are the ones IANA uses today. */
const RENAMED: Readonly<Record<string, string>> = {
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Africa/Asmera': 'Africa/Asmara',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

const lookUp = remembered((raw: string): Normalized<string> => {
  const name = raw.trim();
  if (!NAME.test(name)) return NOT_ZONE;
  try {
    const zone = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return accepted(RENAMED[zone] ?? zone);
  } catch (error) {
    if (error instanceof RangeError) return NOT_ZONE; // how Intl says "unknown"
    throw error;
  }
}, 1024);

/** An IANA zone by its present name: `europe/berlin`, `Asia/Calcutta`, `US/Eastern`, `UTC`. No offsets. */
export function normalizeTimeZone(raw: unknown): Normalized<string> {
  return typeof raw !== 'string' || raw.length > LONGEST ? NOT_ZONE : lookUp(raw);
}

const QUARTER_HOUR = 900_000; // since 1972 offsets change on quarter hours only
const MOST_OFFSETS = 10_000;
const offsets = new Map<string, Map<number, number>>();
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The instant a wall clock shows a time, in milliseconds since 1970 UTC. A time that the clock
 * skips is read as if it had not been put forward yet; of a time it shows twice the first is meant.
 * @param wallClock the clock's reading, as if it were UTC, in milliseconds
 * @param zone an IANA name that `normalizeTimeZone` has accepted
 */
export function instantOf(wallClock: number, zone: string): number {
  if (zone === 'UTC') return wallClock;
  const before = offsetAt(wallClock - 86_400_000, zone);
  const after = offsetAt(wallClock + 86_400_000, zone);
  if (before === after) return wallClock - before;
  const early = wallClock - before;
  if (offsetAt(early, zone) === before) return early;
  const late = wallClock - after;
  return offsetAt(late, zone) === after ? late : early;
}

/**
 * What the clocks of a zone show at an instant, as if it were UTC, in milliseconds since 1970.
 * @param instant milliseconds since 1970 UTC
 * @param zone an IANA name that `normalizeTimeZone` has accepted
 */
export function wallClockOf(instant: number, zone: string): number {
  return zone === 'UTC' ? instant : instant + offsetAt(instant, zone);
}

function offsetAt(instant: number, zone: string): number {
  const quarter = Math.floor(instant / QUARTER_HOUR);
  let known = offsets.get(zone);
  if (known === undefined || known.size >= MOST_OFFSETS) {
    known = new Map();
    offsets.set(zone, known);
  }
  let offset = known.get(quarter);
  if (offset === undefined) {
    const start = quarter * QUARTER_HOUR;
    offset = wallClockAt(start, zone) - start;
    known.set(quarter, offset);
  }
  return offset;
}

function wallClockAt(instant: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return (
    new Date(0).setUTCFullYear(year, month - 1, day) + (hour * 60 + minute) * 60_000 + second * 1000
  );
}
