import { wordsOf } from './words.js';
import type { Word } from './words.js';

/*
 * What the index knows of a text. Of each word all runs of three letters, by which any part of it
 * is found; `<` and its first four and its first six letters, which far fewer documents share, for
 * words that are typed from their beginning; `#` and each run of four digits. Of a word of the
 * title also `^` and its first letter and its first two. Of Chinese, Japanese and Korean each
 * character and each pair.
 */

const DIGITS = /^\d+$/;

/** Calls back with each term of a document's text (see `searchText`), some of them repeatedly. */
export function eachTerm(text: string, found: (term: string) => void): void {
  const titleEnd = text.indexOf('\n');
  for (const word of wordsOf(text.slice(0, titleEnd))) titleTerms(word, found);
  for (const word of wordsOf(text)) wordTerms(word, found);
}

function titleTerms({ text, isCjk }: Word, found: (term: string) => void): void {
  if (isCjk) return;
  found(`^${text.slice(0, 1)}`);
  if (text.length > 1) found(`^${text.slice(0, 2)}`);
}

function wordTerms({ text, isCjk }: Word, found: (term: string) => void): void {
  if (isCjk) {
    const characters = [...text];
    for (const character of characters) found(character);
    for (const pair of runs(characters, 2)) found(pair);
    return;
  }
  for (let start = 0; start + 3 <= text.length; start += 1) {
    found(text.slice(start, start + 3));
    const four = text.slice(start, start + 4);
    if (four.length === 4 && DIGITS.test(four)) found(`#${four}`);
  }
  if (text.length >= 4) found(`<${text.slice(0, 4)}`);
  if (text.length >= 6) found(`<${text.slice(0, 6)}`);
}

/** Whether a word is looked for only where a word of the title begins. */
export const isInitial = ({ text, isCjk }: Word): boolean => !isCjk && text.length < 3;

/** Terms of every document that has the word as a part (see {@link isInitial}). */
export function partTerms(word: Word): string[] {
  const { text, isCjk } = word;
  const characters = isCjk ? [...text] : text.split('');
  if (isInitial(word)) return [`^${text}`];
  if (isCjk) return characters.length === 1 ? characters : runs(characters, 2);
  if (text.length < 4 || !DIGITS.test(text)) return runs(characters, 3);
  return runs(characters, 4).map((four) => `#${four}`);
}

/** Further terms of every document that has a word which begins with this one. */
export function beginningTerms(word: Word): string[] {
  const { text, isCjk } = word;
  if (isCjk || text.length < 4 || DIGITS.test(text)) return [];
  const four = `<${text.slice(0, 4)}`;
  return text.length < 6 ? [four] : [four, `<${text.slice(0, 6)}`];
}

function runs(characters: readonly string[], length: number): string[] {
  const found: string[] = [];
  for (let start = 0; start + length <= characters.length; start += 1) {
    found.push(characters.slice(start, start + length).join(''));
  }
  return found;
}
