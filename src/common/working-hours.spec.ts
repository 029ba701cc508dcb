import { describe, expect, test } from '@jest/globals';
import {
  afterWorkingTime,
  normalizeWorkingHours,
  workingIntervals,
  workingStateAt,
  workingTimeBetween,
} from './working-hours.js';
import type { Schedule, WorkingHours } from './working-hours.js';

const HOUR = 3_600_000;
const office: WorkingHours = Object.fromEntries(
  ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => [
    day,
    [
      { from: '09:00', to: '12:00' },
      { from: '13:00', to: '17:00' },
    ],
  ]),
);
const in_ = (timeZone: string, hours: WorkingHours | null = office, holidays: string[] = []) =>
  ({ timeZone, hours, holidays }) satisfies Schedule;
const at = (text: string): number => Date.parse(text);
const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();
const stateAt = (schedule: Schedule, text: string): [boolean, string | null] => {
  const { isWorking, until } = workingStateAt(schedule, at(text));
  return [isWorking, iso(until)];
};
const hoursBetween = (schedule: Schedule, from: string, until: string): number =>
  workingTimeBetween(schedule, { from: at(from), until: at(until) }) / HOUR;

describe('somebody with working hours', () => {
  const berlin = in_('Europe/Berlin');

  test('works in them by the clock on their wall, not at noon, in the evening or at the weekend', () => {
    // A Monday in November: Berlin is an hour ahead of UTC.
    expect(stateAt(berlin, '2026-11-23T07:59:59.999Z')).toEqual([
      false,
      '2026-11-23T08:00:00.000Z',
    ]);
    expect(stateAt(berlin, '2026-11-23T08:00:00Z')).toEqual([true, '2026-11-23T11:00:00.000Z']);
    expect(stateAt(berlin, '2026-11-23T11:00:00Z')).toEqual([false, '2026-11-23T12:00:00.000Z']);
    expect(stateAt(berlin, '2026-11-27T16:00:00Z')).toEqual([false, '2026-11-30T08:00:00.000Z']);
    expect(stateAt(berlin, '2026-11-29T10:00:00Z')).toEqual([false, '2026-11-30T08:00:00.000Z']);
  });

  test('works on the days their own calendar shows', () => {
    const auckland = in_('Pacific/Auckland');
    // Sunday evening in London is Monday morning there; Friday in Honolulu is Saturday there.
    expect(stateAt(auckland, '2026-11-22T21:00:00Z')[0]).toBe(true);
    expect(stateAt(in_('Pacific/Honolulu'), '2026-11-28T02:30:00Z')[0]).toBe(true);
    expect(stateAt(auckland, '2026-11-28T02:30:00Z')[0]).toBe(false);
    expect(stateAt(in_('Asia/Kathmandu'), '2026-11-23T03:15:00Z')).toEqual([
      true,
      '2026-11-23T06:15:00.000Z',
    ]);
  });

  test('has the day off on a holiday, by the local date', () => {
    const off = in_('Europe/Berlin', office, ['2026-12-24', '2026-12-25']);
    expect(stateAt(off, '2026-12-24T10:00:00Z')).toEqual([false, '2026-12-28T08:00:00.000Z']);
    expect(hoursBetween(off, '2026-12-21T00:00:00Z', '2026-12-28T00:00:00Z')).toBe(21);
  });

  test('who has none works around the clock, but for holidays', () => {
    expect(stateAt(in_('UTC', null), '2026-11-29T03:00:00Z')).toEqual([true, null]);
    expect(stateAt(in_('UTC', null, ['2026-11-30']), '2026-11-29T03:00:00Z')).toEqual([
      true,
      '2026-11-30T00:00:00.000Z',
    ]);
    expect(stateAt(in_('UTC', {}), '2026-11-29T03:00:00Z')).toEqual([false, null]);
  });

  test('works on past midnight when the next day begins there', () => {
    const night = in_('UTC', {
      monday: [{ from: '22:00', to: '24:00' }],
      tuesday: [{ from: '00:00', to: '06:00' }],
    });
    expect(stateAt(night, '2026-11-23T23:00:00Z')).toEqual([true, '2026-11-24T06:00:00.000Z']);
  });
});

