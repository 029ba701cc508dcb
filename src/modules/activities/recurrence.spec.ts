import { describe, expect, test } from '@jest/globals';
import { normalizeRule } from './recurrence-rule.js';
import { nextOccurrence, occurrences } from './recurrence.js';

const at = (text: string): number => Date.parse(text);
const days = (times: number[]): string[] =>
  times.map((time) => new Date(time).toISOString().slice(0, 16));

describe('a recurrence', () => {
  test('keeps its time of day by the clock of its zone when the clocks are changed', () => {
    const series = {
      rule: 'FREQ=WEEKLY',
      start: at('2026-10-18T07:00:00Z'),
      zone: 'Europe/Berlin',
    };
    const found = occurrences(series, series.start, at('2026-11-10T00:00:00Z'), 10);
    expect(days(found)).toEqual(['2026-10-25T08:00', '2026-11-01T08:00', '2026-11-08T08:00']);
  });

  test.each([
    ['FREQ=MONTHLY;BYMONTHDAY=31', ['2026-03-31T09:00', '2026-05-31T09:00']],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', ['2026-02-28T09:00', '2026-03-31T09:00']],
    ['FREQ=MONTHLY;BYDAY=-1FR', ['2026-02-27T09:00', '2026-03-27T09:00']],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', ['2026-02-27T09:00', '2026-03-31T09:00']],
    ['FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2', ['2028-02-29T09:00', '2032-02-29T09:00']],
    ['FREQ=DAILY;INTERVAL=3;COUNT=2', ['2026-02-03T09:00']],
    ['FREQ=WEEKLY;UNTIL=20260206;BYDAY=MO,FR', ['2026-02-02T09:00', '2026-02-06T09:00']],
    ['FREQ=DAILY;UNTIL=20260202T085959Z', ['2026-02-01T09:00']],
  ])('of %s comes when the standard says', (rule, expected) => {
    expect(normalizeRule(rule).value).toBe(rule);
    const series = { rule, start: at('2026-01-31T09:00:00Z'), zone: 'UTC' };
    expect(days(occurrences(series, series.start, at('2040-01-01T00:00:00Z'), 2))).toEqual(
      expected,
    );
  });

  test.each([
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31',
    'FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29',
    'FREQ=DAILY;INTERVAL=7;BYDAY=MO',
    'FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=20',
    'FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2',
    'FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31',
    'FREQ=YEARLY;BYMONTH=2',
  ])('that never comes is refused at once: %s', (rule) => {
    expect(normalizeRule(rule).error?.code).toBe('recurrence');
  });

  test('that is accepted is looked for in no time, however seldom it comes', () => {
    const start = at('2026-01-31T09:00:00Z');
    const rules = [
      'FREQ=MONTHLY;INTERVAL=11;BYDAY=-5SU',
      'FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=31',
      'FREQ=YEARLY;INTERVAL=99;BYMONTH=12;BYDAY=-4SU',
      'FREQ=YEARLY;INTERVAL=7;BYMONTHDAY=-31',
      'FREQ=DAILY;INTERVAL=99;UNTIL=20260101',
    ];
    const begun = performance.now();
    for (let round = 0; round < 100; round += 1) {
      for (const rule of rules) nextOccurrence({ rule, start, zone: 'UTC' }, start);
    }
    expect(performance.now() - begun).toBeLessThan(2500);
  });
});
