import { accepted, refused } from '../../common/values/normalized.js';
import type { Normalized } from '../../common/values/normalized.js';

type Parts = ReadonlyMap<string, string>;

const listOf = (item: string): RegExp =>
  // eslint-disable-next-line security/detect-non-literal-regexp -- made of the patterns below
  new RegExp(`^${item}(?:,${item}){0,30}$`);

/** The parts of a rule that are understood, and their form. */
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d?$/,
  COUNT: /^[1-9]\d{0,2}$/,
  UNTIL: /^\d{8}(?:T\d{6}Z?)?$/,
  BYDAY: listOf('(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)'),
  BYMONTHDAY: listOf('-?(?:[1-9]|[12]\\d|3[01])'),
  BYMONTH: listOf('(?:[1-9]|1[0-2])'),
  BYSETPOS: /^-?[1-4]$/,
  WKST: /^(?:MO|TU|WE|TH|FR|SA|SU)$/,
};

/** Parts that go with a frequency besides those that go with all. */
const GOES_WITH: Readonly<Record<string, readonly string[]>> = {
  DAILY: [],
  WEEKLY: ['BYDAY', 'WKST'],
  MONTHLY: ['BYDAY', 'BYMONTHDAY', 'BYSETPOS'],
  YEARLY: ['BYDAY', 'BYMONTHDAY', 'BYMONTH', 'BYSETPOS'],
};
const ALWAYS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL'];

const fault = (detail: string) => refused('recurrence', detail);

/** A recurrence rule of RFC 5545 in one form: `FREQ` first, capitals, no `RRULE:` before it. */
export function normalizeRule(raw: string): Normalized<string> {
  const text = raw.trim().toUpperCase();
  const parts = new Map<string, string>();
  for (const part of text.replace(/^RRULE:/, '').split(';')) {
    const [name = '', value = ''] = part.split('=', 2);
    const form = PARTS[name];
    if (!form) return fault(`knows ${Object.keys(PARTS).join(', ')}, such as FREQ=WEEKLY;BYDAY=MO`);
    if (parts.has(name)) return fault(`names ${name} twice`);
    if (!form.test(value)) return fault(`cannot have this ${name}`);
    parts.set(name, value);
  }
  const clash = clashOf(parts) ?? neverOf(parts);
  if (clash !== null) return fault(clash);
  const ordered = Object.keys(PARTS).filter((name) => parts.has(name));
  return accepted(ordered.map((name) => `${name}=${parts.get(name) ?? ''}`).join(';'));
}

/** What is wrong with parts that are each right. */
function clashOf(parts: Parts): string | null {
  const frequency = parts.get('FREQ');
  const until = parts.get('UNTIL');
  if (frequency === undefined) return 'needs FREQ, such as FREQ=WEEKLY;BYDAY=MO';
  const known = [...ALWAYS, ...(GOES_WITH[frequency] ?? [])];
  const other = [...parts.keys()].find((name) => !known.includes(name));
  if (other !== undefined) return `does not take ${other} with ${frequency}`;
  if (until !== undefined && parts.has('COUNT')) return 'has either COUNT or UNTIL';
  if (until !== undefined && readUntil(until) === null) return 'cannot have this UNTIL';
  if (frequency !== 'WEEKLY' || !counts(parts)) return null;
  return 'can count weekdays (2MO) by the month or year only';
}

/** Whether weekdays are counted: the second Monday, not every Monday. */
const counts = (parts: Parts): boolean => /\d/.test(parts.get('BYDAY') ?? '');

/**
 * Why a rule would never come, or so seldom that nobody means it. The library looks until the year
 * 9999 for the next time, which must not be left to it.
 */
function neverOf(parts: Parts): string | null {
  const by = (name: string): boolean => parts.has(name);
  const interval = Number(parts.get('INTERVAL') ?? 1);
  if (by('BYDAY') && by('BYMONTHDAY')) return 'has either BYDAY or BYMONTHDAY';
  if (by('BYSETPOS') && (!by('BYDAY') || counts(parts))) return 'needs plain weekdays for BYSETPOS';
  if (parts.get('FREQ') === 'MONTHLY' && interval % 12 === 0) return 'is YEARLY at this INTERVAL';
  return parts.get('FREQ') === 'YEARLY' ? neverInYear(parts, interval) : null;
}

function neverInYear(parts: Parts, interval: number): string | null {
  if (parts.has('BYMONTH') && !parts.has('BYDAY') && !parts.has('BYMONTHDAY')) {
    return 'needs BYMONTHDAY or BYDAY besides BYMONTH';
  }
  if (/5[A-Z]/.test(parts.get('BYDAY') ?? '')) return 'counts weekdays up to the fourth';
  return neverInMonths(parts, interval) ? 'never comes' : null;
}

/** Whether none of the months has one of the days. */
function neverInMonths(parts: Parts, interval: number): boolean {
  const numbers = (name: string) => (parts.get(name) ?? '').split(',').filter(Boolean).map(Number);
  const shortest = Math.min(...numbers('BYMONTHDAY').map(Math.abs));
  const lengths = numbers('BYMONTH').map((month) => {
    if (month === 2) return interval === 1 ? 29 : 28;
    return [4, 6, 9, 11].includes(month) ? 30 : 31;
  });
  return Number.isFinite(shortest) && lengths.length > 0 && shortest > Math.max(...lengths);
}

/** Last moment of a rule, in milliseconds as if the text were UTC; null when there is none such. */
export function readUntil(text: string): number | null {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z?)?$/.exec(text) ?? [];
  const instant = Date.parse(
    `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour}:${minute}:${second}Z`,
  );
  return Number.isNaN(instant) ? null : instant;
}