describe('when the clocks change', () => {
  const on = (day: string, timeZone: string, from: string, to: string) =>
    in_(timeZone, { [day]: [{ from, to }] });

  test('the day begins at nine by the wall before and after', () => {
    const berlin = in_('Europe/Berlin');
    expect(stateAt(berlin, '2026-03-27T07:00:00Z')[1]).toBe('2026-03-27T08:00:00.000Z');
    expect(stateAt(berlin, '2026-03-30T06:00:00Z')[1]).toBe('2026-03-30T07:00:00.000Z');
    expect(stateAt(berlin, '2026-10-23T06:00:00Z')[1]).toBe('2026-10-23T07:00:00.000Z');
    expect(stateAt(berlin, '2026-10-26T07:00:00Z')[1]).toBe('2026-10-26T08:00:00.000Z');
  });

  test.each([
    // Spring: 02:00 to 03:00 is skipped on Sunday 29 March; autumn: shown twice on 25 October.
    ['Europe/Berlin', '00:00', '06:00', '2026-03-28', 6],
    ['Europe/Berlin', '00:00', '06:00', '2026-03-29', 5],
    ['Europe/Berlin', '00:00', '06:00', '2026-10-25', 7],
    ['America/New_York', '00:00', '24:00', '2026-03-08', 23],
    ['America/New_York', '00:00', '24:00', '2026-11-01', 25],
    // Lord Howe moves by half an hour.
    ['Australia/Lord_Howe', '00:00', '06:00', '2026-04-05', 6.5],
    ['Australia/Lord_Howe', '00:00', '06:00', '2026-10-04', 5.5],
  ])('%s: %s to %s on %s is %d hours', (zone, from, to, date, hours) => {
    const weekday = date === '2026-03-28' ? 'saturday' : 'sunday';
    const noon = at(`${date}T12:00:00Z`);
    const range = { from: noon - 30 * HOUR, until: noon + 30 * HOUR };
    expect(workingTimeBetween(on(weekday, zone, from, to), range) / HOUR).toBe(hours);
  });

  test('a day without midnight begins when its clocks do', () => {
    // Beirut skips 00:00 to 01:00 on Sunday 29 March 2026.
    const beirut = on('sunday', 'Asia/Beirut', '00:00', '06:00');
    const [first] = workingIntervals(beirut, {
      from: at('2026-03-28T12:00:00Z'),
      until: at('2026-03-29T12:00:00Z'),
    });
    expect([iso(first?.from ?? 0), iso(first?.until ?? 0)]).toEqual([
      '2026-03-28T22:00:00.000Z',
      '2026-03-29T03:00:00.000Z',
    ]);
  });

  test('a span inside the hour that is skipped is worked all the same', () => {
    const short = on('sunday', 'Europe/Berlin', '02:15', '02:45');
    expect(hoursBetween(short, '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toBe(0.5);
  });
});

describe('working time', () => {
  const berlin = in_('Europe/Berlin');

  test('adds up over nights and weekends', () => {
    expect(hoursBetween(berlin, '2026-11-20T15:30:00Z', '2026-11-23T08:30:00Z')).toBe(1);
    expect(hoursBetween(berlin, '2026-11-21T00:00:00Z', '2026-11-22T23:00:00Z')).toBe(0);
    expect(hoursBetween(berlin, '2026-03-23T00:00:00Z', '2026-04-06T00:00:00Z')).toBe(70);
  });

  test('runs out at an instant that has exactly that much before it', () => {
    const from = at('2026-11-20T15:30:00Z'); // Friday, half past four
    expect(iso(afterWorkingTime(berlin, from, HOUR))).toBe('2026-11-23T08:30:00.000Z');
    expect(iso(afterWorkingTime(berlin, from, 0.5 * HOUR))).toBe('2026-11-20T16:00:00.000Z');
    expect(iso(afterWorkingTime(in_('UTC', null), from, 72 * HOUR))).toBe(iso(from + 72 * HOUR));
    expect(afterWorkingTime(in_('UTC', {}), from, 1)).toBeNull();
    for (const hours of [0.25, 3, 7, 36, 200]) {
      const end = afterWorkingTime(berlin, from, hours * HOUR) as number;
      expect(workingTimeBetween(berlin, { from, until: end })).toBe(hours * HOUR);
    }
  });
});

describe('working hours as they are sent', () => {
  test('are put in order, empty days left out', () => {
    const raw = {
      friday: [
        { from: '13:00', to: '24:00' },
        { from: '08:30', to: '13:00' },
      ],
      monday: [],
    };
    expect(normalizeWorkingHours(raw)).toEqual({
      value: {
        friday: [
          { from: '08:30', to: '13:00' },
          { from: '13:00', to: '24:00' },
        ],
      },
    });
  });

  test.each([
    ['Monday to Friday', undefined, 'isObject'],
    [{ mon: [] }, '/mon', 'unknownField'],
    [{ monday: {} }, '/monday', 'isArray'],
    [{ monday: [{ from: '9:00', to: '17:00' }] }, '/monday/0', 'isSpan'],
    [{ monday: [{ from: '09:00', to: '24:01' }] }, '/monday/0', 'isSpan'],
    [{ monday: [{ from: '09:00', to: '17:00', note: '' }] }, '/monday/0', 'isSpan'],
    [{ monday: [null] }, '/monday/0', 'isSpan'],
    [{ monday: [{ from: '22:00', to: '06:00' }] }, '/monday/0', 'isOrdered'],
    [
      {
        monday: [
          { from: '09:00', to: '13:00' },
          { from: '12:00', to: '17:00' },
        ],
      },
      '/monday',
      'isDisjoint',
    ],
  ])('%j are refused at %s', (raw, place, code) => {
    expect(normalizeWorkingHours(raw).error).toMatchObject({ code, ...(place && { at: place }) });
  });
});
