import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RuleTurns } from './rule-turns.js';

const all = (...ids: string[]) => new Map(ids.map((id) => [id, id]));

const take = (turns: RuleTurns, count: number) => Array.from({ length: count }, () => turns.next());

describe('RuleTurns', () => {
  it('gives everyone a turn, beginning behind the last, also when that one has left', () => {
    const turns = new RuleTurns('roundRobin', ['a', 'b', 'c'], all('a', 'b', 'c'), 'a', new Map());
    expect(take(turns, 4)).toEqual(['b', 'c', 'a', 'b']);
    const fresh = new RuleTurns('roundRobin', ['a', 'b'], all('a', 'b'), 'gone', new Map());
    expect(take(fresh, 2)).toEqual(['a', 'b']);
  });

  it('gives the turn of somebody who is out to their stand-in, or to the next', () => {
    const takers = new Map([
      ['a', 'x'],
      ['b', null],
      ['c', 'c'],
    ]);
    const turns = new RuleTurns('roundRobin', ['a', 'b', 'c'], takers, null, new Map());
    expect(take(turns, 4)).toEqual(['x', 'c', 'x', 'c']);
  });

  it('gives nothing when nobody is there', () => {
    for (const method of ['roundRobin', 'leastLoad', 'fixed'] as const) {
      const turns = new RuleTurns(method, ['a'], new Map([['a', null]]), null, new Map());
      expect([turns.next(), turns.last]).toEqual([null, null]);
      expect(new RuleTurns(method, [], new Map(), null, new Map()).next()).toBeNull();
    }
  });

  it('counts what it gives as load, and that of other rules', () => {
    const loads = new Map([['a', 2]]);
    const one = new RuleTurns('leastLoad', ['a', 'b'], all('a', 'b'), null, loads);
    const other = new RuleTurns('fixed', ['b'], all('b'), null, loads);
    expect([one.next(), other.next(), one.next(), one.next()]).toEqual(['b', 'b', 'a', 'b']);
  });

  it('is fair to one turn, whoever had the last and however many come', () => {
    const people = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(people, fc.nat(100), fc.nat(7), (ids, count, last) => {
        const turns = new RuleTurns('roundRobin', ids, all(...ids), ids[last] ?? null, new Map());
        const given = Map.groupBy(take(turns, count), (id) => id);
        const shares = ids.map((id) => given.get(id)?.length ?? 0);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
