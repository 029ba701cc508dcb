import type { RowError } from './file-error.js';

/**
 * One value as the file gives it. CSV and vCard give text; NDJSON and workbooks keep numbers and
 * booleans; NDJSON lists stay lists. `null` is an empty cell (or a JSON null), `undefined` a column
 * the row says nothing about, which only NDJSON and vCard can tell apart.
 *
 * A text may be a view into the block it was read from: it keeps up to 128 KiB alive. Whoever keeps
 * texts beyond their batch keeps `detached(text)` instead.
 */
export type Cell = string | number | boolean | null | undefined | readonly unknown[];

/** One row, good when `error` is null. */
export interface Row {
  /** Line the row begins on (CSV, NDJSON, vCard) or row of the sheet, counted from 1. */
  line: number;
  /** Values in the order of the reader's `headers`; those of a rejected row as far as readable. */
  cells: Cell[];
  error: RowError | null;
}

export const FORMATS = ['csv', 'tsv', 'ndjson', 'xlsx', 'vcard'] as const;
export type Format = (typeof FORMATS)[number];

/** Reads a file's rows, once, from the first to the last. */
export interface RowReader extends AsyncIterable<Row[]> {
  readonly format: Format;
  /** Character between two cells of csv and tsv; null for the others. */
  readonly delimiter: string | null;
  /** Name of the encoding: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`, `gb18030` … */
  readonly encoding: string;
  /**
   * Names of the columns. With ndjson and vcard it grows while rows are read, at the end only, so
   * earlier rows just have fewer cells; compare its length after each batch.
   */
  readonly headers: readonly string[];
  /** Bytes of the file taken so far, as sent: against the file's size it gives the progress. */
  readonly bytesRead: number;
  /**
   * Batches of exactly `batchRows` rows, but for the last: the same file gives the same batches
   * however it arrives. Throws FileError where the file cannot be read further.
   */
  [Symbol.asyncIterator](): AsyncIterator<Row[]>;
  /** Frees the source and temporary files; only needed when the rows are not read to their end. */
  close(): Promise<void>;
}

/** The same text in memory of its own; see Cell. */
export function detached(text: string): string {
  return Buffer.from(text).toString();
}
