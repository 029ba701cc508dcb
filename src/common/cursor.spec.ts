import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { CursorContent } from './cursor.js';
import { Problem } from './errors.js';

const KEY = 'a key';
const SORT = '-createdAt,-id';
const CONTENT: CursorContent = {
  sort: SORT,
  values: ['2026-01-31T09:30:00.000Z', 'Müller 王', 12.5, true, null],
};

const readable = (cursor: string, sort = SORT, key: Parameters<typeof decodeCursor>[2] = KEY) => {
  try {
    return decodeCursor(cursor, sort, key);
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code: 'invalid-cursor', status: 400 });
    return null;
  }
};

describe('a cursor', () => {
  it('gives back what it was made of, for any values', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number || 0),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(value, { maxLength: 6 }),
        fc.string(),
        (sort, values, key) => {
          const cursor = encodeCursor({ sort, values }, key);
          expect(cursor).toMatch(/^[\w-]+$/);
          expect(decodeCursor(cursor, sort, key)).toEqual({ sort, values });
        },
      ),
    );
  });

  it('takes a key object too', () => {
    const key = createSecretKey(randomBytes(32));
    expect(decodeCursor(encodeCursor(CONTENT, key), SORT, key)).toEqual(CONTENT);
  });

  it('is refused with any one character replaced, removed or added', () => {
    const cursor = encodeCursor(CONTENT, KEY);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=. +/%';
    for (let index = 0; index < cursor.length; index++) {
      for (const character of alphabet) {
        const changed = cursor.slice(0, index) + character + cursor.slice(index + 1);
        if (changed !== cursor) expect(readable(changed)).toBeNull();
      }
      expect(readable(cursor.slice(0, index) + cursor.slice(index + 1))).toBeNull();
      expect(readable(`${cursor.slice(0, index)}A${cursor.slice(index)}`)).toBeNull();
    }
    expect(readable(`${cursor}=`)).toBeNull();
    expect(readable(`${cursor}\n`)).toBeNull();
  });

  it('is refused when made up', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (text) => {
        expect(readable(text)).toBeNull();
        expect(readable(Buffer.from(text).toString('base64url'))).toBeNull();
      }),
    );
    expect(readable('A'.repeat(1_000_000))).toBeNull();
  });

  it('is refused with another key', () => {
    expect(readable(encodeCursor(CONTENT, 'another key'))).toBeNull();
  });

  it('is refused with another order, and the order it was made for is named', () => {
    const cursor = encodeCursor(CONTENT, KEY);
    expect(() => decodeCursor(cursor, 'createdAt,id', KEY)).toThrow(SORT);
  });

  it('holds five values of 255 characters of any script', () => {
    const content = { sort: SORT, values: Array.from({ length: 5 }, () => '王'.repeat(255)) };
    expect(decodeCursor(encodeCursor(content, KEY), SORT, KEY)).toEqual(content);
  });

  it('is not made of numbers that JSON would turn into null', () => {
    expect(() => encodeCursor({ sort: SORT, values: [NaN] }, KEY)).toThrow(TypeError);
  });
});
