import type { Limits } from '../limits.js';
import type { Row } from '../row.js';
import { CsvScanner } from './scanner.js';
import type { Dialect } from './text-window.js';

/** Delimiters that are told from the text, the commonest first. */
const DELIMITERS = [',', ';', '\t', '|'];
/** How much of the file is tried with each of them. */
const TRIED_CHARACTERS = 64 * 1024;
const TRIED_ROWS = 200;

/** First line by which Excel tells its delimiter. */
export const SEPARATOR_LINE = /^sep=(.)(?:\r\n|\r|\n)/i;

/** `\r` for files of old Macs, where no line feed follows it. What stands in quotes is no line end. */
export function lineEndOf(text: string): '\n' | '\r' {
  if (!text.includes('\r')) return '\n';
  const unquoted = text.replace(/"[^"]*(?:"|$)/g, '');
  // A quote that is never closed would hide all line ends behind it.
  const told = /[\r\n]/.test(unquoted) ? unquoted : text;
  // A CR at the very end may only be cut off from its line feed.
  const alone = told.match(/\r(?!\n|$)/g)?.length ?? 0;
  const feeds = told.match(/\n/g)?.length ?? 0;
  return alone > feeds ? '\r' : '\n';
}

/**
 * The delimiter that splits most rows into as many cells as the first one, and into more of them
 * where two do that as well; a comma for a file of one column.
 * @param text the beginning of the file
 */
export function delimiterOf(text: string, dialect: Omit<Dialect, 'delimiter'>, limits: Limits) {
  let best = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const score = evenness(firstRows(text, { ...dialect, delimiter }, limits));
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** Rows at the start of the text; the last one is left out where the text may be cut. */
export function firstRows(text: string, dialect: Dialect, limits: Limits): Row[] {
  const scanner = new CsvScanner(dialect, limits);
  const rows: Row[] = [];
  const isWhole = text.length <= TRIED_CHARACTERS;
  scanner.feed(text.slice(0, TRIED_CHARACTERS), false, isWhole);
  scanner.take(rows, TRIED_ROWS);
  if (rows.length > 0 || isWhole) return rows;
  scanner.feed(text.slice(TRIED_CHARACTERS), false, true);
  scanner.take(rows, 1);
  return rows;
}

/** 0 for one column; else the share of rows as wide as the first, a little more the wider. */
function evenness(rows: readonly Row[]): number {
  const width = rows[0]?.cells.length ?? 0;
  if (width < 2) return 0;
  const even = rows.filter(({ cells }) => cells.length === width).length;
  return even / rows.length + Math.min(width, 100) / 1000;
}
