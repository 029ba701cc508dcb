import { describe, expect, it } from '@jest/globals';
import { instantOf, normalizeTimeZone } from './time-zone.js';

describe('normalizeTimeZone', () => {
  it('takes every zone Intl knows, and what it answers', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const { value = '' } = normalizeTimeZone(zone);
      expect(normalizeTimeZone(value.toLowerCase())).toEqual({ value });
    }
  });

  it.each([
    ['europe/berlin', 'Europe/Berlin'],
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['US/Eastern', 'America/New_York'],
    ['UTC', 'UTC'],
  ])('reads %j as %j', (raw, value) => {
    expect(normalizeTimeZone(raw)).toEqual({ value });
  });

  it.each(['+02:00', 'Berlin', 'Europe/Atlantis', '', 'a/b/c/d', 'x'.repeat(1000), 2, null])(
    'refuses %j',
    (raw) => {
      expect(normalizeTimeZone(raw).error?.code).toBe('isTimeZone');
    },
  );
});

describe('instantOf', () => {
  const utc = (wallClock: string, zone: string) =>
    new Date(instantOf(Date.parse(`${wallClock}Z`), zone)).toISOString();

  it('reads a wall clock in summer and in winter', () => {
    expect(utc('2026-01-15T12:00:00', 'Europe/Berlin')).toBe('2026-01-15T11:00:00.000Z');
    expect(utc('2026-07-15T12:00:00', 'Europe/Berlin')).toBe('2026-07-15T10:00:00.000Z');
    expect(utc('2026-07-15T12:00:00', 'Asia/Kathmandu')).toBe('2026-07-15T06:15:00.000Z');
    expect(utc('2026-07-15T12:00:00', 'UTC')).toBe('2026-07-15T12:00:00.000Z');
  });

  it('takes the first of two equal times, and moves a skipped one forward', () => {
    expect(utc('2026-10-25T02:30:00', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
    expect(utc('2026-03-29T02:30:00', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(utc('2026-11-01T01:30:00', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
    expect(utc('2026-03-08T02:30:00', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
  });

  it('finds the instant whose wall clock shows the time, every half hour of a year', () => {
    for (const zone of ['America/New_York', 'Australia/Lord_Howe', 'Asia/Tokyo']) {
      const format = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
      const start = Date.UTC(2026, 0, 1);
      let wrong = 0;
      for (let half = 0; half < 365 * 48; half++) {
        const wallClock = start + half * 1_800_000;
        const shown = format.format(instantOf(wallClock, zone));
        if (shown !== new Date(wallClock).toISOString().slice(0, 19).replace('T', ' ')) wrong++;
      }
      // Only the times that the clock skips have no instant: an hour, or half of one.
      expect(wrong).toBe(zone === 'Asia/Tokyo' ? 0 : zone === 'America/New_York' ? 2 : 1);
    }
  });
});
