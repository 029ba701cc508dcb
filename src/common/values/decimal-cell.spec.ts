import { describe, expect, it } from '@jest/globals';
import { readDecimal } from './decimal-cell.js';

describe('readDecimal', () => {
  it.each([
    ['1250.00', '1250'],
    ['1,250.00', '1250'],
    ['1.250,00', '1250'],
    ['1,234,567', '1234567'],
    ['1.234.567', '1234567'],
    ['12,34,567.5', '1234567.5'],
    ['1 250,5', '1250.5'],
    ["1'250.5", '1250.5'],
    ['1\u00a0250', '1250'],
    ['0,5', '0.5'],
    ['0,125', '0.125'],
    ['€ 1,250.50', '1250.5'],
    ['1250 €', '1250'],
    ['EUR 9.90', '9.9'],
    ['9.90 EUR', '9.9'],
    ['$-3.50', '-3.5'],
    ['-$3.50', '-3.5'],
    ['−3.5', '-3.5'],
    ['(3.50)', '-3.5'],
    ['1.250', '1.25'],
    [12.5, '12.5'],
  ])('reads %j as %j', (raw, value) => {
    expect(readDecimal(raw)).toEqual({ value });
  });

  it('refuses a number that could be read in two ways, and says what would help', () => {
    expect(readDecimal('1,250').error?.detail).toContain('decimal mark');
  });

  it('goes by the decimal mark of the file', () => {
    expect(readDecimal('1,250', { decimalMark: '.' })).toEqual({ value: '1250' });
    expect(readDecimal('1,250', { decimalMark: ',' })).toEqual({ value: '1.25' });
    expect(readDecimal('1.250', { decimalMark: ',' })).toEqual({ value: '1250' });
    expect(readDecimal('1.25', { decimalMark: ',' }).error?.code).toBe('isDecimal');
  });

  it.each([
    '',
    'abc',
    '1,2,3',
    '1.2.3',
    '12,3456.7',
    '€',
    '()',
    '1,250.00.1',
    ',',
    '1..2',
    'US$',
    null,
  ])('refuses %j', (raw) => {
    expect(readDecimal(raw).error?.code).toBe('isDecimal');
  });
});
