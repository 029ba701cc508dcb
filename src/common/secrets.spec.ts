import { expect, test } from '@jest/globals';
import { hashSecret, randomText, randomToken, secretMatches } from './secrets.js';

test('random texts have their length, are of letters and digits, and differ', () => {
  const texts = Array.from({ length: 50 }, () => randomText(43));
  expect(new Set(texts).size).toBe(50);
  for (const text of texts) expect(text).toMatch(/^[0-9A-Za-z]{43}$/);
  expect(new Set(texts.join('')).size).toBe(62);
  expect(randomToken()).toMatch(/^[\w-]{43}$/);
});

test('a secret is known by its hash, which does not hold it', () => {
  const secret = randomToken();
  expect(hashSecret(secret)).toMatch(/^[0-9a-f]{64}$/);
  expect(secretMatches(secret, hashSecret(secret))).toBe(true);
  expect(secretMatches(`${secret}x`, hashSecret(secret))).toBe(false);
});
