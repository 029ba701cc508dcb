import { describe, expect, it, jest } from '@jest/globals';
import { isUuid, uuidv7 } from './uuid.js';

const timeOf = (id: string): number => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

describe('uuidv7', () => {
  it('has the version and variant of RFC 9562 and begins with the time', () => {
    const before = Date.now();
    const id = uuidv7();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(timeOf(id)).toBeGreaterThanOrEqual(before);
    expect(timeOf(id)).toBeLessThanOrEqual(Date.now());
  });

  it('sorts half a million ids of a burst in the order of making, without running ahead', () => {
    let last = uuidv7();
    let inOrder = 0;
    for (let made = 0; made < 500_000; made++) {
      const id = uuidv7();
      if (id > last) inOrder++;
      last = id;
    }
    expect(inOrder).toBe(500_000);
    expect(timeOf(last)).toBeLessThanOrEqual(Date.now());
  });

  it('keeps the order when the clock is set back', () => {
    const clock = jest.spyOn(Date, 'now');
    try {
      clock.mockReturnValue(4_000_000_000_000);
      const ahead = uuidv7();
      clock.mockReturnValue(1_000_000_000_000);
      const behind = uuidv7();
      expect(behind > ahead).toBe(true);
      expect(timeOf(behind)).toBe(4_000_000_000_000);
      clock.mockReturnValue(4_000_000_000_001);
      expect(uuidv7() > behind).toBe(true);
    } finally {
      clock.mockRestore();
    }
  });

  it('shares neither the start of the counter nor the tail with the ids of other milliseconds', () => {
    const clock = jest.spyOn(Date, 'now');
    try {
      const tails = new Set<string>();
      for (let ms = 5_000_000_000_000; ms < 5_000_000_001_000; ms++) {
        clock.mockReturnValue(ms);
        tails.add(uuidv7().slice(15, 23)).add(uuidv7().slice(24));
      }
      expect(tails.size).toBeGreaterThan(1990);
    } finally {
      clock.mockRestore();
    }
  });
});

describe('isUuid', () => {
  it('takes UUIDs of any version and case, and nothing else', () => {
    expect(isUuid(uuidv7())).toBe(true);
    expect(isUuid('AE7B3174-8be8-4d53-a3a5-9b8240970eea')).toBe(true);
    for (const other of ['', 'x', `${uuidv7()} `, uuidv7().replaceAll('-', ''), null, 1, {}]) {
      expect(isUuid(other)).toBe(false);
    }
  });
});
