import { FileError } from './file-error.js';
import type { Limits } from './limits.js';
import type { Cell } from './row.js';
import { grouped } from './wording.js';

/** Columns of our own error files: a mended file is sent again with them, and they say nothing. */
export const LINE_COLUMN = '_line';
export const ERROR_COLUMN = '_error';

/** Name of a column that has none, counted from 1. */
export function columnName(index: number): string {
  return `Column ${index + 1}`;
}

/** What stands in rows and not in headers: addresses, numbers, dates, ids. */
const VALUE =
  /^(?:[^\s@]+@[^\s@]+|https?:\/\/\S+|[+-]?\d[\d\s().,/:-]*|\d{4}-\d\d-\d\dT\S+|[\da-f]{8}-[\da-f-]{27})$/i;

/**
 * Whether a first row names the columns. It does unless one of its cells is plainly a value: an
 * e-mail or web address, a date, an id or a telephone number; short numbers such as years may be
 * names, but not where they are the most.
 */
export function looksLikeHeader(cells: readonly Cell[]): boolean {
  const texts = cells.filter((cell) => cell != null).map(String);
  const values = texts.filter((text) => VALUE.test(text.trim()));
  if (values.some((text) => text.trim().length > 4)) return false;
  return values.length * 2 <= texts.length;
}

/**
 * Names of the columns from a header row: trimmed; empty ones at the end are dropped, others are
 * called `Column 3`, so that nothing under them is lost.
 * @throws FileError `empty-header`, `duplicate-header` or `too-many-columns`
 */
export function headersFrom(cells: readonly Cell[], line: number, limits: Limits): string[] {
  const names = cells.map((cell) => (cell == null ? '' : String(cell).trim()));
  while (names.at(-1) === '') names.pop();
  if (names.every((name) => name === '')) {
    throw new FileError('empty-header', 'No column of the header has a name.', line);
  }
  refuseTooMany(names.length, line, limits);
  const headers = names.map((name, index) => name || columnName(index));
  const seen = new Map<string, number>();
  headers.forEach((name, index) => {
    const earlier = seen.get(name);
    if (earlier === undefined) return seen.set(name, index);
    const detail = `Columns ${earlier + 1} and ${index + 1} are both called "${shown(name)}".`;
    throw new FileError('duplicate-header', detail, line);
  });
  return headers;
}

/** Names of the columns of a file without a header. */
export function numberedHeaders(count: number, line: number, limits: Limits): string[] {
  refuseTooMany(count, line, limits);
  return Array.from({ length: count }, (_, index) => columnName(index));
}

function refuseTooMany(count: number, line: number, limits: Limits): void {
  if (count > limits.maxColumns) throw tooManyColumns(limits, line);
}

export function tooManyColumns(limits: Limits, line: number): FileError {
  const most = grouped(limits.maxColumns);
  return new FileError('too-many-columns', `The file has more than ${most} columns.`, line);
}

function shown(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}

/** Which columns are kept, when some are ours and left out; null when all are. */
export function keptColumns(headers: readonly string[]): number[] | null {
  const kept = headers.flatMap((name, index) => (isOwnColumn(name) ? [] : [index]));
  return kept.length === headers.length ? null : kept;
}

export function isOwnColumn(name: string): boolean {
  return name === LINE_COLUMN || name === ERROR_COLUMN;
}
