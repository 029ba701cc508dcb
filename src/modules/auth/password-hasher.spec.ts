import { describe, expect, test } from '@jest/globals';
import { PasswordHasher } from './password-hasher.js';

describe('passwords', () => {
  test('are kept as argon2id with OWASP’s minimum, each with its own salt', async () => {
    const hasher = new PasswordHasher();
    const [one, two] = await Promise.all([hasher.hash('secret'), hasher.hash('secret')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify(one, 'secret')).toBe(true);
    expect(await hasher.verify(one, 'Secret')).toBe(false);
  });

  test('of nobody match nothing, and take as long', async () => {
    const hasher = new PasswordHasher();
    const hash = await hasher.hash('secret');
    const time = async (stored: string | null) => {
      const times = [];
      for (let round = 0; round < 5; round += 1) {
        const start = performance.now();
        expect(await hasher.verify(stored, 'guess')).toBe(false);
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    await time(hash);
    const ratio = (await time(null)) / (await time(hash));
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  test('are hashed for so many at once; the rest is told to come back', async () => {
    const hasher = new PasswordHasher();
    const answers = await Promise.allSettled(
      Array.from({ length: 60 }, () => hasher.verify(null, 'guess')),
    );
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(60 - 42);
    expect(refused[0]?.reason).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    expect(await hasher.verify(null, 'guess')).toBe(false);
  });
});
