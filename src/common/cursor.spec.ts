import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { CursorContent, CursorKey, CursorValue } from './cursor.js';
import { Problem } from './errors.js';

const KEY = 'a key';
const SORT = '-createdAt,-id';
const CONTENT: CursorContent = {
  sort: SORT,
  values: ['2026-01-31T09:30:00.000Z', 'Müller 王', 12.5, true, null],
};

const keysOf = (values: readonly CursorValue[]): CursorKey[] =>
  values.map((value) => {
    if (value === null) return { type: 'text', nullable: true };
    if (typeof value === 'string') return { type: 'text' };
    return { type: typeof value === 'number' ? 'number' : 'boolean' };
  });
const KEYS = keysOf(CONTENT.values);

const readable = (cursor: string, sort = SORT, key: Parameters<typeof decodeCursor>[2] = KEY) => {
  try {
    return decodeCursor(cursor, sort, key, KEYS);
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code: 'invalid-cursor', status: 400 });
    return null;
  }
};

describe('a cursor', () => {
  it('gives back what it was made of, for any values', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
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
          expect(decodeCursor(cursor, sort, key, keysOf(values))).toEqual({ sort, values });
        },
      ),
    );
  });

  it('takes a key object too', () => {
    const key = createSecretKey(randomBytes(32));
    expect(decodeCursor(encodeCursor(CONTENT, key), SORT, key, KEYS)).toEqual(CONTENT);
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
    expect(() => decodeCursor(cursor, 'createdAt,id', KEY, KEYS)).toThrow(SORT);
  });

  it.each<[CursorKey, unknown[]]>([
    [{ type: 'text' }, [1, true, null, {}, 'a\0b', []]],
    [{ type: 'uuid' }, ['x', 1, null, '0199-']],
    [{ type: 'integer' }, ['1', 1.5, 2_147_483_648, null]],
    [{ type: 'bigint' }, ['1', 1.5, 1e300, null]],
    [{ type: 'number' }, ['1', null, 'NaN']],
    [{ type: 'decimal' }, ['x', '1e999', true]],
    [{ type: 'boolean' }, ['true', 0]],
    [{ type: 'date' }, ['2026-02-30', 5]],
    [{ type: 'datetime' }, ['yesterday', 5, '2026-01-31', 'infinity']],
  ])('is refused when a value is none of %j, though made with the right key', (key, wrong) => {
    for (const value of wrong) {
      const cursor = encodeCursor({ sort: SORT, values: [value as CursorValue] }, KEY);
      expect(() => decodeCursor(cursor, SORT, KEY, [key])).toThrow(Problem);
    }
    const empty = encodeCursor({ sort: SORT, values: [null] }, KEY);
    const nullable = { ...key, nullable: true };
    expect(decodeCursor(empty, SORT, KEY, [nullable]).values).toEqual([null]);
    expect(() => decodeCursor(empty, SORT, KEY, [nullable, nullable])).toThrow(Problem);
  });

  it('is refused when what the right key was used on is no content', () => {
    for (const text of ['', 'x', '{}', 'null', '5', '[5]', '[["-createdAt"]]', '"text"']) {
      const mac = createHmac('sha256', KEY).update('keel cursor\0').update(text).digest();
      const forged = Buffer.concat([mac.subarray(0, 16), Buffer.from(text)]).toString('base64url');
      expect(readable(forged)).toBeNull();
    }
  });

  it('holds five values of 255 characters of any script', () => {
    const content = { sort: SORT, values: Array.from({ length: 5 }, () => '王'.repeat(255)) };
    const cursor = encodeCursor(content, KEY);
    expect(decodeCursor(cursor, SORT, KEY, keysOf(content.values))).toEqual(content);
  });

  it('is not made of numbers that JSON would turn into null', () => {
    expect(() => encodeCursor({ sort: SORT, values: [NaN] }, KEY)).toThrow(TypeError);
  });
});
