import { describe, expect, it } from '@jest/globals';
import { parseQuery } from './search-query.js';

describe('parseQuery', () => {
  it('folds words and asks for each as a part', () => {
    expect(parseQuery(' Anna  MÜLLER ')).toEqual({
      title: 'anna muller',
      raw: 'anna muller',
      words: ['anna', 'muller'],
      patterns: ['%anna%', '%muller%'],
      initials: [],
      terms: [
        { isNumber: false, part: ['ann', 'nna'], beginning: ['<anna'] },
        {
          isNumber: false,
          part: ['mul', 'ull', 'lle', 'ler'],
          beginning: ['<mull', '<muller'],
        },
      ],
    });
  });

  it('asks for words of one and two letters only where a word of the title begins', () => {
    const query = parseQuery('al b');
    expect(query).toMatchObject({ patterns: [], initials: ['% al%', '% b%'] });
    expect(query?.terms.map(({ part }) => part)).toEqual([['^al'], ['^b']]);
  });

  it.each([
    ['beer.de', ['beer']],
    ["o'neill", ['neill']],
    ['a.smith@x.example', ['smith', 'example']],
    ['st.gallen', ['gallen']],
    ['a.b c', ['a', 'b', 'c']],
  ])('looks in %j for what is long enough to tell', (text, words) => {
    expect(parseQuery(text)?.words).toEqual(words);
  });

  it.each([
    ['+49 151 2345', '491512345'],
    ['0151 23456', '15123456'],
    ['(030) 12-34-56', '30123456'],
    ['0049 (0) 30 123', '4930123'],
    ['030123', '30123'],
    ['1234 5678', '12345678'],
  ])('reads %j as the telephone number %j', (text, digits) => {
    expect(parseQuery(text)).toMatchObject({ raw: digits, words: [digits] });
  });

  it.each(['100 200', '24 hours', '2024'])('does not take %j for a telephone number', (text) => {
    expect(parseQuery(text)?.words).toEqual(text.split(' '));
  });

  it('asks for an address as it stands, with its LIKE wildcards made plain', () => {
    expect(parseQuery(String.raw`a_b%c\d@x`)?.patterns).toContain(String.raw`%a\_b\%c\\d@x%`);
  });

  it.each(["' & | ! :* \\", '%', '_', '   ', '\u0000', '<->', '"', '\uD800'])(
    'finds nothing to look for in %j',
    (text) => {
      expect(parseQuery(text)).toBeNull();
    },
  );

  it('keeps what the database cannot store out of every parameter', () => {
    const query = parseQuery('a\u0000b@c\uD800 d');
    expect(JSON.stringify(query)).not.toMatch(/\\u0000|\\ud800/i);
  });

  it('bounds the work of a very long query', () => {
    const words = Array.from({ length: 100 }, (_, n) => `word${n}`).join(' ');
    expect(parseQuery(words)?.patterns).toHaveLength(16);
    expect(parseQuery('x'.repeat(200))?.terms[0]?.part).toEqual(['xxx']);
  });
});
