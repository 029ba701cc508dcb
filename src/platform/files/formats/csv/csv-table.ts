import { FileError, type FileErrorCode, type RowErrorCode } from '../file-error.js';
import { headersFrom, keptColumns, looksLikeHeader, numberedHeaders } from '../header.js';
import type { TextSource } from '../input/text-source.js';
import type { Limits } from '../limits.js';
import type { Cell, Row } from '../row.js';
import type { OpenedFile, ReadOptions, Table } from '../table.js';
import { delimiterOf, firstRows, lineEndOf, SEPARATOR_LINE } from './dialect.js';
import { CsvScanner } from './scanner.js';
import type { Dialect } from './text-window.js';

/** A csv or tsv file. */
export class CsvTable implements Table {
  headers: readonly string[] = [];
  private readonly scanner: CsvScanner;
  /** First row, when it is not the header. */
  private firstRow: Row | null = null;
  /** Columns to deliver, where those of our own error files are left out. */
  private kept: number[] | null = null;

  private constructor(
    readonly format: 'csv' | 'tsv',
    private readonly source: TextSource,
    private readonly dialect: Dialect,
    private readonly limits: Limits,
  ) {
    this.scanner = new CsvScanner(dialect, limits);
  }

  /**
   * Tells the dialect from the beginning of the file and reads its header.
   * @throws FileError when there is no header to be read
   */
  static async open(
    format: 'csv' | 'tsv',
    source: TextSource,
    { options, limits }: OpenedFile,
  ): Promise<CsvTable> {
    const text = await source.sample();
    const separator = SEPARATOR_LINE.exec(text);
    const body = separator === null ? text : text.slice(separator[0].length);
    const dialect = dialectOf(body, format, { delimiter: separator?.[1], ...options }, limits);
    const isTabs = format === 'tsv' || (options.format === undefined && dialect.delimiter === '\t');
    const table = new CsvTable(isTabs ? 'tsv' : 'csv', source, dialect, limits);
    const first = firstRows(body, dialect, limits)[0];
    const hasHeader = options.header ?? looksLikeHeader(first?.cells ?? []);
    await table.readHeader(separator?.[0].length ?? 0, hasHeader);
    return table;
  }

  get delimiter(): string {
    return this.dialect.delimiter;
  }

  get encoding(): string {
    return this.source.encoding;
  }

  async *rows(most: number): AsyncGenerator<Row[]> {
    const { scanner } = this;
    let rows: Row[] = this.firstRow === null ? [] : [this.firstRow];
    for (;;) {
      let isFull = true;
      while (isFull) {
        isFull = scanner.take(rows, most);
        if (rows.length > 0) yield this.kept === null ? rows : rows.map((row) => this.without(row));
        rows = [];
      }
      if (!(await this.feed())) return;
    }
  }

  async close(): Promise<void> {
    // The text comes from the source, which whoever opened the table closes.
  }

  private async readHeader(skip: number, hasHeader: boolean): Promise<void> {
    const { scanner, limits } = this;
    const rows: Row[] = [];
    if (skip > 0) scanner.line = 2;
    let from = skip;
    while (!scanner.take(rows, 1)) {
      if (!(await this.feed(from))) throw new FileError('empty-file', 'The file is empty.');
      from = 0;
    }
    const row = rows[0]!;
    if (row.error !== null) throw headerError(row.error.code, row.error.detail, row.line);
    const names = hasHeader
      ? headersFrom(row.cells, row.line, limits)
      : numberedHeaders(row.cells.length, row.line, limits);
    if (!hasHeader) this.firstRow = row;
    scanner.columns = names.length;
    this.kept = keptColumns(names);
    this.headers = this.kept === null ? names : this.kept.map((index) => names[index]!);
  }

  private async feed(from = 0): Promise<boolean> {
    const block = await this.source.next();
    if (block === null) return false;
    this.scanner.feed(from === 0 ? block.text : block.text.slice(from), block.suspect, block.last);
    return true;
  }

  private without(row: Row): Row {
    const cells: Cell[] = this.kept!.map((index) => row.cells[index]);
    // What a row has too much is kept, so that it can be shown.
    return { ...row, cells: cells.concat(row.cells.slice(this.scanner.columns)) };
  }
}

function dialectOf(
  text: string,
  format: 'csv' | 'tsv',
  options: ReadOptions,
  limits: Limits,
): Dialect {
  const quote = options.quote === undefined ? '"' : options.quote || null;
  const lineEnd = lineEndOf(text);
  const partial = { quote, lineEnd, guarded: options.raw !== true };
  const given = options.delimiter ?? (format === 'tsv' ? '\t' : undefined);
  const delimiter = given ?? delimiterOf(text, partial, limits);
  refuseUnfit('delimiter', delimiter);
  if (quote !== null) refuseUnfit('quote', quote);
  if (quote === delimiter) {
    throw new FileError('invalid-option', 'delimiter and quote must be different characters.');
  }
  return { ...partial, delimiter };
}

function refuseUnfit(option: string, character: string): void {
  if (character.length === 1 && !/[\r\n\0\ud800-\udfff]/.test(character)) return;
  throw new FileError('invalid-option', `${option} must be one character, no line break.`);
}

const HEADER_ERRORS: Partial<Record<RowErrorCode, FileErrorCode>> = {
  'too-many-columns': 'too-many-columns',
  'unclosed-quote': 'unclosed-quote',
  'malformed-quote': 'unclosed-quote',
  'nul-character': 'binary-file',
  'invalid-encoding': 'wrong-encoding',
};

function headerError(code: RowErrorCode, detail: string, line: number): FileError {
  const fileCode = HEADER_ERRORS[code] ?? 'row-too-long';
  return new FileError(fileCode, `The header cannot be read. ${detail}`, line);
}
