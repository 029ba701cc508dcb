import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { uuidv7 } from '../../common/uuid.js';
import { readToken, writeToken } from './link-token.js';

const keyOf = (id: number) => ({ id, secret: randomBytes(32) });
const old = keyOf(1);
const current = keyOf(2);
const keys = new Map([old, current].map((key) => [key.id, key]));
const content = { workspaceId: uuidv7(), payload: { c: 'Müller' }, expiresAt: null };

describe('a token', () => {
  it('says what was signed, with any key that ever signed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.option(fc.nat(4e9)), (payload, seconds) => {
        const said = { ...content, payload, expiresAt: seconds && seconds * 1000 };
        for (const key of [old, current]) {
          const read = readToken(keys, 'survey', writeToken(key, 'survey', said));
          // JSON knows no negative zero.
          expect(read).toEqual({
            ...said,
            payload: JSON.parse(JSON.stringify(payload)) as unknown,
            expiresAt: said.expiresAt === 0 ? null : said.expiresAt,
          });
        }
      }),
    );
  });

  it('is good for its purpose alone, and for no key but its own', () => {
    const token = writeToken(old, 'confirm', content);
    expect(readToken(keys, 'confirm', token)).toEqual(content);
    expect(readToken(keys, 'unsubscribe', token)).toBeNull();
    expect(readToken(new Map([[1, keyOf(1)]]), 'confirm', token)).toBeNull();
    expect(readToken(new Map(), 'confirm', token)).toBeNull();
  });

  it('changed anywhere is none', () => {
    const token = writeToken(current, 'survey', content);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.base64String({ minLength: 4 }), (at, text) => {
        const other = token.slice(0, at) + text.slice(0, 1) + token.slice(at + 1);
        fc.pre(other !== token);
        expect(readToken(keys, 'survey', other)).toBeNull();
      }),
    );
    for (const other of ['', 'x', token.slice(0, -1), `${token}=`, `${token}A`, 'ü'.repeat(80)]) {
      expect(readToken(keys, 'survey', other)).toBeNull();
    }
  });
});
