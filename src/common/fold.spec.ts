import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fold } from './fold.js';

describe('fold', () => {
  it.each([
    ['Müller', 'muller'],
    ['MULLER', 'muller'],
    ['Mu\u0308ller', 'muller'],
    ['Straße', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['Ørsted', 'orsted'],
    ['Łódź', 'lodz'],
    ['Đoković', 'dokovic'],
    ['Ægir', 'aegir'],
    ['Œuvre', 'oeuvre'],
    ['Þórður', 'thordur'],
    ['İstanbul', 'istanbul'],
    ['ısı', 'isi'],
    ['São Paulo', 'sao paulo'],
    ['Nguyễn', 'nguyen'],
    ['Ελλάς', 'ελλασ'],
    ['ΕΛΛΆΣ', 'ελλασ'],
    ['Ёлкин', 'елкин'],
    ['ＡＢＣ１２３', 'abc123'],
    ['ﬁne', 'fine'],
    ['D’Angelo', "d'angelo"],
    ['مُحَمَّد', 'محمد'],
  ])('folds %j to %j', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it.each([
    ['が', 'が'],
    ['ガーデン', 'ガーデン'],
    ['ｶﾞｰﾃﾞﾝ', 'ガーデン'],
    ['한국', '한국'],
    ['王小明', '王小明'],
    ['ที่', 'ที่'],
    ['हिन्दी', 'हिन्दी'],
  ])('keeps the marks that make another letter: %j', (text, folded) => {
    expect(fold(text)).toBe(folded.normalize('NFC'));
  });

  it('folds nothing further the second time, and does not mind how the text was composed', () => {
    const words = fc.string({ unit: fc.constantFrom(...'aÄéßŁøİıΣςЙ한が王ﬁẞＡ’ơ̈') });
    fc.assert(
      fc.property(fc.oneof(words, fc.string({ unit: 'grapheme' })), (text) => {
        const folded = fold(text);
        expect(fold(folded)).toBe(folded);
        expect(fold(text.normalize('NFD'))).toBe(folded);
        expect(fold(text.normalize('NFC'))).toBe(folded);
      }),
      { numRuns: 1000 },
    );
  });
});
