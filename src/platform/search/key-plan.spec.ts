import { describe, expect, it } from '@jest/globals';
import { planKeys } from './key-plan.js';
import type { Frequencies } from './key-plan.js';
import { keyOf, keySpace } from './keys.js';
import { parseQuery } from './search-query.js';
import type { SearchQuery } from './search-query.js';

const SPACE = keySpace('w', 'contact');
const queryOf = (text: string): SearchQuery => parseQuery(text) as SearchQuery;
const keysOf = (terms: string[], space = SPACE.all): number[] =>
  terms.map((term) => keyOf(space, term));

function frequenciesOf(shares: Record<string, number>, isLarge = true): Frequencies {
  const byKey = new Map(
    Object.entries(shares).map(([term, share]) => [keyOf(SPACE.all, term), share]),
  );
  return { shareOf: (key) => byKey.get(key) ?? 0, isLarge };
}

describe('planKeys', () => {
  it('asks for every term while it is not known which are rare', () => {
    const plan = planKeys(queryOf('smith al'), 'w', 'contact');
    expect(plan.part).toEqual(keysOf(['smi', 'mit', 'ith', '^al']));
    expect(plan.sample).toEqual(keysOf(['smi', 'mit', 'ith', '^al'], SPACE.sample));
    expect(plan.beginning).toEqual(keysOf(['<smit', 'smi', 'mit', 'ith', '^al']));
  });

  it('asks for the rarest terms of each word when that is known', () => {
    const known = frequenciesOf({ han: 0.1, ann: 0.2, nna: 0.3, nah: 0.05, smi: 0.02, mit: 0.04 });
    const plan = planKeys(queryOf('hannah smith'), 'w', 'contact', known);
    expect(plan.part).toEqual(keysOf(['nah', 'han', 'ith', 'smi']));
    const single = planKeys(queryOf('hannah'), 'w', 'contact', known);
    expect(single.part).toEqual(keysOf(['nah', 'han', 'ann']));
    expect(single.beginning).toEqual(keysOf(['<hann', '<hannah', 'nah']));
  });

  it('leaves a common first letter beside a rare word to the comparison', () => {
    const known = frequenciesOf({ '^a': 0.3, '^q': 0.002, ann: 0.02, nna: 0.02, anna: 0.02 });
    expect(planKeys(queryOf('tychsen a'), 'w', 'contact', known).part).not.toContain(
      keyOf(SPACE.all, '^a'),
    );
    expect(planKeys(queryOf('anna q'), 'w', 'contact', known).part).toContain(
      keyOf(SPACE.all, '^q'),
    );
    expect(planKeys(queryOf('a'), 'w', 'contact', known).part).toEqual(keysOf(['^a']));
  });

  it.each([
    ['schmidt', true, false],
    ['schmidt', false, true],
    ['4915112', true, true],
    ['啤酒', true, true],
    ['ann', true, true],
  ])('of %j with a large number of records (%j) is thorough: %j', (text, isLarge, thorough) => {
    const plan = planKeys(queryOf(text), 'w', 'contact', frequenciesOf({}, isLarge));
    expect(plan.isThorough).toBe(thorough);
  });
});
