import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalizeDecimal } from './decimal.js';

describe('normalizeDecimal', () => {
  it.each([
    ['1250.00', '1250'],
    ['0001.5', '1.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-0.0', '0'],
    ['+7', '7'],
    [' 12 ', '12'],
    ['1.5e3', '1500'],
    ['1.5E-3', '0.0015'],
    [1250, '1250'],
    [0.1, '0.1'],
    [1e-4, '0.0001'],
    [-1.5, '-1.5'],
    [-0, '0'],
    ['999999999999999.9999', '999999999999999.9999'],
  ])('writes %j as %j', (raw, value) => {
    expect(normalizeDecimal(raw)).toEqual({ value });
  });

  it.each([
    '',
    '.',
    '-',
    'e5',
    '1,5',
    '1 000',
    '0x10',
    '1.2.3',
    'NaN',
    'Infinity',
    '--1',
    '1e99',
    NaN,
    Infinity,
    null,
    true,
    {},
  ])('refuses %j', (raw) => {
    expect(normalizeDecimal(raw).error?.code).toBe('isDecimal');
  });

  it('refuses more digits than the column has, before and after the point', () => {
    expect(normalizeDecimal('1000000000000000').error?.code).toBe('maxDigits');
    expect(normalizeDecimal('0.00001').error?.code).toBe('maxDecimals');
    expect(normalizeDecimal(0.1 + 0.2).error?.code).toBe('maxDecimals');
  });

  it('rounds half away from zero where asked to', () => {
    const round = (raw: unknown) => normalizeDecimal(raw, { excess: 'round' }).value;
    expect(round('9.80000019')).toBe('9.8');
    expect(round('0.00005')).toBe('0.0001');
    expect(round('-0.00005')).toBe('-0.0001');
    expect(round('0.00004999')).toBe('0');
    expect(round('-0.00001')).toBe('0');
    expect(round('9.99995')).toBe('10');
    expect(round('999.99999')).toBe('1000');
    expect(round('999999999999999.99999')).toBeUndefined();
  });

  it('keeps the exact value of any decimal that fits', () => {
    const digits = (max: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: max });
    fc.assert(
      fc.property(fc.boolean(), digits(15), digits(4), (minus, whole, fraction) => {
        const { value = '' } = normalizeDecimal(`${minus ? '-' : ''}0${whole}.${fraction}`);
        const scaled = (text: string) => {
          const [w = '', f = ''] = text.replace('-', '').split('.');
          return BigInt(w + f.padEnd(4, '0')) * (text.startsWith('-') ? -1n : 1n);
        };
        const magnitude = BigInt(`0${whole}${fraction.padEnd(4, '0')}`);
        expect(scaled(value)).toBe(minus ? -magnitude : magnitude);
        expect(value).toMatch(/^(?:-(?!0$))?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/);
        expect(normalizeDecimal(value)).toEqual({ value });
      }),
    );
  });

  it('rounds as exact arithmetic does', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (units) => {
        const text = `${units / 10n ** 8n}.${(units % 10n ** 8n).toString().padStart(8, '0')}`;
        const rounded = (units + 5000n) / 10_000n;
        const { value = '' } = normalizeDecimal(text, { excess: 'round' });
        const [whole = '', fraction = ''] = value.split('.');
        expect(BigInt(whole + fraction.padEnd(4, '0'))).toBe(rounded);
      }),
    );
  });
});
