import { describe, expect, it } from '@jest/globals';
import { VariantShares } from './variant-shares.js';

const variants = [
  { id: 'a', share: 50 },
  { id: 'b', share: 50 },
];

function given(count: number, testPercent: number | null, assigned: Record<string, number> = {}) {
  const shares = new VariantShares(variants, testPercent, assigned);
  for (let index = 0; index < count; index += 1) shares.next();
  return assigned;
}

describe('the shares of a test', () => {
  it('are exact at each size of the audience', () => {
    expect(given(10, 20)).toEqual({ a: 1, b: 1, held: 8 });
    expect(given(1000, 20)).toEqual({ a: 100, b: 100, held: 800 });
    expect(given(7, null)).toEqual({ a: 4, b: 3 });
  });

  it('go on where they were when the freezing goes on', () => {
    const assigned = given(333, 30);
    expect(given(667, 30, assigned)).toEqual({ a: 150, b: 150, held: 700 });
  });

  it('follow the weights', () => {
    const assigned = {};
    const shares = new VariantShares(
      [
        { id: 'a', share: 1 },
        { id: 'b', share: 3 },
      ],
      null,
      assigned,
    );
    for (let index = 0; index < 400; index += 1) shares.next();
    expect(assigned).toEqual({ a: 100, b: 300 });
  });

  it('are nobody’s without variants', () => {
    expect(new VariantShares([], null, {}).next()).toBeNull();
  });
});
