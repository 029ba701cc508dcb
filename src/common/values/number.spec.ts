import { describe, expect, it } from '@jest/globals';
import { normalizeInteger, normalizeNumber, readInteger, readNumber } from './number.js';

describe('numbers of a JSON body', () => {
  it('are numbers, not texts', () => {
    expect(normalizeInteger(12)).toEqual({ value: 12 });
    expect(normalizeInteger(-0)).toEqual({ value: 0 });
    expect(normalizeNumber(1.5)).toEqual({ value: 1.5 });
    for (const raw of ['12', 1.5, NaN, 2 ** 53, null, true, 10n]) {
      expect(normalizeInteger(raw).error?.code).toBe('isInt');
    }
    for (const raw of ['1.5', NaN, Infinity, null, []]) {
      expect(normalizeNumber(raw).error?.code).toBe('isNumber');
    }
  });

  it('stay within the limits of the field', () => {
    expect(normalizeInteger(5, { min: 0, max: 5 })).toEqual({ value: 5 });
    expect(normalizeInteger(-1, { min: 0 }).error?.detail).toBe('must be at least 0');
    expect(normalizeNumber(5.1, { max: 5 }).error?.code).toBe('max');
  });
});

describe('numbers of an imported cell', () => {
  it('may be grouped and carry decimals that say nothing', () => {
    expect(readInteger('12')).toEqual({ value: 12 });
    expect(readInteger('1,234,567')).toEqual({ value: 1_234_567 });
    expect(readInteger('17850.0')).toEqual({ value: 17_850 });
    expect(readInteger(7)).toEqual({ value: 7 });
    expect(readNumber('11.327765')).toEqual({ value: 11.327765 });
    expect(readNumber('55.17625779999999')).toEqual({ value: 55.17625779999999 });
    expect(readNumber('1,5', { decimalMark: ',' })).toEqual({ value: 1.5 });
  });

  it('are refused where they are no number of the kind', () => {
    expect(readInteger('1.5').error?.code).toBe('isInt');
    expect(readInteger('twelve').error).toBeDefined();
    expect(readInteger('1', { min: 2 }).error?.code).toBe('min');
    expect(readNumber('').error).toBeDefined();
    expect(readInteger('99999999999999999999').error?.code).toBe('isInt');
  });
});
