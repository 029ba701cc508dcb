import { foldLine, phoneDigits, wordsOf } from './words.js';

/** Characters of a document's text that can be found; what lies behind them is not searched. */
export const MAX_TEXT = 2000;

/** The title as it is compared: folded words with one space between them. */
export function titleOf(text: string): string {
  return wordsOf(foldLine(text))
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
    // O'Neill is also looked for as oneill.
    if (folded.includes("'")) lines.add(folded.replaceAll("'", ''));
    const digits = phoneDigits(folded);
    if (digits !== null) lines.add(digits);
  }
  return `${[...lines].join('\n').slice(0, MAX_TEXT).toWellFormed()}\n`;
}
