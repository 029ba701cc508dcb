import type { TextSource } from './text-source.js';

export interface Line {
  /** Counted from 1. */
  number: number;
  /** Without its line end; only its beginning when it is too long. */
  text: string;
  tooLong: boolean;
}

/**
 * The lines of a text, ended by `\n`, `\r\n` or `\r`, a list for each block read.
 * @param most characters of a line; what goes beyond is thrown away, and costs no memory
 */
export async function* linesOf(source: TextSource, most: number): AsyncGenerator<Line[]> {
  const splitter = new LineSplitter(most);
  for (let block = await source.next(); block !== null; block = await source.next()) {
    yield splitter.split(block.text, block.last);
  }
}

class LineSplitter {
  private rest = '';
  private number = 1;
  private isCut = false;
  private endedByCr = false;

  constructor(private readonly most: number) {}

  split(block: string, last: boolean): Line[] {
    const lines: Line[] = [];
    // A line feed that belongs to the carriage return at the end of the block before.
    let from = this.endedByCr && block.startsWith('\n') ? 1 : 0;
    const end = /\r\n|\r|\n/g;
    end.lastIndex = from;
    for (let found = end.exec(block); found !== null; found = end.exec(block)) {
      this.add(lines, block.slice(from, found.index));
      from = end.lastIndex;
    }
    this.endedByCr = block.endsWith('\r');
    const rest = block.slice(from);
    if (last && (rest !== '' || this.rest !== '')) this.add(lines, rest);
    else this.keep(rest);
    return lines;
  }

  private add(lines: Line[], end: string): void {
    this.keep(end);
    lines.push({ number: this.number, text: this.rest, tooLong: this.isCut });
    this.number += 1;
    this.rest = '';
    this.isCut = false;
  }

  private keep(part: string): void {
    if (this.isCut) return;
    this.rest += part;
    if (this.rest.length <= this.most) return;
    this.isCut = true;
    this.rest = Buffer.from(this.rest.slice(0, 1000)).toString();
  }
}
