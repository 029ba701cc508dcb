import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { beginningTerms, eachTerm, partTerms } from './terms.js';
import type { Word } from './words.js';

function termsOf(text: string): Set<string> {
  const terms = new Set<string>();
  eachTerm(text, (term) => terms.add(term));
  return terms;
}

const inTitle = (text: string): Set<string> => termsOf(`${text}\n`);
const inOther = (text: string): Set<string> => termsOf(`x\n${text}\n`);
const word = (text: string): Word => ({ text, isCjk: false });

describe('terms', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abcdefghя1234'), minLength: 3 });
  const characters = fc.string({
    unit: fc.constantFrom(...'北京啤酒厂王伟한국𠀀'),
    minLength: 1,
  });

  it('of a part are among those of the whole, so that the index misses nothing', () => {
    fc.assert(
      fc.property(letters, fc.nat(), fc.nat({ max: 12 }), (text, offset, length) => {
        const start = offset % (text.length - 2);
        const terms = inOther(`before ${text}-after`);
        for (const term of partTerms(word(text.slice(start, start + length + 3)))) {
          expect(terms).toContain(term);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('of a beginning are among those of the whole', () => {
    fc.assert(
      fc.property(letters, fc.nat({ max: 12 }), (text, length) => {
        const beginning = word(text.slice(0, length + 3));
        for (const term of beginningTerms(beginning)) expect(inOther(text)).toContain(term);
      }),
      { numRuns: 1000 },
    );
  });

  it('of any part of Chinese, Japanese and Korean text are among those of the text', () => {
    fc.assert(
      fc.property(characters, fc.nat(), fc.nat(), (text, offset, length) => {
        const all = [...text];
        const start = offset % all.length;
        const part = all.slice(start, start + 1 + (length % all.length)).join('');
        const terms = inOther(`abc${text}`);
        for (const term of partTerms({ text: part, isCjk: true })) expect(terms).toContain(term);
      }),
    );
  });

  it('of one or two letters are those of words of the title that begin so', () => {
    for (const initial of ['a', 'an']) {
      const [term] = partTerms(word(initial));
      expect(inTitle('otto anna')).toContain(term);
      expect(inTitle('hanna')).not.toContain(term);
      expect(inOther('anna')).not.toContain(term);
    }
  });

  it('of a beginning tell it from the same letters inside a word', () => {
    const [four, six] = beginningTerms(word('schmidt'));
    expect(inOther('schmidt').has(four ?? '') && inOther('schmidt').has(six ?? '')).toBe(true);
    expect(inOther('goldschmidt')).not.toContain(four);
    expect(inOther('schmitz')).not.toContain(six);
  });
});
