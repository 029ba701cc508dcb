import { describe, expect, test } from '@jest/globals';
import { monthsBetween, spanOf } from './period.js';

describe('a period', () => {
  test('is a month, a quarter or a year, from its first to its last day', () => {
    expect(spanOf('2028-02')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
    expect(spanOf('2026-02')).toEqual({ from: '2026-02-01', to: '2026-02-28' });
    expect(spanOf('2026-Q4')).toEqual({ from: '2026-10-01', to: '2026-12-31' });
    expect(spanOf('2026')).toEqual({ from: '2026-01-01', to: '2026-12-31' });
    for (const text of ['2026-13', '2026-Q5', '26', '2026-1', '']) {
      expect(spanOf(text)).toBeUndefined();
    }
  });

  test('of months goes over the end of a year', () => {
    expect(monthsBetween('2026-11', '2027-02')).toEqual([
      ...['2026-11', '2026-12', '2027-01', '2027-02'],
    ]);
    expect(monthsBetween('2026-02', '2026-01')).toEqual([]);
  });
});
