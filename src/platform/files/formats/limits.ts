const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** How much of everything a file may have. Sizes of text are counted in UTF-16 characters. */
export interface Limits {
  /** Columns a file may have; a longer header refuses the file, a longer row is rejected. */
  maxColumns: number;
  /** Characters of one cell. A quote that stays open for longer counts as never closed. */
  maxCell: number;
  /** Characters of one row; what follows to the end of the line is skipped. */
  maxRow: number;
  /** Bytes of a file after decompression. */
  maxBytes: number;
  /** Times a compressed file may grow, looked at beyond its first 8 MiB. */
  maxRatio: number;
  /** Bytes of a workbook as sent: it has to be kept in a temporary file while it is read. */
  maxSpool: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = {
  maxColumns: 2000,
  maxCell: MIB,
  maxRow: 8 * MIB,
  maxBytes: 16 * GIB,
  maxRatio: 250,
  maxSpool: 512 * MIB,
};

/** Bytes that may come out of a decompressor before its ratio is looked at. */
export const RATIO_FREE_BYTES = 8 * MIB;
/** Bytes at the start of a file that its format, encoding and dialect are told from. */
export const SAMPLE_BYTES = 256 * KIB;
/** Bytes that are decoded and scanned at once; larger blocks are slower, and harder to collect. */
export const BLOCK_BYTES = 64 * KIB;
/** Rows in a batch, unless the caller wants other. */
export const BATCH_ROWS = 1000;
