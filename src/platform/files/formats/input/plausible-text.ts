const WORD_BREAK = /[\s!-&(-,./:-@[-`{-~]+/;
const BEYOND_ASCII = /[\u0080-\uffff]/;
/** What no text has: lone surrogates (bytes without a meaning) and C1 control characters. */
const NO_TEXT = /[\u0080-\u009f\ud800-\udfff]/;
/** A sign in the middle of a word: `D¹browska`, `MÂ¸ller`. Apostrophes, hyphens and dots may be. */
const SIGN_INSIDE = /\p{L}[^\p{L}\p{M}\p{N}'’‘´`\-‐-―·•.&/+°ºª"“”„«»]\p{L}/u;
/** Signs of Windows-1252 that no word touches (`Caf¨¦` is GB18030). */
const SIGN_BESIDE = /\p{L}[¨¯¸¬¦¤¹¶×÷¢¥±]|[¨¯¸¬¦¤¹¶×÷¢¥±]\p{L}/u;
/** Three accented letters in a row do not happen in Latin scripts (`Ïåòðîâ`). */
const ACCENTS_IN_A_ROW = /[\u00c0-\u024f]{3}/;
const TWO_SCRIPTS = /[a-zà-ÿ]\p{Script=Cyrillic}|\p{Script=Cyrillic}[a-zà-ÿ]/iu;
/** An upper-case letter after lower-case ones: KOI8 read as 1251. */
const CASE_INSIDE = /[\u00df-\u00ff\u0430-\u044f]{2}[\u00c0-\u00de\u0410-\u042f]/;

/**
 * Share of the words beyond ASCII that do not look like words of any language: text read in a wrong
 * encoding has many, real text next to none. 1 when there are no such words to judge by.
 */
export function implausibility(text: string): number {
  let words = 0;
  let odd = 0;
  for (const word of text.split(WORD_BREAK)) {
    if (!BEYOND_ASCII.test(word)) continue;
    words += 1;
    if (isOdd(word)) odd += 1;
  }
  if (words === 0 || hasUncommonCyrillic(text)) return 1;
  return odd / words;
}

/** In Slavic text two letters of three are among these; in text read as Cyrillic by mistake, few. */
function hasUncommonCyrillic(text: string): boolean {
  const letters = text.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
  const common = text.match(/[оеаинтсрвлкмдіу]/giu)?.length ?? 0;
  return common < letters * 0.6;
}

function isOdd(word: string): boolean {
  if (hasLoneSurrogate(word) || SIGN_INSIDE.test(word)) return true;
  if (SIGN_BESIDE.test(word)) return true;
  return ACCENTS_IN_A_ROW.test(word) || TWO_SCRIPTS.test(word) || CASE_INSIDE.test(word);
}

function hasLoneSurrogate(word: string): boolean {
  return !word.isWellFormed() || NO_TEXT.test(word.replace(/[\u{10000}-\u{10ffff}]/gu, ''));
}
