/** Stands for "no more of them in this text". */
export const NONE = Number.MAX_SAFE_INTEGER;

/** Characters with a meaning, each one UTF-16 unit. */
export interface Dialect {
  delimiter: string;
  /** null when quotes mean nothing. */
  quote: string | null;
  /** `\n` (which also ends `\r\n`) or `\r` alone. */
  lineEnd: '\n' | '\r';
  /** Whether apostrophes that guard against formulas are taken away. */
  guarded: boolean;
}

/**
 * The text at hand, from the record being read to the end of the last block, with the next place of
 * each character of the dialect remembered: a block is searched once. Places must be asked for in
 * growing order; after a fault reading goes on behind all that were asked for.
 */
export class TextWindow {
  text = '';
  /** Where the record being read begins. */
  pos = 0;
  /** Whether the file ends with this text. */
  last = false;
  /** Whether the text holds U+0000 or lone surrogates; rows are searched for them only then. */
  suspect = false;
  /** Characters of the file before `text`. */
  base = 0;

  private quoteAt = -1;
  private delimiterAt = -1;
  private lineEndAt = -1;

  constructor(readonly dialect: Dialect) {}

  /** Adds a block behind what is not yet read. */
  feed(text: string, suspect: boolean, last: boolean): void {
    const rest = this.text.slice(this.pos);
    this.suspect = suspect || (this.suspect && rest !== '');
    this.base += this.pos;
    this.text = rest + text;
    this.pos = 0;
    this.last = last;
    this.quoteAt = -1;
    this.delimiterAt = -1;
    this.lineEndAt = -1;
  }

  nextQuote(from: number): number {
    if (this.quoteAt < from) {
      const { quote } = this.dialect;
      this.quoteAt = quote === null ? NONE : this.find(quote, from);
    }
    return this.quoteAt;
  }

  nextDelimiter(from: number): number {
    if (this.delimiterAt < from) this.delimiterAt = this.find(this.dialect.delimiter, from);
    return this.delimiterAt;
  }

  nextLineEnd(from: number): number {
    if (this.lineEndAt < from) this.lineEndAt = this.find(this.dialect.lineEnd, from);
    return this.lineEndAt;
  }

  /** Lines that end between two places. */
  countLines(from: number, to: number): number {
    let count = 0;
    let at = this.text.indexOf(this.dialect.lineEnd, from);
    while (at !== -1 && at < to) {
      count += 1;
      at = this.text.indexOf(this.dialect.lineEnd, at + 1);
    }
    return count;
  }

  private find(character: string, from: number): number {
    const at = this.text.indexOf(character, from);
    return at === -1 ? NONE : at;
  }
}
