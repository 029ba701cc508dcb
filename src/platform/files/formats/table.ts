import type { ByteSource } from './input/byte-source.js';
import type { Limits } from './limits.js';
import type { Format, Row } from './row.js';

/** How a file is to be read; whatever is left out is told from the file. */
export interface ReadOptions {
  format?: Format;
  filename?: string;
  contentType?: string;
  /** One character. */
  delimiter?: string;
  /** `utf-8`, `utf-16`, `windows-1252`, `gb18030`, or any that iconv-lite knows. */
  encoding?: string;
  /** Whether the first row names the columns. */
  header?: boolean;
  /** One character, `"` by default; null when quotes mean nothing. */
  quote?: string | null;
  /** Sheet of a workbook; by default the first one that is not hidden. */
  sheet?: string;
  /** Whether apostrophes before `=`, `+`, `-` and `@` are part of the text (see csv/guard.ts). */
  raw?: boolean;
  /** Rows (good or bad, not the header) to leave out, because they were read before. */
  skipRows?: number;
  /** Rows in each batch. */
  batchRows?: number;
  limits?: Partial<Limits>;
}

/** What an opened file hands to the reader of its format. */
export interface OpenedFile {
  bytes: ByteSource;
  options: ReadOptions;
  limits: Limits;
}

/** A file opened by the reader of its format, before batches are made of its rows. */
export interface Table {
  readonly format: Format;
  readonly delimiter: string | null;
  readonly encoding: string;
  readonly headers: readonly string[];
  /** The rows in order, in pieces of at most `most`; blank rows are none. */
  rows(most: number): AsyncIterable<Row[]>;
  /** Frees what the table holds besides the source. */
  close(): Promise<void>;
}
