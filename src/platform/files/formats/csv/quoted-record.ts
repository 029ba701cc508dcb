import type { Limits } from '../limits.js';
import type { Cell } from '../row.js';
import { unguard } from './guard.js';
import { NONE, type TextWindow } from './text-window.js';

const CR = 13;
const SPACE = 32;
const APOSTROPHE = 39;
/** Answers of the cell readers besides the place where the cell ends. */
const MORE = -1;
const FAULT = -2;

export type Outcome = 'done' | 'more' | 'fault' | 'too-long';

/** Reads one record that has a quote in it; what it found stays in its fields until the next. */
export class QuotedRecord {
  cells: Cell[] = [];
  /** Cells of the record, those beyond the limit included. */
  count = 0;
  /** Where the next record begins, after `done`. */
  end = 0;
  /** After `fault`: what is wrong, where that cell begins, and how far was read to find out. */
  code: 'unclosed-quote' | 'malformed-quote' = 'unclosed-quote';
  openedAt = 0;
  reachedAt = 0;
  /** Place in the file up to which quotes inside an unquoted cell are a fault. */
  strictUntil = 0;

  private value: Cell = null;
  private readonly quoteCode: number;
  private readonly delimiterCode: number;
  private readonly lineEndCode: number;

  constructor(
    private readonly window: TextWindow,
    private readonly limits: Limits,
  ) {
    const { quote, delimiter, lineEnd } = window.dialect;
    this.quoteCode = quote === null ? -1 : quote.charCodeAt(0);
    this.delimiterCode = delimiter.charCodeAt(0);
    this.lineEndCode = lineEnd.charCodeAt(0);
  }

  /** Reads the record at the window's `pos`. */
  read(): Outcome {
    const { window, limits } = this;
    const { text, pos } = window;
    const limit = pos + limits.maxRow;
    this.cells = [];
    this.count = 0;
    let at = pos;
    for (;;) {
      const end = this.readCell(at);
      if (end === MORE) return text.length > limit ? 'too-long' : 'more';
      if (end === FAULT) return this.reachedAt > limit ? 'too-long' : 'fault';
      if (end > limit) return 'too-long';
      if (this.count < limits.maxColumns) this.cells.push(this.value);
      this.count += 1;
      if (end >= text.length || text.charCodeAt(end) !== this.delimiterCode) {
        this.end = text.charCodeAt(end) === this.lineEndCode ? end + 1 : end + 2;
        return 'done';
      }
      at = end + 1;
    }
  }

  /** Reads one cell into `value`; answers where it ends, MORE or FAULT. */
  private readCell(from: number): number {
    const { text, last } = this.window;
    let at = from;
    while (at < text.length && text.charCodeAt(at) === SPACE) at += 1;
    if (at >= text.length && !last) return MORE;
    if (text.charCodeAt(at) === this.quoteCode) return this.readQuoted(at);
    return this.readPlain(from);
  }

  private readPlain(from: number): number {
    const { window } = this;
    const { text } = window;
    const lineEnd = window.nextLineEnd(from);
    let end = Math.min(window.nextDelimiter(from), lineEnd);
    if (end === NONE) {
      if (!window.last) return MORE;
      end = text.length;
    }
    // The CR of CRLF ends the line; every other one is text.
    const hasCr = end > from && text.charCodeAt(end - 1) === CR;
    if (hasCr && (end === lineEnd || end === text.length)) end -= 1;
    if (window.base + from < this.strictUntil && window.nextQuote(from) < end) {
      return this.fault('malformed-quote', from, end);
    }
    this.value = end === from ? null : this.unguarded(text.slice(from, end));
    return end;
  }

  private readQuoted(open: number): number {
    const { text, last } = this.window;
    const quote = this.window.dialect.quote!;
    let hasPairs = false;
    let from = open + 1;
    for (;;) {
      const at = text.indexOf(quote, from);
      const reach = at === -1 ? text.length : at;
      if (reach - open > this.limits.maxCell + 1) return this.fault('unclosed-quote', open, reach);
      if (at === -1) return last ? this.fault('unclosed-quote', open, reach) : MORE;
      if (at + 1 === text.length && !last) return MORE;
      if (text.charCodeAt(at + 1) !== this.quoteCode) {
        const value = text.slice(open + 1, at);
        this.value = this.quoted(hasPairs ? value.replaceAll(quote + quote, quote) : value);
        return this.afterQuote(open, at + 1);
      }
      hasPairs = true;
      from = at + 2;
    }
  }

  /** Only blanks may stand between a closing quote and the end of its cell. */
  private afterQuote(open: number, from: number): number {
    const { text, last } = this.window;
    let at = from;
    while (text.charCodeAt(at) === SPACE) at += 1;
    if (at === text.length) return last ? at : MORE;
    const code = text.charCodeAt(at);
    if (code === this.delimiterCode || code === this.lineEndCode) return at;
    if (code === CR) {
      if (at + 1 === text.length) return last ? at : MORE;
      if (text.charCodeAt(at + 1) === this.lineEndCode) return at;
    }
    return this.fault('malformed-quote', open, at);
  }

  private quoted(value: string): Cell {
    return value === '' ? null : this.unguarded(value);
  }

  private unguarded(value: string): string {
    const isGuarded = value.charCodeAt(0) === APOSTROPHE && this.window.dialect.guarded;
    return isGuarded ? unguard(value) : value;
  }

  private fault(code: QuotedRecord['code'], openedAt: number, reachedAt: number): number {
    this.code = code;
    this.openedAt = openedAt;
    this.reachedAt = reachedAt;
    return FAULT;
  }
}
