/** How a number of a workbook is to be read, as its cell's format shows it. */
export interface NumberFormat {
  kind: 'number' | 'date' | 'datetime' | 'time';
  /** Digits shown at least: a postal code 01067 is the number 1067 in the format 00000. */
  digits: number;
}

export const PLAIN_NUMBER: NumberFormat = { kind: 'number', digits: 0 };

/** Formats that every workbook has without naming them (ECMA-376 part 1, 18.8.30). */
const BUILT_IN: [from: number, to: number, kind: NumberFormat['kind']][] = [
  [14, 17, 'date'],
  [18, 21, 'time'],
  [22, 22, 'datetime'],
  [27, 31, 'date'],
  [32, 35, 'time'],
  [36, 36, 'date'],
  [45, 47, 'time'],
  [50, 54, 'date'],
  [55, 56, 'time'],
  [57, 58, 'date'],
];

export function builtInFormat(id: number): NumberFormat {
  const kind = BUILT_IN.find(([from, to]) => id >= from && id <= to)?.[2];
  return kind === undefined ? PLAIN_NUMBER : { kind, digits: 0 };
}

/** The meaning of a format code such as `[$-407]d. mmm yyyy;@` or `00000`. */
export function formatOf(code: string): NumberFormat {
  const shown = code
    .slice(0, 255)
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?!h+\]|m+\]|s+\])[^\][]*\]/gi, '')
    .split(';')[0]!
    .toLowerCase();
  if (/^0+$/.test(shown)) return { kind: 'number', digits: shown.length };
  if (shown.includes('general')) return PLAIN_NUMBER;
  const hasTime = /[hs]/.test(shown);
  const hasDate = /[yd]/.test(shown) || (shown.includes('m') && !hasTime);
  if (hasDate) return { kind: hasTime ? 'datetime' : 'date', digits: 0 };
  return hasTime ? { kind: 'time', digits: 0 } : PLAIN_NUMBER;
}

const DAY = 86_400_000;
/** Days from 1899-12-30, which is where counting has to start after Excel's 29 February 1900. */
const EPOCH = Date.UTC(1899, 11, 30);
const DAYS_TO_1904 = 1462;
/** 9999-12-31 */
const LAST_DAY = 2_958_465;

/**
 * A number as its format shows it: dates as `2026-01-31`, points in time as
 * `2026-01-31T08:30:00.000Z` (workbooks know no time zones: UTC is taken), times as `08:30:00`,
 * numbers without the noise of binary fractions, to the 15 digits that a workbook means.
 */
export function readNumber(text: string, format: NumberFormat, is1904: boolean): number | string {
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  if (format.kind !== 'number') return readDate(value, format.kind, is1904) ?? value;
  if (format.digits > 0 && Number.isInteger(value) && value >= 0) {
    return String(value).padStart(format.digits, '0');
  }
  return Number.isInteger(value) ? value : Number(value.toPrecision(15));
}

function readDate(serial: number, kind: NumberFormat['kind'], is1904: boolean): string | null {
  if (serial < 0 || serial > LAST_DAY) return null;
  if (kind === 'time' && serial < 1) return new Date(serial * DAY).toISOString().slice(11, 19);
  const days = is1904 ? serial + DAYS_TO_1904 : serial < 60 ? serial + 1 : serial;
  const moment = new Date(EPOCH + Math.round(days * DAY)).toISOString();
  return kind === 'date' && Number.isInteger(serial) ? moment.slice(0, 10) : moment;
}
