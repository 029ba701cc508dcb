import type { RowError } from '../file-error.js';
import type { Limits } from '../limits.js';
import type { Cell, Row } from '../row.js';
import { checkTexts, isBlank } from '../row-checks.js';
import { unguard } from './guard.js';
import { QuotedRecord } from './quoted-record.js';
import { NONE, TextWindow, type Dialect } from './text-window.js';
import { grouped } from '../wording.js';

const CR = 13;
const APOSTROPHE = 39;
/** Characters shown of a row that is too long to show. */
const EXCERPT = 1000;

/**
 * Turns CSV text, fed in blocks cut anywhere, into rows: RFC 4180, and what is met in practice
 * (quotes inside unquoted cells are text; blanks around a quoted cell do not matter; a row of
 * nothing but empty cells is no row; empty cells at the end of a row may be too many).
 *
 * A fault costs the row it is in, and no more: after a quote that is never closed, or is closed in
 * the middle of a cell, reading goes on with the line after the one it was opened on. What comes
 * out depends on the text alone, never on where the blocks were cut, so that an import may resume
 * by counting rows.
 *
 * Written here because no CSV package gives row errors, line numbers and limits at the speed of a
 * bulk load: uDSV joins a short row with the next one and loses the rest of the file after an open
 * quote, without a word; papaparse and csv-parse know no limits, and csv-parse is too slow.
 */
export class CsvScanner {
  /** Cells each row must have; 0 while the header is not known. */
  columns = 0;
  /** Line that the next record begins on. */
  line = 1;

  private readonly window: TextWindow;
  private readonly quoted: QuotedRecord;
  private readonly guarded: boolean;
  /** Whether the rest of a line is thrown away. */
  private skipping = false;
  /** Characters to wait for before a record that was cut is read again. */
  private wanted = 0;

  constructor(
    dialect: Dialect,
    private readonly limits: Limits,
  ) {
    this.window = new TextWindow(dialect);
    this.quoted = new QuotedRecord(this.window, limits);
    this.guarded = dialect.guarded;
  }

  /**
   * Hands over the next block of text.
   * @param suspect whether it holds U+0000 or lone surrogates (bytes that are no text)
   * @param last whether it is the end of the file
   */
  feed(text: string, suspect: boolean, last: boolean): void {
    this.window.feed(text, suspect, last);
  }

  /**
   * Adds rows until `rows` holds `max` or the text is used up; false in the latter case.
   */
  take(rows: Row[], max: number): boolean {
    const { window } = this;
    while (rows.length < max) {
      if (window.pos >= window.text.length || !this.record(rows)) return false;
    }
    return true;
  }

  /** Reads one record, good or bad; false when it is not all there yet. */
  private record(rows: Row[]): boolean {
    if (this.skipping) return this.skipLine();
    const { window } = this;
    const { pos, text } = window;
    if (text.length - pos < this.wanted && !window.last) return false;
    this.wanted = 0;
    const lineEnd = window.nextLineEnd(pos);
    const end = lineEnd === NONE ? text.length : lineEnd;
    if (window.nextQuote(pos) < end) return this.quotedRecord(rows);
    if (end - pos > this.limits.maxRow) return this.tooLong(rows);
    if (lineEnd === NONE && !window.last) return false;
    this.plainRecord(rows, end);
    return true;
  }

  /** The common case: a line without a quote in it. */
  private plainRecord(rows: Row[], lineEnd: number): void {
    const { window } = this;
    const { pos, text } = window;
    const { maxColumns } = this.limits;
    const end = lineEnd > pos && text.charCodeAt(lineEnd - 1) === CR ? lineEnd - 1 : lineEnd;
    const cells: Cell[] = [];
    let count = 0;
    let start = pos;
    for (let at = window.nextDelimiter(pos); at < end; at = window.nextDelimiter(start)) {
      if (count < maxColumns) cells.push(this.cell(text, start, at));
      count += 1;
      start = at + 1;
    }
    if (count < maxColumns) cells.push(this.cell(text, start, end));
    this.add(rows, cells, count + 1, end - pos);
    window.pos = lineEnd + 1;
    this.line += 1;
  }

  private cell(text: string, from: number, to: number): Cell {
    if (from === to) return null;
    const cell = text.slice(from, to);
    return this.guarded && text.charCodeAt(from) === APOSTROPHE ? unguard(cell) : cell;
  }

