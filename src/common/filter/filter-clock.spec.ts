import { describe, expect, it } from '@jest/globals';
import { FilterClock } from './filter-clock.js';

/** Half past one in the night of Sunday, 1 March 2026, in Berlin; still February in UTC. */
const NOW = Date.parse('2026-03-01T00:30:00+01:00');
const clock = (): FilterClock => new FilterClock(NOW, 'Europe/Berlin');

describe('a relative date', () => {
  it.each([
    ['$now', '2026-03-01'],
    ['$today', '2026-03-01'],
    ['$yesterday', '2026-02-28'],
    ['$tomorrow', '2026-03-02'],
    ['$startOfWeek', '2026-02-23'],
    ['$startOfNextWeek', '2026-03-02'],
    ['$startOfMonth', '2026-03-01'],
    ['$startOfLastMonth', '2026-02-01'],
    ['$startOfQuarter', '2026-01-01'],
    ['$startOfNextQuarter', '2026-04-01'],
    ['$startOfYear', '2026-01-01'],
    ['$startOfLastYear', '2025-01-01'],
    [{ $ago: '30d' }, '2026-01-30'],
    [{ $ago: '1w' }, '2026-02-22'],
    [{ $ahead: '1mo' }, '2026-04-01'],
    [{ $ago: '1y' }, '2025-03-01'],
  ])('%j is of the day by the clock of the workspace', (raw, date) => {
    expect(clock().date(raw)).toBe(date);
  });

  it('is the last day of a month that is shorter', () => {
    const march = new FilterClock(Date.parse('2026-03-31T12:00:00Z'), 'UTC');
    expect(march.date({ $ago: '1mo' })).toBe('2026-02-28');
    expect(new FilterClock(Date.parse('2028-02-29T12:00:00Z'), 'UTC').date({ $ago: '1y' })).toBe(
      '2027-02-28',
    );
  });
});

describe('a relative time', () => {
  it.each([
    ['$now', '2026-02-28T23:30:00.000Z'],
    ['$today', '2026-02-28T23:00:00.000Z'],
    ['$startOfYear', '2025-12-31T23:00:00.000Z'],
    [{ $ago: '90h' }, '2026-02-25T05:30:00.000Z'],
    // The clocks are put forward on the 29th: the same time of the day is an hour earlier.
    [{ $ahead: '30d' }, '2026-03-30T22:30:00.000Z'],
  ])('%j is the moment at which the clock shows it', (raw, time) => {
    expect(clock().datetime(raw)).toBe(time);
  });
});

it.each(['$someday', '$startOfDay', 'today', 7, null, [], {}, { $ago: '3' }, { $ago: '1d', x: 1 }])(
  '%j is none',
  (raw) => {
    const asked = clock();
    expect([asked.date(raw), asked.datetime(raw), asked.moves]).toEqual([
      undefined,
      undefined,
      null,
    ]);
  },
);

it('knows when what it has told will be something else', () => {
  const asked = clock();
  expect(asked.moves).toBeNull();
  asked.datetime('$today');
  asked.date({ $ago: '3d' });
  expect(asked.moves).toBe('day');
  asked.datetime({ $ago: '3d' });
  expect(asked.moves).toBe('moment');
  expect(new Date(asked.nextDay()).toISOString()).toBe('2026-03-01T23:00:00.000Z');
});
