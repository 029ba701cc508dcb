import { fold } from '../../common/fold.js';

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
