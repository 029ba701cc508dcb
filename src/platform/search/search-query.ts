import { titleOf } from './search-text.js';
import { beginningTerms, isInitial, partTerms } from './terms.js';
import { foldLine, phoneDigits, wordsOf } from './words.js';
import type { Word } from './words.js';

/** Words of a query that are looked for; further ones only sharpen the ranking. */
const MAX_WORDS = 16;

/** What a person typed, as the database is asked for it. */
export interface SearchQuery {
  /** The query as titles are compared. */
  title: string;
  /** The query as other whole values are compared, such as an e-mail address. */
  raw: string;
  words: string[];
  /** LIKE patterns, all of which the text of a document must match. */
  patterns: string[];
  /** LIKE patterns, all of which a blank and the title must match. */
  initials: string[];
  /** What leads to the documents, word by word. */
  terms: WordTerms[];
}

/** Terms that a document with the word has. */
export interface WordTerms {
  isNumber: boolean;
  /** Those of a document that has it as a part. */
  part: string[];
  /** Further ones of a document with a word that begins so; empty when there are none. */
  beginning: string[];
}

/**
 * Reads a query: a document is found when it has each word as a part; a word of one or two letters
 * must begin a word of the title; an address with `@` is looked for as it stands, a telephone
 * number by its digits in any notation, with or without the zeros dialled before it.
 * @returns null when the text has no letter or digit to look for.
 */
export function parseQuery(text: string): SearchQuery | null {
  const folded = foldLine(text);
  const number = dialled(folded);
  const words = number === null ? soughtWords(folded) : [{ text: number, isCjk: false }];
  if (words.length === 0) return null;
  const inside = words.filter((word) => !isInitial(word)).map((word) => word.text);
  const addresses = folded.split(' ').filter((chunk) => chunk.includes('@'));
  return {
    title: titleOf(text),
    raw: number ?? folded,
    words: words.map((word) => word.text),
    patterns: [...new Set([...inside, ...addresses])].map((part) => `%${escapeLike(part)}%`),
    initials: words.filter(isInitial).map((word) => `% ${word.text}%`),
    terms: words.map(termsOf),
  };
}

/** The words to look for, each once. Of `beer.de` that is `beer`: the rest is too short to tell. */
function soughtWords(folded: string): Word[] {
  const words = new Map<string, Word>();
  for (const chunk of folded.split(' ')) {
    const all = wordsOf(chunk);
    const long = all.filter((word) => !isInitial(word));
    for (const word of long.length > 0 ? long : all) words.set(word.text, word);
  }
  return [...words.values()].slice(0, MAX_WORDS);
}

function termsOf(word: Word): WordTerms {
  return {
    isNumber: /^\d+$/.test(word.text),
    part: [...new Set(partTerms(word))],
    beginning: beginningTerms(word),
  };
}

const escapeLike = (part: string): string => part.replaceAll(/[\\%_]/g, String.raw`\$&`);

/** Digits of a query that can only be a telephone number, without zeros dialled before them. */
function dialled(folded: string): string | null {
  const digits = phoneDigits(folded);
  if (digits === null) return null;
  const looksDialled = /^[+0(]/.test(folded) || digits.length >= 8 || /^\d+$/.test(folded);
  if (!looksDialled) return null;
  const significant = digits.replace(/^0+/, '');
  return significant.length >= 3 ? significant : digits;
}
