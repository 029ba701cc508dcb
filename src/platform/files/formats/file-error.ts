/** Why a file as a whole cannot be read (or not to its end). */
export type FileErrorCode =
  | 'empty-file' // no byte in it, or nothing but blank lines
  | 'no-rows' // a header and nothing under it
  | 'unsupported-format' // a picture, a PDF, an old .xls …
  | 'binary-file' // control characters where text should be
  | 'wrong-format' // not what its name or `format` says
  | 'wrong-encoding' // not in the encoding it was declared to be in
  | 'unknown-encoding' // an encoding nobody knows
  | 'empty-header' // no column has a name
  | 'duplicate-header' // two columns have the same name
  | 'too-many-columns'
  | 'row-too-long' // the header, or a line longer than can be skipped
  | 'unclosed-quote' // the header, or so many that reading on has no sense
  | 'decompression-bomb'
  | 'file-too-large'
  | 'truncated-file' // a compressed file that ends early
  | 'corrupt-file'
  | 'sheet-not-found'
  | 'invalid-option';

/** What is wrong with one row, while the rows around it are read on. */
export type RowErrorCode =
  | 'too-few-cells'
  | 'too-many-cells'
  | 'unclosed-quote' // detail names the line where the quote was opened
  | 'malformed-quote' // text after a closing quote
  | 'nul-character' // PostgreSQL cannot keep U+0000
  | 'invalid-encoding' // bytes that are no text in the file's encoding
  | 'row-too-long'
  | 'cell-too-long'
  | 'invalid-json'
  | 'not-an-object'
  | 'too-many-columns'
  | 'too-deep'
  | 'duplicate-key'
  | 'cell-error' // #REF! and the like in a workbook
  | 'invalid-card';

/** One fault of one row, told in words a person can act on. */
export interface RowError {
  code: RowErrorCode;
  detail: string;
}

/**
 * A file that cannot be read (further). `detail` is a full sentence meant for the person who sent
 * the file; `line` is the line, record or sheet row it is about, counted from 1, when there is one.
 */
export class FileError extends Error {
  override name = 'FileError';

  constructor(
    readonly code: FileErrorCode,
    readonly detail: string,
    readonly line: number | null = null,
    options?: { cause?: unknown },
  ) {
    super(detail, options);
  }
}
