import { accepted, refused, type Normalized, type Normalizer } from './normalized.js';

const NOT_DATE = refused('isDateString', 'must be a date such as 2026-01-31');
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const LONGEST = 64;

/** A calendar date `YYYY-MM-DD` of the years 0001 to 9999 that there is or was. */
export function normalizeDate(raw: unknown): Normalized<string> {
  if (typeof raw !== 'string') return NOT_DATE;
  const text = raw.length === 10 ? raw : raw.slice(0, LONGEST).trim();
  if (text.length !== 10 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return NOT_DATE;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  return isCalendarDate(year, month, day) ? accepted(text) : NOT_DATE;
}

/** Whether the Gregorian calendar has the day, in the years 1 to 9999. NaN is no day. */
export function isCalendarDate(year: number, month: number, day: number): boolean {
  return year >= 1 && year <= 9999 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  if (month === 4 || month === 6 || month === 9 || month === 11) return 30;
  return month >= 1 && month <= 12 ? 31 : 0;
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

const TOKEN = /YYYY|YY|MMMM|MMM|MM|M|DD|D/g;
const PATTERNS: Readonly<Record<string, [group: string, adjacent: string, separated: string]>> = {
  YYYY: ['year', '\\d{4}', '\\d{4}'],
  YY: ['shortYear', '\\d{2}', '\\d{2}'],
  MMMM: ['name', '[a-z]{3,9}\\.?', '[a-z]{3,9}\\.?'],
  MMM: ['name', '[a-z]{3,9}\\.?', '[a-z]{3,9}\\.?'],
  MM: ['month', '\\d{2}', '\\d{1,2}'],
  M: ['month', '\\d{1,2}', '\\d{1,2}'],
  DD: ['day', '\\d{2}', '\\d{1,2}'],
  D: ['day', '\\d{1,2}', '\\d{1,2}'],
};
/** Spreadsheets write a time of midnight behind dates. */
const MIDNIGHT = '(?:[T ]0{1,2}:00(?::00(?:\\.0{1,6})?)?)?';

/**
 * Reads dates of one written form, such as `DD.MM.YYYY`, `M/D/YY`, `YYYYMMDD` or `D MMM YYYY`
 * (English month names), and `YYYY-MM-DD` always. A leading zero may be missing where a separator
 * follows; two-digit years are 1970 to 2069. Answers `YYYY-MM-DD`, or null as a reader when the
 * form lacks day, month or year, names one twice, or is longer than 32 characters.
 */
export function dateReader(form: string): Normalizer<string> | null {
  const pattern = datePattern(form);
  if (pattern === null) return null;
  // Made of the fixed patterns above and escaped separators.
  // eslint-disable-next-line security/detect-non-literal-regexp
  const expression = new RegExp(`^${pattern}${MIDNIGHT}$`, 'i');
  const fault = refused('isDateString', `must be a date of the form ${form}`);
  return (raw) => {
    const iso = normalizeDate(raw);
    if (!iso.error || typeof raw !== 'string' || raw.length > LONGEST) return iso;
    const match = expression.exec(raw.trim());
    const date = match === null ? null : dateOf(match.groups ?? {});
    return date === null ? fault : accepted(date);
  };
}

/** The regular expression of a form, with named groups; null when it is not a form. */
export function datePattern(form: string): string | null {
  if (form.length > 32) return null;
  const seen: string[] = [];
  let pattern = '';
  let end = 0;
  for (const match of form.matchAll(TOKEN)) {
    const [group, adjacent, separated] = PATTERNS[match[0]] ?? ['', '', ''];
    const next = form.slice(match.index + match[0].length);
    pattern += literal(form.slice(end, match.index));
    pattern += `(?<${group}>${/^[YMD]/.test(next) ? adjacent : separated})`;
    seen.push(group.replace(/shortYear/, 'year').replace(/name/, 'month'));
    end = match.index + match[0].length;
  }
  if (seen.sort().join() !== 'day,month,year') return null;
  return pattern + literal(form.slice(end));
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** `YYYY-MM-DD` of the groups a `datePattern` has matched, or null when there is no such day. */
export function dateOf(groups: Record<string, string | undefined>): string | null {
  const short = Number(groups.shortYear);
  const year = groups.year === undefined ? short + (short < 70 ? 2000 : 1900) : Number(groups.year);
  const name = groups.name?.slice(0, 3).toLowerCase();
  const month = name === undefined ? Number(groups.month) : MONTHS.indexOf(name) + 1;
  const day = Number(groups.day);
  if (!isCalendarDate(year, month, day)) return null;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}
