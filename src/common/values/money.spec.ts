import { describe, expect, it } from '@jest/globals';
import { currencyCodes, minorUnits, normalizeCurrency } from './currency.js';
import { normalizeMoney, readAmount } from './money.js';

describe('normalizeCurrency', () => {
  it('takes ISO 4217 codes in any case', () => {
    expect(normalizeCurrency('EUR')).toEqual({ value: 'EUR' });
    expect(normalizeCurrency(' usd ')).toEqual({ value: 'USD' });
    for (const raw of ['', 'EURO', 'XXX', '€', 'DEM', 5, null]) {
      expect(normalizeCurrency(raw).error?.code).toBe('isISO4217CurrencyCode');
    }
  });

  it('knows every currency that is in use according to Intl, and no code twice', () => {
    const codes = currencyCodes();
    expect(new Set(codes).size).toBe(codes.length);
    const notInUse = new Set([
      'XSU',
      'XUA',
      'XBA',
      'XXX',
      'XTS',
      'XAU',
      'XAG',
      'XPT',
      'XPD',
      'XDR',
    ]);
    const missing = Intl.supportedValuesOf('currency').filter(
      (code) => !codes.includes(code) && !notInUse.has(code),
    );
    expect(missing).toEqual([]);
  });

  it('knows how many decimals a currency has', () => {
    expect(['EUR', 'JPY', 'KWD', 'CLF', 'HUF', 'AFN'].map(minorUnits)).toEqual([2, 0, 3, 4, 2, 2]);
  });
});

describe('normalizeMoney', () => {
  it.each([
    [{ amount: '1250', currency: 'EUR' }, '1250.00'],
    [{ amount: 1250.5, currency: 'eur' }, '1250.50'],
    [{ amount: '1250', currency: 'JPY' }, '1250'],
    [{ amount: '1.5', currency: 'KWD' }, '1.500'],
    [{ amount: '0.0025', currency: 'USD' }, '0.0025'],
    [{ amount: '-3', currency: 'USD' }, '-3.00'],
  ])('writes %j with at least the decimals of its currency', (raw, amount) => {
    expect(normalizeMoney(raw).value).toEqual({ amount, currency: raw.currency.toUpperCase() });
  });

  it.each([
    [{ amount: '1' }, '/currency'],
    [{ currency: 'EUR' }, '/amount'],
    [{ amount: 'x', currency: 'EUR' }, '/amount'],
    [{ amount: '1', currency: 'EURO' }, '/currency'],
    [{ amount: '1.00001', currency: 'EUR' }, '/amount'],
    [{ amount: '1', currency: 'EUR', 'a/b': 1 }, '/a~1b'],
    ['1 EUR', undefined],
    [[], undefined],
    [null, undefined],
  ])('refuses %j and says where', (raw, at) => {
    expect(normalizeMoney(raw).error).toMatchObject(
      at === undefined ? { code: 'isMoney' } : { at },
    );
  });
});

describe('readAmount', () => {
  it('takes an amount as files hold it, float noise included', () => {
    expect(readAmount('9.80000019', 'USD')).toEqual({ value: '9.80' });
    expect(readAmount('¥ 12,345,678', 'JPY')).toEqual({ value: '12345678' });
    expect(readAmount('free', 'USD').error?.code).toBe('isDecimal');
  });
});
