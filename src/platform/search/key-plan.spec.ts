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

  it('asks for the rarest terms when it is known which they are', () => {
    const known = frequenciesOf({ han: 0.1, ann: 0.2, nna: 0.3, nah: 0.05, smi: 0.02, mit: 0.04 });
    const plan = planKeys(queryOf('hannah'), 'w', 'contact', known);
    expect(plan.part).toEqual(keysOf(['nah', 'han', 'ann', 'nna']));
    expect(plan.beginning).toEqual(keysOf(['<hann', '<hannah', 'nah']));
    const two = planKeys(queryOf('hannah smith'), 'w', 'contact', known);
    expect(two.part).toEqual(keysOf(['ith', 'smi', 'mit']));
    expect(two.sample).toEqual(keysOf(['ith', 'smi', 'mit'], SPACE.sample));
    expect(two.sparse).toEqual(keysOf(['ith', 'smi', 'mit'], SPACE.sparse));
  });

  it('asks no sparse sample of few records', () => {
    const plan = planKeys(queryOf('smith'), 'w', 'contact', frequenciesOf({}, false));
    expect(plan.sparse).toBeNull();
  });

  it('takes terms of a second word when the first one is common', () => {
    const known = frequenciesOf({ ann: 0.2, nna: 0.1, joh: 0.03, ohn: 0.03 });
    const plan = planKeys(queryOf('john anna'), 'w', 'contact', known);
    expect(plan.part).toEqual(keysOf(['joh', 'ohn', 'nna', 'ann']));
  });

  it('leaves a common first letter beside a rare word to the comparison', () => {
    const known = frequenciesOf({ '^a': 0.3, '^q': 0.006, ann: 0.2, nna: 0.1 });
    const partOf = (text: string) => planKeys(queryOf(text), 'w', 'contact', known).part;
    expect(partOf('tychsen a')).not.toContain(keyOf(SPACE.all, '^a'));
    expect(partOf('anna q')).toEqual(keysOf(['^q', 'nna', 'ann']));
    expect(partOf('a')).toEqual(keysOf(['^a']));
  });

  it.each([
    ['schmidt', true, true, false],
    ['schmidt', false, true, true],
    ['anna schmidt', true, false, false],
    ['anna schmidt', false, true, true],
    ['4915112', true, true, true],
    ['啤酒', true, true, true],
    ['ann', true, true, true],
  ])(
    'of %j, with many records (%j), reads all that begin so: %j, all that have it: %j',
    (text, isLarge, seeksBeginnings, seeksParts) => {
      const plan = planKeys(queryOf(text), 'w', 'contact', frequenciesOf({}, isLarge));
      expect(plan).toMatchObject({ seeksBeginnings, seeksParts });
    },
  );
});
