import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WEEKDAYS } from '../../../common/working-hours.js';
import type { WorkingHours } from '../../../common/working-hours.js';
import { elapsedAt, reach } from './sla-clock.js';
import type { Reached, SlaClock } from './sla-clock.js';
import type { EscalationStep, SlaTerms } from './sla-terms.js';
import { standing, stateOf, transition } from './sla-transition.js';
import type { PolicyVersion, TicketFacts } from './sla-transition.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const office: WorkingHours = Object.fromEntries(
  WEEKDAYS.slice(0, 5).map((day) => [day, [{ from: '09:00', to: '17:00' }]]),
);
const at = (text: string): number => Date.parse(text);
const iso = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();

const step = (more: Partial<EscalationStep> = {}): EscalationStep => ({
  id: '0198c0de-0000-7000-8000-000000000001',
  ...{ when: 'breach', target: 'resolution', afterMinutes: 60, actions: [] },
  ...more,
});

const termsOf = (more: Partial<SlaTerms> = {}): SlaTerms => ({
  targets: {
    normal: { firstResponseMinutes: 120, resolutionMinutes: 600 },
    urgent: { firstResponseMinutes: 30, resolutionMinutes: 240 },
  },
  ...{ timeZone: 'Europe/Berlin', workingHours: office, holidays: [], pauseIn: ['pending'] },
  ...{ warnAtPercent: 80, warnBeforeMinutes: null, escalations: [] },
  ...more,
});

const versionOf = (terms: SlaTerms, version = 1): PolicyVersion => ({ id: 'p', version, terms });
const open: TicketFacts = { priority: 'normal', category: 'open', isAnswered: false };
const pending: TicketFacts = { ...open, category: 'pending' };
const solved: TicketFacts = { ...open, category: 'solved' };

const begin = (terms: SlaTerms, now: string, ticket = open, target = 'resolution' as const) =>
  transition(target, ticket, null, versionOf(terms), at(now)).clock as SlaClock;

const change = (clock: SlaClock, terms: SlaTerms, ticket: TicketFacts, now: string) =>
  transition('resolution', ticket, { clock, ranBy: terms }, versionOf(terms), at(now));

const kinds = (reached: readonly Reached[]) =>
  reached.map(({ kind, at: time }) => [kind, iso(time)]);

describe('a clock that runs', () => {
  it('is due in business time: over the night, the weekend and a holiday', () => {
    // Thursday, 15:00 in Berlin; Friday is Christmas. Two hours are left on Thursday.
    const terms = termsOf({ holidays: ['2026-12-25'] });
    const clock = begin(terms, '2026-12-24T14:00:00Z');
    expect(iso(clock.dueAt)).toBe('2026-12-28T16:00:00.000Z');
    expect(iso(clock.warnAt)).toBe('2026-12-28T14:00:00.000Z');
    expect(clock.nextAt).toBe(clock.warnAt);
    // Nothing of the holidays counts.
    expect(elapsedAt(clock, terms, at('2026-12-27T12:00:00Z'))).toBe(2 * HOUR);
  });

  it('goes by the wall when the clocks change', () => {
    // Friday, 27 March, 16:00 in Berlin; summer time begins on Sunday.
    const spring = begin(termsOf(), '2026-03-27T15:00:00Z');
    expect(iso(spring.warnAt)).toBe('2026-03-30T14:00:00.000Z');
    const autumn = begin(termsOf(), '2026-10-23T14:00:00Z');
    expect(iso(autumn.warnAt)).toBe('2026-10-26T15:00:00.000Z');
  });

  it('that never rests counts every minute, the hour shown twice as well', () => {
    const terms = termsOf({ workingHours: null });
    const clock = begin(terms, '2026-10-25T00:30:00Z');
    expect(clock.dueAt).toBe(at('2026-10-25T10:30:00Z'));
  });

  it('started outside business hours begins when they do', () => {
    const clock = begin(termsOf(), '2026-11-28T22:00:00Z');
    expect(elapsedAt(clock, termsOf(), at('2026-11-30T08:00:00Z'))).toBe(0);
    expect(iso(clock.dueAt)).toBe('2026-12-01T10:00:00.000Z');
  });

  it('warns so many minutes before instead of at a share', () => {
    const terms = termsOf({ warnAtPercent: null, warnBeforeMinutes: 60 });
    const clock = begin(terms, '2026-11-30T08:00:00Z');
    expect([iso(clock.warnAt), iso(clock.dueAt)]).toEqual([
      '2026-12-01T09:00:00.000Z',
      '2026-12-01T10:00:00.000Z',
    ]);
    const silent = begin(termsOf({ warnAtPercent: null }), '2026-11-30T08:00:00Z');
    expect([silent.warnAt, silent.nextAt]).toEqual([null, silent.dueAt]);
  });
});

