import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { closest, editDistance } from './suggest.js';

describe('closest', () => {
  const names = ['firstName', 'lastName', 'email', 'createdAt', 'lifecycleStage'];

  it.each([
    ['firstname', 'firstName'],
    ['fristName', 'firstName'],
    ['emial', 'email'],
    ['createdat', 'createdAt'],
    ['lifecyclestages', 'lifecycleStage'],
    ['create_at', 'createdAt'],
  ])('takes %s for %s', (name, meant) => {
    expect(closest(name, names)).toBe(meant);
  });

  it.each(['phone', 'x', '', 'em', 'f'.repeat(100_000)])('does not guess at %j', (name) => {
    expect(closest(name, names)).toBeUndefined();
  });

  it('takes the nearest, and the first of equally near ones', () => {
    expect(closest('names', ['name1', 'name', 'named'])).toBe('name1');
    expect(closest('names', ['nomes', 'names'])).toBe('names');
  });
});

describe('editDistance', () => {
  it('counts letters added, left out, replaced, and neighbours swapped', () => {
    const far = 20;
    expect(editDistance('kitten', 'sitting', far)).toBe(3);
    expect(editDistance('abcd', 'abdc', far)).toBe(1);
    expect(editDistance('', 'abc', far)).toBe(3);
    expect(editDistance('same', 'same', far)).toBe(0);
  });

  it('is symmetric, and right up to its limit', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, fc.nat({ max: 8 }), (left, right, limit) => {
        const exact = editDistance(left, right, 100);
        expect(editDistance(right, left, 100)).toBe(exact);
        expect(exact === 0).toBe(left === right);
        if (exact <= limit) expect(editDistance(left, right, limit)).toBe(exact);
        else expect(editDistance(left, right, limit)).toBeGreaterThan(limit);
      }),
    );
  });
});
