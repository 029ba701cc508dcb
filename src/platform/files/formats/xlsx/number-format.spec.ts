import { describe, expect, it } from '@jest/globals';
import { builtInFormat, formatOf, readNumber } from './number-format.js';

describe('formats of numbers', () => {
  it.each([
    ['General', 'number'],
    ['0.00', 'number'],
    ['#,##0.00 "days"', 'number'],
    ['0.00E+00', 'number'],
    ['[Red]-0.0', 'number'],
    ['yyyy-mm-dd', 'date'],
    ['[$-407]d. mmmm yyyy;@', 'date'],
    ['yyyy"年"m"月"d"日"', 'date'],
    ['mmm-yy', 'date'],
    ['m/d/yy h:mm', 'datetime'],
    ['h:mm:ss AM/PM', 'time'],
    ['[h]:mm', 'time'],
    ['mm:ss', 'time'],
  ])('%s shows a %s', (code, kind) => expect(formatOf(code).kind).toBe(kind));

  it('know which of the built-in ones show dates', () => {
    expect([0, 2, 14, 20, 22, 49].map((id) => builtInFormat(id).kind)).toEqual([
      ...['number', 'number', 'date', 'time', 'datetime', 'number'],
    ]);
  });

  it('read the days of 1900 as Excel counts them, which believes in 29 February', () => {
    const date = { kind: 'date', digits: 0 } as const;
    expect(readNumber('1', date, false)).toBe('1900-01-01');
    expect(readNumber('59', date, false)).toBe('1900-02-28');
    expect(readNumber('61', date, false)).toBe('1900-03-01');
    expect(readNumber('46204', date, false)).toBe('2026-07-01');
    expect(readNumber('46204.25', date, false)).toBe('2026-07-01T06:00:00.000Z');
    expect(readNumber('-5', date, false)).toBe(-5);
  });

  it('drop the noise of binary fractions and keep whole numbers whole', () => {
    const plain = { kind: 'number', digits: 0 } as const;
    expect(readNumber('9.8000000000000007', plain, false)).toBe(9.8);
    expect(readNumber('0.30000000000000004', plain, false)).toBe(0.3);
    expect(readNumber('123456789012345', plain, false)).toBe(123456789012345);
    expect(readNumber('4711', { kind: 'number', digits: 6 }, false)).toBe('004711');
  });
});