describe('what a clock reaches', () => {
  const terms = termsOf({ escalations: [step()] });
  const clock = begin(terms, '2026-11-30T08:00:00Z');

  it('is told once, at its time', () => {
    expect(reach(clock, terms, (clock.warnAt as number) - 1, true).reached).toEqual([]);
    const warned = reach(clock, terms, clock.warnAt as number, true);
    expect(kinds(warned.reached)).toEqual([['warning', '2026-11-30T16:00:00.000Z']]);
    expect(stateOf(warned.clock)).toBe('atRisk');
    expect(reach(warned.clock, terms, at('2026-12-01T09:00:00Z'), true).reached).toEqual([]);
    const broken = reach(warned.clock, terms, at('2026-12-01T10:00:00Z'), true);
    expect(kinds(broken.reached)).toEqual([['breach', '2026-12-01T10:00:00.000Z']]);
    expect(iso(broken.clock.nextAt)).toBe('2026-12-01T11:00:00.000Z');
    const escalated = reach(broken.clock, terms, at('2026-12-01T11:00:00Z'), true);
    expect(kinds(escalated.reached)).toEqual([['step', '2026-12-01T11:00:00.000Z']]);
    expect(escalated.clock.nextAt).toBeNull();
    expect(reach(escalated.clock, terms, at('2030-01-01T00:00:00Z'), true).reached).toEqual([]);
  });

  it('is all told, in order and with its time, by whoever looks after days', () => {
    const late = reach(clock, terms, at('2026-12-05T00:00:00Z'), true);
    expect(kinds(late.reached)).toEqual([
      ['warning', '2026-11-30T16:00:00.000Z'],
      ['breach', '2026-12-01T10:00:00.000Z'],
      ['step', '2026-12-01T11:00:00.000Z'],
    ]);
    expect(iso(late.clock.breachedAt)).toBe('2026-12-01T10:00:00.000Z');
    expect(late.clock.nextAt).toBeNull();
  });

  it('but for steps, when nobody can do them: they wait, due at once', () => {
    const now = at('2026-12-05T00:00:00Z');
    const told = reach(clock, terms, now, false);
    expect(told.reached.map(({ kind }) => kind)).toEqual(['warning', 'breach']);
    expect(told.clock.nextAt).toBe(now);
    expect(kinds(reach(told.clock, terms, now, true).reached)[0]?.[0]).toBe('step');
  });

  it('never comes twice, whenever somebody looks and whatever the ticket does', () => {
    const moves = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.constantFrom('look', 'pause', 'go', 'both')),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(moves, (sequence) => {
        let now = at('2026-11-30T08:00:00Z');
        let current = clock;
        const seen: string[] = [];
        for (const [pause, move] of sequence) {
          now += pause * MINUTE;
          if (move !== 'look') {
            const ticket = move === 'go' ? open : pending;
            const running = { clock: current, ranBy: terms };
            const moved = transition('resolution', ticket, running, versionOf(terms), now);
            seen.push(...moved.told.map(({ kind }) => kind));
            current = moved.clock as SlaClock;
          }
          if (move === 'look' || move === 'both') {
            const isDue = current.nextAt !== null && current.nextAt <= now;
            const looked = reach(current, terms, now, true);
            // What is looked for by its time is found, and there is nothing else.
            expect(looked.reached.length > 0).toBe(isDue);
            seen.push(...looked.reached.map(({ kind }) => kind));
            current = looked.clock;
          }
          expect(current.elapsed).toBeLessThanOrEqual(now - current.startedAt);
        }
        expect(seen).toEqual([...new Set(seen)]);
        expect(seen).toEqual(['warning', 'breach', 'step'].slice(0, seen.length));
      }),
    );
  });
});

