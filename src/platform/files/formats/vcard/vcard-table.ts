import { Columns, Unfit, unfit } from '../columns.js';
import { FileError } from '../file-error.js';
import { linesOf, type Line } from '../input/lines.js';
import type { TextSource } from '../input/text-source.js';
import type { Limits } from '../limits.js';
import { checkTexts } from '../row-checks.js';
import type { Cell, Row } from '../row.js';
import type { OpenedFile, Table } from '../table.js';
import { CardSplitter, type RawCard } from './card-splitter.js';
import { readCard } from './card.js';

/** Characters shown of a card that cannot be read. */
const EXCERPT = 1000;

const FAULTS = {
  'not-ended': 'The card is not ended: there is no END:VCARD before the next one.',
  outside: 'The lines belong to no card.',
  'too-long': 'The card is too long.',
};

/** A file of vCards, of version 2.1, 3.0 and 4.0, one row each. */
export class VcardTable implements Table {
  readonly format = 'vcard';
  readonly delimiter = null;
  private readonly columns: Columns;
  private readonly lines: AsyncGenerator<Line[]>;
  private readonly splitter: CardSplitter;
  /** Rows of the first blocks, read to know the columns. */
  private ahead: Row[] = [];
  private ended = false;

  private constructor(
    private readonly source: TextSource,
    private readonly limits: Limits,
  ) {
    this.columns = new Columns(limits);
    this.lines = linesOf(source, limits.maxRow);
    this.splitter = new CardSplitter(limits.maxRow);
  }

  /** Reads the first cards, so that their columns are known. */
  static async open(source: TextSource, { limits }: OpenedFile): Promise<VcardTable> {
    const table = new VcardTable(source, limits);
    while (table.ahead.length === 0 && !table.ended) table.ahead = await table.next();
    if (table.ahead.length === 0) throw new FileError('empty-file', 'The file is empty.');
    return table;
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
    while (!this.ended) yield await this.next();
  }

  async close(): Promise<void> {
    await this.lines.return(undefined);
  }

  private async next(): Promise<Row[]> {
    const next = await this.lines.next();
    this.ended = next.done === true;
    const cards = next.done === true ? this.splitter.end() : this.splitter.split(next.value);
    return cards.map((card) => this.rowOf(card));
  }

  private rowOf(card: RawCard): Row {
    try {
      if (card.fault !== null) {
        const code = card.fault === 'too-long' ? 'row-too-long' : 'invalid-card';
        throw unfit(code, FAULTS[card.fault]);
      }
      const cells = this.columns.cellsOf(Object.fromEntries(readCard(card.lines)));
      return { line: card.line, cells, error: checkTexts(cells, this.limits) };
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      const cells: Cell[] = [card.lines.join('\n').slice(0, EXCERPT)];
      checkTexts(cells, this.limits);
      return { line: card.line, cells, error: error.error };
    }
  }
}
