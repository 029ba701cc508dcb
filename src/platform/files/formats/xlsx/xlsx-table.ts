import { FileError } from '../file-error.js';
import {
  headersFrom,
  keptColumns,
  looksLikeHeader,
  numberedHeaders,
  tooManyColumns,
} from '../header.js';
import type { Limits } from '../limits.js';
import { checkTexts, isBlank } from '../row-checks.js';
import type { Cell, Row } from '../row.js';
import type { OpenedFile, Table } from '../table.js';
import { Archive } from './archive.js';
import { SharedStringsHandler } from './shared-strings.js';
import { SheetHandler, type SheetRow } from './sheet.js';
import { spool, type TemporaryFile } from './spool.js';
import { TextStore } from './text-store.js';
import { readWorkbook } from './workbook.js';
import { parseAll, parseXml } from './xml.js';

/** One sheet of an .xlsx workbook. Its first row with something in it is the header. */
export class XlsxTable implements Table {
  readonly format = 'xlsx';
  readonly delimiter = null;
  readonly encoding = 'utf-8';
  headers: readonly string[] = [];
  private width = 0;
  private kept: number[] | null = null;
  private ahead: SheetRow[] = [];

  private constructor(
    private readonly sheet: SheetHandler,
    private readonly parsing: AsyncGenerator<void>,
    private readonly limits: Limits,
    private readonly owned: { close(): Promise<void> }[],
  ) {}

  /**
   * Spools the workbook to a temporary file and reads all but its cells.
   * @throws FileError
   */
  static async open({ bytes, options, limits }: OpenedFile): Promise<XlsxTable> {
    const file: TemporaryFile = await spool(bytes, limits);
    const texts = new TextStore(limits);
    const owned = [texts, file];
    try {
      const archive = await Archive.open(file, limits);
      const book = await readWorkbook(archive, options.sheet, limits);
      const strings = new SharedStringsHandler(texts);
      await parseAll(archive.text(book.stringsPart), strings, limits, () => texts.spill());
      const sheet = new SheetHandler(book, texts, limits);
      const parsing = parseXml(archive.text(book.sheetPart), sheet, limits);
      const table = new XlsxTable(sheet, parsing, limits, owned);
      await table.readHeader(options.header);
      return table;
    } catch (error) {
      for (const one of owned) await one.close();
      throw error;
    }
  }

  async *rows(): AsyncGenerator<Row[]> {
    let rows: SheetRow[] | null = this.ahead;
    this.ahead = [];
    for (; rows !== null; rows = await this.next()) {
      yield rows.filter(({ cells }) => !isBlank(cells)).map((row) => this.rowOf(row));
    }
  }

  async close(): Promise<void> {
    await this.parsing.return(undefined);
    for (const one of this.owned) await one.close();
  }

  /** Rows of the next chunk; null at the end of the sheet. */
  private async next(): Promise<SheetRow[] | null> {
    if ((await this.parsing.next()).done === true) return null;
    const { rows } = this.sheet;
    this.sheet.rows = [];
    return rows;
  }

  private async readHeader(header: boolean | undefined): Promise<void> {
    while (this.ahead.length === 0) {
      const rows = await this.next();
      if (rows === null) throw new FileError('empty-file', 'The sheet is empty.');
      this.ahead = rows.filter(({ cells }) => !isBlank(cells));
    }
    const first = this.ahead[0]!;
    const { number, cells, error } = first;
    if (error?.code === 'too-many-columns') throw tooManyColumns(this.limits, number);
    const hasHeader = header ?? looksLikeHeader(cells);
    if (hasHeader) this.ahead.shift();
    const names = hasHeader
      ? headersFrom(cells, number, this.limits)
      : numberedHeaders(cells.length, number, this.limits);
    this.width = names.length;
    this.kept = keptColumns(names);
    this.headers = this.kept === null ? names : this.kept.map((index) => names[index]!);
  }

  private rowOf({ number, cells, error }: SheetRow): Row {
    const { width } = this;
    while (cells.length > width && cells.at(-1) === null) cells.pop();
    const row: Row = { line: number, cells, error: error ?? checkTexts(cells, this.limits) };
    if (cells.length > width) {
      const detail = `The row has cells in ${cells.length} columns, the header has ${width}.`;
      row.error ??= { code: 'too-many-cells', detail };
    }
    while (cells.length < width) cells.push(null);
    return this.kept === null ? row : { ...row, cells: this.without(this.kept, cells) };
  }

  private without(kept: readonly number[], cells: readonly Cell[]): Cell[] {
    return [...kept.map((index) => cells[index]), ...cells.slice(this.width)];
  }
}
