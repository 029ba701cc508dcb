import { Columns, Unfit, unfit } from '../columns.js';
import { FileError, type RowError } from '../file-error.js';
import { linesOf, type Line } from '../input/lines.js';
import type { TextSource } from '../input/text-source.js';
import type { Limits } from '../limits.js';
import { checkTexts } from '../row-checks.js';
import type { Cell, Row } from '../row.js';
import type { OpenedFile, Table } from '../table.js';
import { parseJson } from './json-value.js';
import { grouped } from '../wording.js';

/** Characters shown of a line that cannot be read. */
const EXCERPT = 1000;
/** What may bring text that the database cannot keep, and cannot be seen from the outside. */
const ESCAPE = '\\u';
/** U+0000 and lone surrogates as JSON.stringify writes them. */
const UNFIT_IN_JSON = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** A file with a JSON object on every line. */
export class NdjsonTable implements Table {
  readonly format = 'ndjson';
  readonly delimiter = null;
  private readonly columns: Columns;
  private readonly lines: AsyncGenerator<Line[]>;
  /** Rows of the first block, read to know the columns. */
  private ahead: Row[] = [];

  private constructor(
    private readonly source: TextSource,
    private readonly limits: Limits,
  ) {
    this.columns = new Columns(limits);
    this.lines = linesOf(source, limits.maxRow);
  }

  /** Reads the first rows, so that their columns are known. */
  static async open(source: TextSource, { limits }: OpenedFile): Promise<NdjsonTable> {
    const table = new NdjsonTable(source, limits);
    for (let next = await table.lines.next(); !next.done; next = await table.lines.next()) {
      table.ahead = table.rowsOf(next.value);
      if (table.ahead.length > 0) return table;
    }
    throw new FileError('empty-file', 'The file is empty.');
  }

  get encoding(): string {
    return this.source.encoding;
  }

  get headers(): readonly string[] {
    return this.columns.headers;
  }

  async *rows(): AsyncGenerator<Row[]> {
    yield this.ahead;
    this.ahead = [];
    for await (const lines of this.lines) yield this.rowsOf(lines);
  }

  async close(): Promise<void> {
    await this.lines.return(undefined);
  }

  private rowsOf(lines: readonly Line[]): Row[] {
    const rows: Row[] = [];
    for (const line of lines) {
      if (line.text.trim() !== '') rows.push(this.rowOf(line));
    }
    return rows;
  }

  private rowOf(line: Line): Row {
    try {
      const cells = this.columns.cellsOf(this.objectOn(line));
      return { line: line.number, cells, error: this.textFault(line.text, cells) };
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      const cells: Cell[] = [line.text.slice(0, EXCERPT)];
      checkTexts(cells, this.limits);
      return { line: line.number, cells, error: error.error };
    }
  }

  private objectOn({ text, tooLong }: Line): Record<string, unknown> {
    if (tooLong) {
      const most = grouped(this.limits.maxRow);
      throw unfit('row-too-long', `The line is longer than ${most} characters.`);
    }
    if (!text.isWellFormed()) {
      throw unfit('invalid-encoding', 'The line holds bytes that are not text in its encoding.');
    }
    let value: unknown;
    try {
      value = parseJson(text);
    } catch (error) {
      throw unfit('invalid-json', `The line is not JSON: ${(error as Error).message}`);
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    throw unfit('not-an-object', 'The line is JSON, but not an object.');
  }

  private textFault(text: string, cells: Cell[]): RowError | null {
    if (!text.includes(ESCAPE) && text.length <= this.limits.maxCell) return null;
    const fault = checkTexts(cells, this.limits);
    return fault ?? listFault(cells);
  }
}

/** Lists keep their texts inside; a list with one that is unfit is shown as JSON. */
function listFault(cells: Cell[]): RowError | null {
  let fault: RowError | null = null;
  cells.forEach((cell, index) => {
    if (!Array.isArray(cell)) return;
    const json = JSON.stringify(cell);
    if (!UNFIT_IN_JSON.test(json)) return;
    cells[index] = json;
    fault = {
      code: 'nul-character',
      detail: `Cell ${index + 1} holds a character that is no text.`,
    };
  });
  return fault;
}
