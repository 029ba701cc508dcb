import { describe, expect, it } from '@jest/globals';
import { remembered } from './remembered.js';

describe('remembered', () => {
  it('computes a repeated text once, also when the answer is null', () => {
    let computed = 0;
    const length = remembered((key) => {
      computed++;
      return key === '' ? null : key.length;
    });
    expect([length('abc'), length('abc'), length(''), length('')]).toEqual([3, 3, null, null]);
    expect(computed).toBe(2);
  });

  it('holds no more than its capacity, and still answers right', () => {
    let computed = 0;
    const twice = remembered((key) => {
      computed++;
      return key + key;
    }, 10);
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 11; index++) expect(twice(`${index}`)).toBe(`${index}${index}`);
    }
    expect(computed).toBeGreaterThan(11);
  });

  it('does not keep long texts', () => {
    let computed = 0;
    const size = remembered((key) => {
      computed++;
      return key.length;
    });
    size('x'.repeat(1000));
    size('x'.repeat(1000));
    expect(computed).toBe(2);
  });
});
