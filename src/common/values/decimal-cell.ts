import { LONGEST_DECIMAL, normalizeDecimal, NOT_DECIMAL, type DecimalOptions } from './decimal.js';
import { refused, type Normalized } from './normalized.js';

export interface DecimalCellOptions extends DecimalOptions {
  /** The file's decimal mark; without it cells that could be read in two ways are refused. */
  decimalMark?: '.' | ',';
}

const PLAIN = /^[+-]?\d+(?:\.\d+)?$/;
const CURRENCY_BEFORE = /^(?:\p{Sc}|[A-Z]{3}(?![A-Z]))/u;
const CURRENCY_AFTER = /(?:\p{Sc}|(?<![A-Z])[A-Z]{3})$/u;
const GROUPING = /[\s'’_]/g;
const TWO_READINGS = /^[1-9]\d{0,2},\d{3}$/;

const AMBIGUOUS = refused(
  'isDecimal',
  'could be read in two ways; say which sign is the decimal mark',
);

/**
 * A decimal from an imported cell: `1,250.00`, `1.250,00`, `€ 1 250`, `(3.50)` for minus. A lone
 * comma before three digits (`1,250`) is refused unless the file's decimal mark is known, because
 * guessing would change the value a thousandfold. A lone point is the decimal mark, as in JSON.
 */
export function readDecimal(raw: unknown, options: DecimalCellOptions = {}): Normalized<string> {
  if (typeof raw !== 'string') return normalizeDecimal(raw, options);
  if (raw.length > LONGEST_DECIMAL) return NOT_DECIMAL;
  const text = raw.trim();
  if (options.decimalMark !== ',' && PLAIN.test(text)) return normalizeDecimal(text, options);
  const { minus, digits } = stripped(text);
  if (options.decimalMark === undefined && TWO_READINGS.test(digits)) return AMBIGUOUS;
  const canonical = withPoint(digits, options.decimalMark ?? decimalMarkOf(digits));
  if (canonical === null) return NOT_DECIMAL;
  return normalizeDecimal(minus ? `-${canonical}` : canonical, options);
}

/** Sign, brackets, currency and spaces taken off. */
function stripped(text: string): { minus: boolean; digits: string } {
  const inBrackets = text.startsWith('(') && text.endsWith(')');
  const bare = (inBrackets ? text.slice(1, -1) : text).trim().replace('−', '-');
  const withoutCurrency = bare.replace(CURRENCY_BEFORE, '').replace(CURRENCY_AFTER, '').trim();
  const signed = withoutCurrency.startsWith('-') || withoutCurrency.startsWith('+');
  const number = signed ? withoutCurrency.slice(1) : withoutCurrency;
  return {
    minus: inBrackets || withoutCurrency.startsWith('-'),
    digits: number.trim().replace(CURRENCY_BEFORE, '').replace(GROUPING, ''),
  };
}

/** The mark that comes last is the decimal one; one that comes twice is none. */
function decimalMarkOf(text: string): '.' | ',' {
  const comma = text.lastIndexOf(',');
  const point = text.lastIndexOf('.');
  if (comma < 0) return text.indexOf('.') === point ? '.' : ',';
  if (point < 0) return text.indexOf(',') === comma ? ',' : '.';
  return comma > point ? ',' : '.';
}

/** The number with a decimal point and no grouping, or null when it is not grouped properly. */
function withPoint(text: string, mark: '.' | ','): string | null {
  const grouping = mark === '.' ? ',' : '.';
  const parts = text.split(mark);
  const fraction = parts[1];
  if (parts.length > 2 || fraction?.includes(grouping)) return null;
  const groups = (parts[0] ?? '').split(grouping);
  if (!isGrouped(groups)) return null;
  return groups.join('') + (fraction === undefined ? '' : `.${fraction}`);
}

/** `1.234.567` and, as in India, `12.34.567`. */
function isGrouped(groups: readonly string[]): boolean {
  if (groups.length === 1) return true;
  if (groups[0] === '' || groups.at(-1)?.length !== 3) return false;
  return groups.slice(1).every((group) => group.length === 3 || group.length === 2);
}
