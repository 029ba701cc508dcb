import { keyOf, keySpace } from './keys.js';
import { foldLine, phoneDigits, queryTerms, titleOf, wordsOf } from './terms.js';
import type { Word } from './terms.js';

/** Words of a query that are looked for; further ones only sharpen the ranking. */
const MAX_WORDS = 24;

/** What a person typed, as the search functions of the database take it. */
export interface SearchQuery {
  /** The query as titles are compared. */
  title: string;
  /** The query as other whole values are compared, such as an e-mail address. */
  raw: string;
  words: string[];
  /** LIKE patterns that the text of a document must match, besides having the terms. */
  patterns: string[];
  terms: string[];
}

/**
 * Reads a query: a document is found when it has each word as a part, words of one or two letters
 * at a word's beginning; an address with `@` as it stands; a telephone number by its digits in any
 * notation, with or without the zeros dialled before it.
 * @returns null when the text has no letter or digit to look for.
 */
export function parseQuery(text: string): SearchQuery | null {
  const folded = foldLine(text);
  const number = dialled(folded);
  const words: Word[] = number === null ? wordsOf(folded) : [{ text: number, isCjk: false }];
  if (words.length === 0) return null;
  const sought = words.slice(0, MAX_WORDS);
  const inside = sought.filter((word) => word.isCjk || word.text.length > 2);
  const addresses = folded.split(' ').filter((chunk) => chunk.includes('@'));
  const parts = [...inside.map((word) => word.text), ...addresses];
  return {
    title: titleOf(text),
    raw: number ?? folded,
    words: [...new Set(sought.map((word) => word.text))],
    patterns: [...new Set(parts)].map((part) => `%${part.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`),
    terms: [...new Set(sought.flatMap(queryTerms))],
  };
}

/** Keys by which the index finds the query's documents, and those of the sample. */
export function keysOfQuery(
  query: SearchQuery,
  workspaceId: string,
  object: string,
): { all: number[]; sample: number[] } {
  const space = keySpace(workspaceId, object);
  return {
    all: query.terms.map((term) => keyOf(space.all, term)),
    sample: query.terms.map((term) => keyOf(space.sample, term)),
  };
}

/** Digits of a query that can only be a telephone number, without zeros dialled before them. */
function dialled(folded: string): string | null {
  const digits = phoneDigits(folded);
  if (digits === null) return null;
  const looksDialled = /^[+0(]/.test(folded) || digits.length >= 8 || /^\d+$/.test(folded);
  if (!looksDialled) return null;
  const significant = digits.replace(/^0+/, '');
  return significant.length >= 3 ? significant : digits;
}
