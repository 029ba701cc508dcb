import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { datetimeReader, normalizeDatetime } from './datetime.js';

describe('normalizeDatetime', () => {
  it.each([
    ['2026-01-31T09:30:00.000Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31t09:30:00z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31 09:30:00Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00.123456789Z', '2026-01-31T09:30:00.123Z'],
    ['2026-01-31T09:30:00.5+02:00', '2026-01-31T07:30:00.500Z'],
    ['2026-01-01T00:00:00+14:00', '2025-12-31T10:00:00.000Z'],
    ['2026-12-31T23:00:00-05:30', '2027-01-01T04:30:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0099-06-01T00:00:00Z', '0099-06-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('writes %j as %j', (raw, value) => {
    expect(normalizeDatetime(raw)).toEqual({ value });
  });

  it.each([
    '2026-01-31',
    '2026-01-31T09:30:00',
    '2026-01-31T09:30Z',
    '2026-02-29T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T09:60:00Z',
    '2026-01-31T09:30:60Z',
    '2026-01-31T09:30:61Z',
    '2026-01-31T09:30:00+24:00',
    '2026-01-31T09:30:00+02:60',
    '2026-01-31T09:30:00+0200',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00Z',
    'now',
    '',
    1_769_851_800_000,
    null,
  ])('refuses %j', (raw) => {
    expect(normalizeDatetime(raw).error?.code).toBe('isISO8601');
  });

  it('names the same instant as JavaScript does, for any time and offset', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0002-01-01T00:00:00Z'),
          max: new Date('9998-12-31T00:00:00Z'),
          noInvalidDate: true,
        }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (date, minutes) => {
          const size = Math.abs(minutes);
          const two = (value: number) => String(value).padStart(2, '0');
          const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
          const raw = date.toISOString().replace('Z', offset);
          expect(normalizeDatetime(raw).value).toBe(new Date(raw).toISOString());
        },
      ),
    );
  });
});

describe('datetimeReader', () => {
  it('reads times without offset in the zone of the file', () => {
    const read = datetimeReader({ timeZone: 'Europe/Berlin', date: 'DD.MM.YYYY' });
    expect(read?.('31.07.2026 9:30')).toEqual({ value: '2026-07-31T07:30:00.000Z' });
    expect(read?.('31.01.2026, 09:30:15')).toEqual({ value: '2026-01-31T08:30:15.000Z' });
    expect(read?.('31.01.2026')).toEqual({ value: '2026-01-30T23:00:00.000Z' });
    expect(read?.('2026-01-31 09:30')).toEqual({ value: '2026-01-31T08:30:00.000Z' });
    expect(read?.('2026-01-31T09:30:00Z')).toEqual({ value: '2026-01-31T09:30:00.000Z' });
  });

  it('reads UTC and ISO dates unless told otherwise', () => {
    const read = datetimeReader();
    expect(read?.('2010-12-01 08:26:00')).toEqual({ value: '2010-12-01T08:26:00.000Z' });
    expect(read?.('1/31/26 9:30').error?.code).toBe('isISO8601');
  });

  it('reads hours of half a day', () => {
    const read = datetimeReader({ date: 'M/D/YYYY' });
    expect(read?.('1/31/2026 12:05 AM')).toEqual({ value: '2026-01-31T00:05:00.000Z' });
    expect(read?.('1/31/2026 12:05 pm')).toEqual({ value: '2026-01-31T12:05:00.000Z' });
    expect(read?.('1/31/2026 9:30:01.25 p.m.')).toEqual({ value: '2026-01-31T21:30:01.250Z' });
    expect(read?.('1/31/2026 13:05 PM').error).toBeDefined();
    expect(read?.('1/31/2026 25:05').error).toBeDefined();
    expect(read?.('2/30/2026 10:05').error).toBeDefined();
  });

  it('is none for a zone or a form that is none', () => {
    expect(datetimeReader({ timeZone: 'Mars/Base' })).toBeNull();
    expect(datetimeReader({ date: 'whenever' })).toBeNull();
  });
});
