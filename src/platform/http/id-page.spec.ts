import { describe, expect, test } from '@jest/globals';
import { uuidv7 } from '../../common/uuid.js';
import { idPage, readIdPage } from './id-page.js';

const rows = (count: number) => Array.from({ length: count }, () => ({ id: uuidv7() }));

describe('a list in the order of ids', () => {
  test('goes on after the last row it showed', () => {
    const found = rows(3);
    const { json, nextCursor } = idPage(found, { limit: 2, before: null });
    expect(JSON.parse(json)).toEqual({
      data: found.slice(0, 2),
      page: { nextCursor, hasMore: true },
    });
    expect(readIdPage({ limit: '2', cursor: nextCursor })).toEqual({
      limit: 2,
      before: found[1]?.id,
    });
  });

  test('ends without a cursor', () => {
    const { json, nextCursor } = idPage(rows(2), { limit: 2, before: null });
    expect([nextCursor, JSON.parse(json).page.hasMore]).toEqual([null, false]);
  });

  test.each([
    [{ limit: '0' }, 'invalid-parameter'],
    [{ limit: '501' }, 'invalid-parameter'],
    [{ limit: '1.5' }, 'invalid-parameter'],
    [{ limit: ['1', '2'] }, 'invalid-parameter'],
    [{ sort: 'name' }, 'invalid-parameter'],
    [{ cursor: '' }, 'invalid-cursor'],
    [{ cursor: 'nonsense' }, 'invalid-cursor'],
    [{ cursor: ['a', 'b'] }, 'invalid-cursor'],
    [{ cursor: `${Buffer.from(uuidv7()).toString('base64url')}=` }, 'invalid-cursor'],
  ])('refuses %j', (query, code) => {
    expect(() => readIdPage(query)).toThrow(expect.objectContaining({ code }));
  });
});
