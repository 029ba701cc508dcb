import { fold } from '../../common/fold.js';

/** Characters of a document's text that can be found; what lies behind them is not indexed. */
export const MAX_TEXT = 2000;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Scripts written without spaces, of which any two characters may be a name. */
const CJK = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}]/u;
const CJK_RUNS = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}]+/gu;

const PHONE = /^\+?[\d\s()./-]{5,40}$/;

/** A run of letters and digits of one kind of script. */
export interface Word {
  text: string;
  isCjk: boolean;
}

/** A value as it is searched: folded, on one line, of characters that PostgreSQL can store. */
export function foldLine(text: string): string {
  return fold(text)
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** The words of a folded text, in order; runs of Chinese, Japanese and Korean apart from others. */
export function wordsOf(folded: string): Word[] {
  const words: Word[] = [];
  for (const [run] of folded.matchAll(WORD)) {
    if (!CJK.test(run)) words.push({ text: run, isCjk: false });
    else words.push(...splitScripts(run));
  }
  return words;
}

function splitScripts(run: string): Word[] {
  const words: Word[] = [];
  let end = 0;
  for (const match of run.matchAll(CJK_RUNS)) {
    if (match.index > end) words.push({ text: run.slice(end, match.index), isCjk: false });
    words.push({ text: match[0], isCjk: true });
    end = match.index + match[0].length;
  }
  if (end < run.length) words.push({ text: run.slice(end), isCjk: false });
  return words;
}

/** The digits of a text that is a telephone number as people write them, otherwise null. */
export function phoneDigits(folded: string): string | null {
  if (!PHONE.test(folded)) return null;
  // The zero in `+49 (0) 30` is only dialled inside the country.
  const digits = folded.replace('(0)', '').replaceAll(/\D/g, '');
  return digits.length >= 5 ? digits : null;
}

/** The title as it is compared: folded words with one space between them. */
export function titleOf(text: string): string {
  return wordsOf(fold(text))
    .map((word) => word.text)
    .join(' ');
}

/**
 * Everything a document can be found by, one value a line and each line ended: the title first,
 * as {@link titleOf} gives it.
 */
export function searchText(title: string, texts: readonly string[]): string {
  const lines = new Set([titleOf(title)]);
  for (const text of [title, ...texts]) {
    const folded = foldLine(text);
    if (folded === '') continue;
    lines.add(folded);
    const digits = phoneDigits(folded);
    if (digits !== null) lines.add(digits);
  }
  return `${[...lines].join('\n').slice(0, MAX_TEXT).toWellFormed()}\n`;
}

/** Calls back with each term of a document's word: what {@link queryTerms} may ask for. */
export function eachTerm(word: Word, found: (term: string) => void): void {
  const { text } = word;
  if (word.isCjk) {
    const characters = [...text];
    for (const [index, character] of characters.entries()) {
      found(character);
      if (index > 0) found(`${characters[index - 1]}${character}`);
    }
    return;
  }
  found(`^${text[0]}`);
  if (text.length > 1) found(`^${text.slice(0, 2)}`);
  for (let start = 0; start + 3 <= text.length; start += 1) {
    found(text.slice(start, start + 3));
    if (start + 4 <= text.length) found(text.slice(start, start + 4));
  }
}

/**
 * Terms that every document holding the word as a part has: of Chinese, Japanese and Korean any
 * part, of other scripts parts of three letters anywhere and shorter ones where a word begins.
 */
export function queryTerms(word: Word): string[] {
  const { text, isCjk } = word;
  const characters = isCjk ? [...text] : [];
  if (isCjk && characters.length === 1) return characters;
  if (isCjk) return characters.slice(1).map((next, index) => `${characters[index]}${next}`);
  if (text.length < 3) return [`^${text}`];
  if (text.length === 3) return [text];
  return Array.from({ length: text.length - 3 }, (_, start) => text.slice(start, start + 4));
}
