import { accepted, refused, type Normalized } from './normalized.js';

export interface DecimalOptions {
  /** Digits in all, before and after the point. Default 19, as in `numeric(19,4)`. */
  precision?: number;
  /** Digits after the point. Default 4. */
  scale?: number;
  /** Too many decimals are refused, or rounded half away from zero (for files with float noise). */
  excess?: 'refuse' | 'round';
}

/** Longest text that is looked at. */
export const LONGEST_DECIMAL = 64;
const NUMBER = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,3}))?$/;
const LARGEST_EXPONENT = 60;

export const NOT_DECIMAL = refused('isDecimal', 'must be a decimal number such as "1250.00"');

/**
 * A decimal number as its shortest exact text (`"1250"`, `"-0.5"`), from a JSON number or from
 * text with a decimal point. Never passes through a float.
 */
export function normalizeDecimal(raw: unknown, options: DecimalOptions = {}): Normalized<string> {
  const text = typeof raw === 'number' ? String(raw) : raw;
  if (typeof text !== 'string' || text.length > LONGEST_DECIMAL) return NOT_DECIMAL;
  const match = NUMBER.exec(text.trim());
  if (match === null) return NOT_DECIMAL;
  const [, sign, whole = '', fraction = '', exponent] = match;
  if (whole === '' && fraction === '') return NOT_DECIMAL;
  if (exponent === undefined) return fit(sign === '-', whole, fraction, options);
  const power = Number(exponent);
  if (Math.abs(power) > LARGEST_EXPONENT) return NOT_DECIMAL;
  const [shiftedWhole, shiftedFraction] = shift(whole, fraction, power);
  return fit(sign === '-', shiftedWhole, shiftedFraction, options);
}

function shift(whole: string, fraction: string, power: number): [string, string] {
  const digits =
    power < 0 ? '0'.repeat(-power) + whole + fraction : whole + fraction + '0'.repeat(power);
  const point = power < 0 ? whole.length : whole.length + power;
  return [digits.slice(0, point), digits.slice(point)];
}

function fit(
  negative: boolean,
  rawWhole: string,
  rawFraction: string,
  options: DecimalOptions,
): Normalized<string> {
  const { precision = 19, scale = 4, excess = 'refuse' } = options;
  let whole = withoutLeadingZeros(rawWhole);
  let fraction = withoutTrailingZeros(rawFraction);
  if (fraction.length > scale) {
    if (excess === 'refuse') {
      return refused('maxDecimals', `must have at most ${scale} decimals`);
    }
    [whole, fraction] = round(whole, fraction, scale);
  }
  if (whole.length > precision - scale) {
    return refused(
      'maxDigits',
      `must have at most ${precision - scale} digits before the decimal point`,
    );
  }
  const magnitude = (whole || '0') + (fraction === '' ? '' : `.${fraction}`);
  return accepted(negative && magnitude !== '0' ? `-${magnitude}` : magnitude);
}

function round(whole: string, fraction: string, scale: number): [string, string] {
  const kept = whole + fraction.slice(0, scale);
  const up = fraction.charCodeAt(scale) >= 53; // '5'
  const digits = (BigInt(kept || '0') + (up ? 1n : 0n)).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return [withoutLeadingZeros(digits.slice(0, point)), withoutTrailingZeros(digits.slice(point))];
}

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (start < digits.length && digits.charCodeAt(start) === 48) start++;
  return start === 0 ? digits : digits.slice(start);
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end--;
  return end === digits.length ? digits : digits.slice(0, end);
}
