import { minorUnits, normalizeCurrency } from './currency.js';
import { readDecimal, type DecimalCellOptions } from './decimal-cell.js';
import { normalizeDecimal } from './decimal.js';
import { accepted, refused, type Normalized } from './normalized.js';

/** `{ "amount": "1250.00", "currency": "EUR" }`; the amount fits `numeric(19,4)`. */
export interface Money {
  amount: string;
  currency: string;
}

const NOT_MONEY = refused(
  'isMoney',
  'must be an object { "amount": "1250.00", "currency": "EUR" }',
);

/**
 * An amount of money with its currency. The amount may be text or a JSON number, has at most 4
 * decimals (prices per unit go below a cent), and is written with at least the decimals of its
 * currency: `1250` becomes `"1250.00"` in EUR and stays `"1250"` in JPY.
 */
export function normalizeMoney(raw: unknown): Normalized<Money> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return NOT_MONEY;
  const { amount, currency, ...unknown } = raw as Record<string, unknown>;
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) {
    return refused('unknownField', 'has only amount and currency', `/${escapePointer(extra)}`);
  }
  const code = normalizeCurrency(currency);
  if (code.error) return refused(code.error.code, code.error.detail, '/currency');
  const number = normalizeDecimal(amount);
  if (number.error) return refused(number.error.code, number.error.detail, '/amount');
  return accepted({ amount: padAmount(number.value, code.value), currency: code.value });
}

/** An imported cell that holds only the amount; see `readDecimal`. Excess decimals are rounded to 4. */
export function readAmount(
  raw: unknown,
  currency: string,
  options: DecimalCellOptions = {},
): Normalized<string> {
  const number = readDecimal(raw, { excess: 'round', ...options });
  return number.error ? number : accepted(padAmount(number.value, currency));
}

/** A canonical decimal, written with at least the decimals of the currency. */
export function padAmount(decimal: string, currency: string): string {
  const digits = minorUnits(currency);
  if (digits === 0) return decimal;
  const point = decimal.indexOf('.');
  if (point < 0) return `${decimal}.${'0'.repeat(digits)}`;
  return decimal.padEnd(point + 1 + digits, '0');
}

function escapePointer(member: string): string {
  return member.replaceAll('~', '~0').replaceAll('/', '~1');
}
