import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalizeText } from './text.js';

describe('normalizeText', () => {
  it('trims, composes accents and ends lines with a single line feed', () => {
    expect(normalizeText('  Zoe\u0308 \r\n Café \r')).toEqual({ value: 'Zoë \n Café' });
  });

  it('keeps tabs, line feeds, emoji and the empty text', () => {
    expect(normalizeText('a\tb\nc')).toEqual({ value: 'a\tb\nc' });
    expect(normalizeText('👩‍🚀')).toEqual({ value: '👩‍🚀' });
    expect(normalizeText('')).toEqual({ value: '' });
  });

  it.each(['a\0b', 'a\x07', 'a\x85b', '\x1b[31m', 'x\x7fy'])(
    'refuses control characters: %j',
    (raw) => {
      expect(normalizeText(raw).error?.code).toBe('controlCharacters');
    },
  );

  it('refuses half a surrogate pair, which no database keeps', () => {
    expect(normalizeText('a\ud800b').error?.code).toBe('isUnicode');
  });

  it('counts characters, not UTF-16 units', () => {
    expect(normalizeText('😀'.repeat(255))).toEqual({ value: '😀'.repeat(255) });
    expect(normalizeText('😀'.repeat(256)).error?.code).toBe('maxLength');
    expect(normalizeText('abcd', 3).error).toEqual({
      code: 'maxLength',
      detail: 'must be at most 3 characters',
    });
  });

  it.each([1, true, null, undefined, {}, []])('refuses what is not text: %j', (raw) => {
    expect(normalizeText(raw).error?.code).toBe('isString');
  });

  it('answers for any text, and what it accepts it accepts unchanged again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const once = normalizeText(raw);
        if (!once.error) expect(normalizeText(once.value)).toEqual(once);
      }),
    );
  });
});