  private quotedRecord(rows: Row[]): boolean {
    const { window, quoted } = this;
    switch (quoted.read()) {
      case 'more':
        // Twice as much each time, so that a long record is not read over for every block.
        this.wanted = (window.text.length - window.pos) * 2;
        return false;
      case 'too-long':
        return this.tooLong(rows);
      case 'fault':
        return this.recover(rows);
      default: {
        const end = Math.min(quoted.end, window.text.length);
        this.add(rows, quoted.cells, quoted.count, end - window.pos);
        this.line += window.countLines(window.pos, end);
        window.pos = end;
        return true;
      }
    }
  }

  /**
   * Rejects the record up to the end of the line its bad quote is on; reads on after that. What is
   * read a second time cannot fail in the same way, so a file of bad quotes costs twice at most:
   * inside a quote there were only doubled quotes, and those open nothing.
   */
  private recover(rows: Row[]): boolean {
    const { window, quoted, limits } = this;
    const { pos, text } = window;
    const found = text.indexOf(window.dialect.lineEnd, quoted.openedAt);
    if (found === -1 && !window.last && text.length - pos <= limits.maxRow) return false;
    const end = found === -1 ? text.length : found;
    const line = this.line + window.countLines(pos, quoted.openedAt);
    const rest = text.slice(quoted.openedAt, Math.min(end, pos + limits.maxRow)).trimEnd();
    this.push(rows, [...quoted.cells, rest], quoteError(quoted.code, line, limits));
    if (quoted.code === 'malformed-quote') quoted.strictUntil = window.base + quoted.reachedAt;
    this.line = found === -1 ? line : line + 1;
    this.skipping = found === -1;
    window.pos = end + 1;
    return true;
  }

  /** Rejects a row beyond the limit and everything to the end of the line it is cut on. */
  private tooLong(rows: Row[]): boolean {
    const { window } = this;
    const { maxRow } = this.limits;
    const detail = `The row is longer than ${grouped(maxRow)} characters.`;
    const excerpt = window.text.slice(window.pos, window.pos + EXCERPT);
    this.push(rows, [excerpt], { code: 'row-too-long', detail });
    const cut = window.pos + maxRow;
    this.line += window.countLines(window.pos, cut);
    window.pos = cut;
    this.skipping = true;
    return true;
  }

  private skipLine(): boolean {
    const { window } = this;
    const end = window.text.indexOf(window.dialect.lineEnd, window.pos);
    window.pos = end === -1 ? window.text.length : end + 1;
    if (end === -1) return false;
    this.skipping = false;
    this.line += 1;
    return true;
  }

  /** Checks a complete record and adds it. */
  private add(rows: Row[], cells: Cell[], count: number, length: number): void {
    if (cells[0] === null && isBlank(cells)) return;
    const error = count === this.columns ? null : this.miscounted(cells, count);
    if (this.window.suspect || length > this.limits.maxCell) this.push(rows, cells, error);
    else rows.push({ line: this.line, cells, error });
  }

  private push(rows: Row[], cells: Cell[], error: RowError | null): void {
    const fault = checkTexts(cells, this.limits);
    rows.push({ line: this.line, cells, error: error ?? fault });
  }

  private miscounted(cells: Cell[], count: number): RowError | null {
    const { columns, limits } = this;
    if (count > limits.maxColumns) {
      const most = grouped(limits.maxColumns);
      return {
        code: 'too-many-columns',
        detail: `The row has ${grouped(count)} cells; at most ${most} can be read.`,
      };
    }
    if (columns === 0) return null;
    while (cells.length > columns && cells.at(-1) === null) cells.pop();
    if (cells.length === columns) return null;
    const detail = `The row has ${count} cells, the header has ${columns}.`;
    return { code: count < columns ? 'too-few-cells' : 'too-many-cells', detail };
  }
}

function quoteError(code: QuotedRecord['code'], line: number, limits: Limits): RowError {
  const most = grouped(limits.maxCell);
  const detail =
    code === 'unclosed-quote'
      ? `The quote opened on line ${line} is not closed within ${most} characters.`
      : `The quote on line ${line} is followed by text, which should be inside it.`;
  return { code, detail };
}
