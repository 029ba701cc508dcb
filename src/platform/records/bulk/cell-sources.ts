import { readDecimal } from '../../../common/values/decimal-cell.js';
import { cellText, isEmptyCell } from './parsed-row.js';
import type { BulkCell } from './parsed-row.js';

/** Gives the cells of a row in the order of the targets they go to. */
export type CellsOf = (cells: readonly BulkCell[]) => readonly BulkCell[];

/**
 * Other words for the values of a file: whole values, or patterns with one `*` (`C*`, `*.0`, `*` for
 * all others), which the new word may have as well. The pattern with most letters wins.
 */
export type Translation = Readonly<Record<string, string | null>>;

/** Where the cell of a target comes from. */
export interface CellSource {
  /** Column of the file; null when only the fallback gives it. */
  column: number | null;
  /** Stands in for an empty cell. */
  fallback?: string | number | boolean;
  values?: Translation;
  /** What numbers are multiplied by. */
  factor?: number;
}

/** Compiles where cells come from; nothing is done where each column has its own target. */
export function compileCells(sources: readonly CellSource[]): CellsOf {
  const isPlain = sources.every(
    ({ column, fallback, values, factor }, index) =>
      column === index && fallback === undefined && !values && factor === undefined,
  );
  if (isPlain) return (cells) => cells;
  const readers = sources.map(readerOf);
  return (cells) => readers.map((read) => read(cells));
}

function readerOf({ column, fallback, values, factor }: CellSource) {
  const translate = values && translator(values);
  return (cells: readonly BulkCell[]): BulkCell => {
    let cell = column === null ? null : cells[column];
    if (translate && !isEmptyCell(cell)) cell = translate(cellText(cell).trim());
    if (isEmptyCell(cell)) return fallback ?? cell;
    return factor === undefined ? cell : multiplied(cell, factor);
  };
}

function translator(values: Translation): (text: string) => string | null {
  const entries = Object.entries(values);
  const whole = new Map(entries.filter(([from]) => !from.includes('*')));
  const patterns = entries
    .filter(([from]) => from.includes('*'))
    .sort(([a], [b]) => b.length - a.length)
    .map(([from, to]) => {
      const star = from.indexOf('*');
      return { start: from.slice(0, star), end: from.slice(star + 1), to };
    });
  return (text) => {
    const known = whole.get(text);
    if (known !== undefined) return known;
    for (const { start, end, to } of patterns) {
      const length = text.length - start.length - end.length;
      if (length < 0 || !text.startsWith(start) || !text.endsWith(end)) continue;
      return to?.replace('*', () => text.slice(start.length, start.length + length)) ?? null;
    }
    return text;
  };
}

/** Twelve decimals hide what floats add to a product, such as `0.15 × 100`. */
const EXACT = 12;

function multiplied(cell: BulkCell, factor: number): BulkCell {
  const number = readDecimal(cell, { precision: 31, scale: EXACT, excess: 'round' });
  if (number.error) return cell; // the property's own rules say what is wrong with it
  return Number((Number(number.value) * factor).toFixed(EXACT)).toString();
}
