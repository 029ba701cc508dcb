import { describe, expect, it } from '@jest/globals';
import { dueIn, startsAt } from './start-time.js';

const nine = Date.parse('2031-04-01T07:00:00.000Z'); // 9:00 in Berlin
const time = { sendAt: nine, inReceiverTimeZone: true, zone: 'Europe/Berlin' };
const iso = (instant: number) => new Date(instant).toISOString();

describe('nine o’clock by the clock of the receiver', () => {
  it('is when their own clock shows it', () => {
    expect(iso(dueIn(time, 'Asia/Tokyo'))).toBe('2031-04-01T00:00:00.000Z');
    expect(iso(dueIn(time, 'America/New_York'))).toBe('2031-04-01T13:00:00.000Z');
    expect(iso(dueIn(time, 'Asia/Kolkata'))).toBe('2031-04-01T03:30:00.000Z');
    expect(dueIn(time, 'Europe/Berlin')).toBe(nine);
    expect(dueIn(time, null)).toBe(nine);
  });

  it('begins with those whose clocks are ahead of all others', () => {
    expect(iso(startsAt(time))).toBe('2031-03-31T19:00:00.000Z');
  });

  it('is one moment for all where the campaign does not say so', () => {
    expect(dueIn({ ...time, inReceiverTimeZone: false }, 'Asia/Tokyo')).toBe(nine);
    expect(startsAt({ ...time, inReceiverTimeZone: false })).toBe(nine);
    expect(startsAt({ ...time, sendAt: null })).toBe(0);
  });
});
