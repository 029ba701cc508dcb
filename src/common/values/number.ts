import { readDecimal, type DecimalCellOptions } from './decimal-cell.js';
import { accepted, refused, type Normalized, type ValueFault } from './normalized.js';

export interface NumberLimits {
  min?: number;
  max?: number;
}

const NOT_NUMBER = refused('isNumber', 'must be a number');
const NOT_INTEGER = refused('isInt', 'must be an integer');
/** Enough for any float a file may write out in full. */
const WIDE = { precision: 40, scale: 20, excess: 'round' } as const;

/** A finite JSON number. Text is refused; see `readNumber`. */
export function normalizeNumber(raw: unknown, limits: NumberLimits = {}): Normalized<number> {
  if (typeof raw !== 'number' || !Number.isFinite(raw)) return NOT_NUMBER;
  return withinLimits(raw === 0 ? 0 : raw, limits);
}

/** An integer that JavaScript can hold exactly (±2^53). Text is refused; see `readInteger`. */
export function normalizeInteger(raw: unknown, limits: NumberLimits = {}): Normalized<number> {
  if (!Number.isSafeInteger(raw)) return NOT_INTEGER;
  return withinLimits(raw === 0 ? 0 : (raw as number), limits);
}

/** A number from an imported cell, with or without grouping; see `readDecimal`. */
export function readNumber(
  raw: unknown,
  options: NumberLimits & Pick<DecimalCellOptions, 'decimalMark'> = {},
): Normalized<number> {
  const value = numberIn(raw, options.decimalMark);
  return typeof value === 'number' ? normalizeNumber(value, options) : value;
}

/** An integer from an imported cell, with or without grouping; `12.0` is 12. */
export function readInteger(
  raw: unknown,
  options: NumberLimits & Pick<DecimalCellOptions, 'decimalMark'> = {},
): Normalized<number> {
  const value = numberIn(raw, options.decimalMark);
  return typeof value === 'number' ? normalizeInteger(value, options) : value;
}

function numberIn(raw: unknown, decimalMark?: '.' | ','): number | { error: ValueFault } {
  if (typeof raw === 'number') return raw;
  const decimal = readDecimal(raw, decimalMark === undefined ? WIDE : { ...WIDE, decimalMark });
  return decimal.error ? decimal : Number(decimal.value);
}

function withinLimits(value: number, { min, max }: NumberLimits): Normalized<number> {
  if (min !== undefined && value < min) return refused('min', `must be at least ${min}`);
  if (max !== undefined && value > max) return refused('max', `must be at most ${max}`);
  return accepted(value);
}
