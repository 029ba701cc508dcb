import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dateReader, normalizeDate } from './date.js';

describe('normalizeDate', () => {
  it('takes exactly the days of the Gregorian calendar', () => {
    for (let day = Date.UTC(1895, 0, 1); day < Date.UTC(2105, 0, 1); day += 86_400_000) {
      const date = new Date(day).toISOString().slice(0, 10);
      expect(normalizeDate(date).value).toBe(date);
    }
    for (const raw of [
      '2026-02-29',
      '2100-02-29',
      '2026-04-31',
      '2026-13-01',
      '2026-00-10',
      '2026-01-00',
    ]) {
      expect(normalizeDate(raw).error?.code).toBe('isDateString');
    }
    expect(normalizeDate('2024-02-29')).toEqual({ value: '2024-02-29' });
    expect(normalizeDate('2000-02-29')).toEqual({ value: '2000-02-29' });
  });

  it.each([
    '0000-01-01',
    '2026-1-1',
    '20260101',
    '2026/01/01',
    '2026-01-01T00:00:00Z',
    '+026-01-01',
    '２０２６-01-01',
    '',
    20260101,
    null,
  ])('refuses %j', (raw) => {
    expect(normalizeDate(raw).error?.code).toBe('isDateString');
  });
});

describe('dateReader', () => {
  it.each([
    ['DD.MM.YYYY', '31.01.2026', '2026-01-31'],
    ['DD.MM.YYYY', '1.2.2026', '2026-02-01'],
    ['M/D/YY', '1/31/26', '2026-01-31'],
    ['MM/DD/YYYY', '12/08/1948', '1948-12-08'],
    ['M/D/YY', '1/31/70', '1970-01-31'],
    ['YYYYMMDD', '20260131', '2026-01-31'],
    ['D MMM YYYY', '3 Sept 2026', '2026-09-03'],
    ['MMMM D, YYYY', 'January 31, 2026', '2026-01-31'],
    ['YYYY年M月D日', '2026年1月31日', '2026-01-31'],
    ['DD.MM.YYYY', '2026-01-31', '2026-01-31'],
    ['DD/MM/YYYY', ' 31/01/2026 00:00:00 ', '2026-01-31'],
  ])('reads dates of the form %s: %j', (form, raw, value) => {
    expect(dateReader(form)?.(raw)).toEqual({ value });
  });

  it.each([
    ['DD.MM.YYYY', '31.02.2026'],
    ['DD.MM.YYYY', '31/01/2026'],
    ['DD.MM.YYYY', '31.01.26'],
    ['MM/DD/YYYY', '31/01/2026'],
    ['DD/MM/YYYY', '31/01/2026 08:00'],
    ['D MMM YYYY', '3 Foo 2026'],
    ['YYYYMMDD', '2026131'],
  ])('refuses with the form %s: %j', (form, raw) => {
    expect(dateReader(form)?.(raw).error?.detail).toBe(`must be a date of the form ${form}`);
  });

  it.each(['', 'DD.MM', 'YYYY-MM-MM', 'YYYY-MM-DD-DD', 'hello', 'D'.repeat(40)])(
    'is none for %j',
    (form) => {
      expect(dateReader(form)).toBeNull();
    },
  );

  it('reads back any day that was written in its form', () => {
    const days = fc.date({
      min: new Date('1970-01-01'),
      max: new Date('2069-12-31'),
      noInvalidDate: true,
    });
    const forms = fc.constantFrom('DD.MM.YYYY', 'M/D/YY', 'YYYYMMDD', 'YY-MM-DD', 'D|M|YYYY');
    fc.assert(
      fc.property(days, forms, (day, form) => {
        const date = day.toISOString().slice(0, 10);
        const [year = '', month = '', dayOfMonth = ''] = date.split('-');
        const written = form
          .replace('YYYY', year)
          .replace('YY', year.slice(2))
          .replace(/MM|M/, (token) => (token === 'M' ? String(Number(month)) : month))
          .replace(/DD|D/, (token) => (token === 'D' ? String(Number(dayOfMonth)) : dayOfMonth));
        expect(dateReader(form)?.(written)).toEqual({ value: date });
      }),
    );
  });

  it('takes separators literally, whatever they mean in a regular expression', () => {
    expect(dateReader('DD.*MM.*YYYY')?.('31.*01.*2026')).toEqual({ value: '2026-01-31' });
    expect(dateReader('DD.*MM.*YYYY')?.('31xx01xx2026').error).toBeDefined();
    expect(dateReader('(DD[MM\\YYYY')?.('(31[01\\2026')).toEqual({ value: '2026-01-31' });
  });
});