describe('a clock whose ticket changes', () => {
  const terms = termsOf();

  it('stands still while the customer is waited for, and is due so much later', () => {
    const clock = begin(terms, '2026-11-30T08:00:00Z');
    const paused = change(clock, terms, pending, '2026-11-30T10:00:00Z').clock as SlaClock;
    expect([stateOf(paused), paused.dueAt, paused.nextAt]).toEqual(['paused', null, null]);
    expect(elapsedAt(paused, terms, at('2026-12-04T10:00:00Z'))).toBe(2 * HOUR);
    const again = change(paused, terms, open, '2026-12-02T10:00:00Z').clock as SlaClock;
    expect([again.paused, again.elapsed]).toEqual([48 * HOUR, 2 * HOUR]);
    expect(iso(again.dueAt)).toBe('2026-12-03T10:00:00.000Z');
  });

  it('pauses on hold only where the policy says so', () => {
    const clock = begin(terms, '2026-11-30T08:00:00Z');
    const onHold = { ...open, category: 'onHold' };
    expect(change(clock, terms, onHold, '2026-11-30T09:00:00Z').clock?.state).toBe('running');
    const other = termsOf({ pauseIn: ['pending', 'onHold'] });
    expect(change(clock, other, onHold, '2026-11-30T09:00:00Z').clock?.state).toBe('paused');
  });

  it('is met when the ticket is solved in time, and goes on when it is opened again', () => {
    const clock = begin(terms, '2026-11-30T08:00:00Z');
    const done = change(clock, terms, solved, '2026-11-30T10:00:00Z');
    expect([done.isMet, done.told, stateOf(done.clock as SlaClock)]).toEqual([true, [], 'met']);
    const still = change(done.clock as SlaClock, terms, solved, '2026-12-04T10:00:00Z');
    expect(still.clock).toBe(done.clock);
    const again = change(done.clock as SlaClock, terms, open, '2026-12-07T08:00:00Z').clock;
    expect(again).toMatchObject({ state: 'running', elapsed: 2 * HOUR, stoppedAt: null });
    expect(iso(again?.dueAt ?? null)).toBe('2026-12-07T16:00:00.000Z');
  });

  it('tells that it was broken when nobody did before the ticket was solved', () => {
    const clock = begin(terms, '2026-11-30T08:00:00Z');
    const late = change(clock, terms, solved, '2026-12-01T10:00:00Z');
    expect([late.isMet, kinds(late.told)]).toEqual([
      false,
      [['breach', '2026-12-01T10:00:00.000Z']],
    ]);
    const inTime = change(clock, terms, solved, '2026-12-01T09:59:59.999Z');
    expect([inTime.isMet, inTime.told]).toEqual([true, []]);
  });

  it('has what its new priority promises, with the time that has gone by', () => {
    const clock = begin(terms, '2026-11-30T08:00:00Z');
    const urgent = { ...open, priority: 'urgent' as const };
    const raised = change(clock, terms, urgent, '2026-11-30T10:00:00Z').clock as SlaClock;
    expect([raised.elapsed, iso(raised.dueAt)]).toEqual([2 * HOUR, '2026-11-30T12:00:00.000Z']);
    const tooLate = change(clock, terms, urgent, '2026-11-30T15:00:00Z').clock as SlaClock;
    expect(iso(tooLate.nextAt)).toBe('2026-11-30T15:00:00.000Z');
    const low = { ...open, priority: 'low' as const };
    expect(change(clock, terms, low, '2026-11-30T10:00:00Z').clock).toBeNull();
  });

  it('is warned of anew with more time, but stays broken once it was', () => {
    const urgent = { ...open, priority: 'urgent' as const };
    const clock = begin(terms, '2026-11-30T08:00:00Z', urgent);
    const warned = reach(clock, terms, at('2026-11-30T11:30:00Z'), true).clock;
    const eased = change(warned, terms, open, '2026-11-30T11:40:00Z').clock as SlaClock;
    expect([stateOf(eased), iso(eased.warnAt)]).toEqual(['running', '2026-11-30T16:00:00.000Z']);
    const broken = reach(clock, terms, at('2026-11-30T12:00:00Z'), true).clock;
    const later = change(broken, terms, open, '2026-11-30T12:10:00Z').clock as SlaClock;
    expect([stateOf(later), iso(later.breachedAt)]).toEqual([
      'breached',
      '2026-11-30T12:00:00.000Z',
    ]);
    expect(reach(later, terms, at('2026-12-30T12:00:00Z'), true).reached).toEqual([]);
  });

  it('counts by the hours it ran in, then by those of the new version', () => {
    const clock = begin(terms, '2026-11-30T08:00:00Z');
    const holiday = versionOf(termsOf({ holidays: ['2026-12-01'] }), 2);
    const running = { clock, ranBy: terms };
    const now = at('2026-11-30T16:00:00Z');
    const moved = transition('resolution', open, running, holiday, now).clock as SlaClock;
    expect([moved.policyVersion, moved.elapsed]).toEqual([2, 8 * HOUR]);
    expect(iso(moved.dueAt)).toBe('2026-12-02T10:00:00.000Z');
  });

  it('goes when nothing is promised any more, unless it was broken', () => {
    const clock = begin(terms, '2026-11-30T08:00:00Z');
    const gone = (now: string, from = clock) =>
      transition('resolution', open, { clock: from, ranBy: terms }, null, at(now)).clock;
    expect(gone('2026-11-30T10:00:00Z')).toBeNull();
    const broken = gone('2026-12-02T10:00:00Z') as SlaClock;
    expect([broken.state, stateOf(broken)]).toEqual(['stopped', 'breached']);
    expect(gone('2026-12-03T10:00:00Z', broken)).toBe(broken);
  });

  it('is left as it is by a change that has nothing to do with it', () => {
    const clock = begin(terms, '2026-11-30T08:00:00Z');
    expect(change(clock, terms, open, '2026-11-30T10:00:00Z').clock).toBe(clock);
  });
});

describe('a ticket', () => {
  it('has no clock when it comes in done, answered, or with nothing promised', () => {
    const policy = versionOf(termsOf());
    const now = at('2026-11-30T08:00:00Z');
    const answered = { ...open, isAnswered: true };
    expect(transition('resolution', solved, null, policy, now).clock).toBeNull();
    expect(transition('firstResponse', answered, null, policy, now).clock).toBeNull();
    expect(transition('resolution', answered, null, policy, now).clock).not.toBeNull();
    expect(transition('resolution', open, null, null, now).clock).toBeNull();
    expect(transition('resolution', pending, null, policy, now).clock?.state).toBe('paused');
  });

  it('stands as the worst of its promises does, and is due with the first', () => {
    const terms = termsOf();
    const first = begin(terms, '2026-11-30T08:00:00Z', open, 'firstResponse' as never);
    const second = begin(terms, '2026-11-30T08:00:00Z');
    expect(standing([first, second])).toEqual({ state: 'running', dueAt: first.dueAt });
    const broken = reach(first, terms, at('2026-11-30T11:00:00Z'), true).clock;
    expect(standing([broken, second]).state).toBe('breached');
    expect(standing([])).toEqual({ state: null, dueAt: null });
  });
});
