import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';
import { CONSENT_STATUSES, decide, isOutOfReach, nextAskAt, stricter } from './consent-state.js';
import type { ConsentState } from './consent-state.js';

const time = fc.integer({ min: 0, max: 3 }).map((day) => new Date(day * 86_400_000).toISOString());

const anyState = fc.record<ConsentState>({
  contactId: fc.constantFrom('a', 'b'),
  purposeId: fc.constant('p'),
  channel: fc.constant('email' as const),
  status: fc.constantFrom(...CONSENT_STATUSES),
  source: fc.constantFrom('api', 'form'),
  changedAt: time,
  requestId: fc.option(fc.constantFrom('r1', 'r2')),
  asks: fc.integer({ min: 0, max: 2 }),
  askedAt: fc.option(time),
});

const rank = (status: ConsentState['status']): number => CONSENT_STATUSES.indexOf(status);

describe('the stricter of two consents', () => {
  test('is one of the two, and never looser than either', () => {
    fc.assert(
      fc.property(anyState, anyState, (left, right) => {
        const won = stricter(left, right);
        expect([left, right]).toContain(won);
        expect(rank(won.status)).toBe(Math.max(rank(left.status), rank(right.status)));
      }),
    );
  });

  test('is the same in whichever order contacts are merged', () => {
    fc.assert(
      fc.property(fc.array(anyState, { minLength: 1, maxLength: 5 }), fc.nat(), (states, turn) => {
        const at = turn % states.length;
        const turned = [...states.slice(at), ...states.slice(0, at)].reverse();
        expect(turned.reduce(stricter)).toEqual(states.reduce(stricter));
      }),
    );
  });

  test('of two groups is the stricter of what each came to', () => {
    fc.assert(
      fc.property(anyState, anyState, anyState, (a, b, c) => {
        expect(stricter(stricter(a, b), c)).toEqual(stricter(a, stricter(b, c)));
        expect(stricter(a, a)).toEqual(a);
      }),
    );
  });
});

describe('a wish', () => {
  const now = { occurredAt: null, confirmed: false };
  const said = (status: ConsentState['status']) => ({
    status,
    changedAt: '2026-03-01T00:00:00.000Z',
  });

  test('is asked about where the purpose says so, unless it is confirmed', () => {
    const wish = { ...now, status: 'granted' as const };
    expect(decide(undefined, wish, true)).toBe('pending');
    expect(decide(said('pending'), wish, true)).toBe('again');
    expect(decide(said('withdrawn'), wish, true)).toBe('pending');
    expect(decide(undefined, wish, false)).toBe('granted');
    expect(decide(said('pending'), { ...wish, confirmed: true }, true)).toBe('granted');
    expect(decide(said('granted'), wish, true)).toBe('unchanged');
  });

  test('to be left alone counts at once', () => {
    const wish = { ...now, status: 'withdrawn' as const };
    expect(decide(undefined, wish, true)).toBe('withdrawn');
    expect(decide(said('granted'), wish, true)).toBe('withdrawn');
    expect(decide(said('withdrawn'), wish, true)).toBe('unchanged');
  });

  test('of an earlier time does not undo a later one', () => {
    const wish = { occurredAt: '2026-02-01T00:00:00.000Z', confirmed: true };
    expect(decide(said('withdrawn'), { ...wish, status: 'granted' }, true)).toBe('superseded');
    expect(decide(said('granted'), { ...wish, status: 'withdrawn' }, true)).toBe('superseded');
  });
});

describe('a contact', () => {
  const purpose = (id: string, facts: Partial<ConsentPurposeDto> = {}) =>
    ({ id, channels: ['email'], active: true, consentNeeded: true, ...facts }) as ConsentPurposeDto;

  test('is out of reach when nothing is left that might be sent', () => {
    const purposes = [purpose('news'), purpose('events')];
    const saying = (said: Record<string, ConsentState['status']>) => (id: string) => said[id];
    expect(isOutOfReach(purposes, 'email', saying({ news: 'withdrawn' }))).toBe(true);
    expect(isOutOfReach(purposes, 'email', saying({ news: 'withdrawn', events: 'granted' }))).toBe(
      false,
    );
    expect(isOutOfReach(purposes, 'email', saying({ news: 'withdrawn', events: 'pending' }))).toBe(
      false,
    );
    const service = purpose('service', { consentNeeded: false });
    expect(isOutOfReach([service], 'email', saying({}))).toBe(false);
    expect(isOutOfReach([service], 'email', saying({ service: 'withdrawn' }))).toBe(true);
    const over = purpose('service', { consentNeeded: false, active: false });
    expect(isOutOfReach([over], 'email', saying({}))).toBe(true);
  });

  test('is asked again after pauses that grow from a quarter of an hour to a week', () => {
    const askedAt = '2026-03-01T00:00:00.000Z';
    const pause = (asks: number) => (nextAskAt({ asks, askedAt }) - Date.parse(askedAt)) / 60_000;
    expect([1, 2, 3, 10].map(pause)).toEqual([15, 60, 240, 7 * 24 * 60]);
    expect(nextAskAt({ asks: 0, askedAt: null })).toBe(0);
  });
});
