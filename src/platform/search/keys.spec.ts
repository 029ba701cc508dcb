import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '../../common/uuid.js';
import { isSampled, isSparse, keyOf, keySpace, SAMPLE_RATE, SPARSE_RATE } from './keys.js';

const WORKSPACE = '019a0000-0000-7000-8000-000000000001';
const OTHER = '019a0000-0000-7000-8000-000000000002';

const idOf = (number: number): string =>
  `019a${number.toString(16).padStart(4, '0')}-1234-7abc-8def-0123456789ab`;

describe('keys', () => {
  it('are signed 32-bit integers, the same in every process', () => {
    const key = keyOf(keySpace(WORKSPACE, 'contact').all, 'anna');
    expect(key).toBe(keyOf(keySpace(WORKSPACE, 'contact').all, 'anna'));
    expect(key).toBe(key | 0);
    expect(key).toMatchInlineSnapshot(`1086778246`);
  });

  it('differ between workspaces, objects, the sample and all, and terms', () => {
    const spaces = [
      keySpace(WORKSPACE, 'contact').all,
      keySpace(WORKSPACE, 'contact').sample,
      keySpace(WORKSPACE, 'contact').sparse,
      keySpace(WORKSPACE, 'company').all,
      keySpace(OTHER, 'contact').all,
    ];
    const keys = spaces.flatMap((space) =>
      ['ann', 'nna', 'anna', '^a'].map((t) => keyOf(space, t)),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('of many terms are spread so well that hardly two meet', () => {
    const { all } = keySpace(WORKSPACE, 'contact');
    const keys = new Set(Array.from({ length: 100_000 }, (_, n) => keyOf(all, n.toString(36))));
    expect(keys.size).toBeGreaterThan(99_990);
  });
});

describe('keys of terms that share them', () => {
  it('are a few thousand for each space, and nobody else has them', () => {
    const { all, sample } = keySpace(WORKSPACE, 'contact');
    const terms = Array.from({ length: 50_000 }, (_, n) => `<${n.toString(36)}`);
    const keys = new Set(terms.map((term) => keyOf(all, term)));
    expect(keys.size).toBeGreaterThan(4000);
    expect(keys.size).toBeLessThanOrEqual(4096);
    expect(terms.some((term) => keys.has(keyOf(sample, term)))).toBe(false);
    expect(keyOf(all, '#1234')).toBe(keyOf(all, '#1234'));
  });
});

describe('the sample', () => {
  it('holds about one record in SAMPLE_RATE, also of ids made one after another', () => {
    const sampled = Array.from({ length: 64_000 }, (_, n) => idOf(n)).filter(isSampled).length;
    expect(sampled * SAMPLE_RATE).toBeGreaterThan(64_000 * 0.8);
    expect(sampled * SAMPLE_RATE).toBeLessThan(64_000 * 1.2);
  });

  it('has a sparse part, of about one record in SPARSE_RATE', () => {
    const ids = Array.from({ length: 1_000_000 }, () => uuidv7());
    const sparse = ids.filter(isSparse);
    expect(sparse.every(isSampled)).toBe(true);
    expect(sparse.length * SPARSE_RATE).toBeGreaterThan(1_000_000 * 0.7);
    expect(sparse.length * SPARSE_RATE).toBeLessThan(1_000_000 * 1.3);
  });
});
