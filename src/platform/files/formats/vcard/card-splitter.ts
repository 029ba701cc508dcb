import type { Line } from '../input/lines.js';

/** The lines of one card, or what stood where a card should be. */
export interface RawCard {
  /** Line of its BEGIN. */
  line: number;
  /** Unfolded, without BEGIN and END. */
  lines: string[];
  fault: 'not-ended' | 'outside' | 'too-long' | null;
}

/** Properties that hold bytes: as long as pictures are, and never looked at. */
const HOLDS_BYTES = /^(?:[^:;]*\.)?(?:PHOTO|LOGO|SOUND|KEY)[;:]/i;
/** Characters of a line within which its name and parameters are looked for. */
const START = 200;
const AGENT = /^AGENT(?:;[^:]*)?:\s*$/i;
const QUOTED_PRINTABLE = /^[^:]*QUOTED-PRINTABLE[^:]*:/i;

/** Gathers lines to cards, and unfolds them, for all three versions of vCard. */
export class CardSplitter {
  private card: RawCard | null = null;
  private depth = 0;
  private size = 0;
  private isOld = false;
  /** Parts of the line being unfolded. */
  private parts: string[] = [];
  /** Whether that line goes on after a `=` at its end. */
  private isQuotedPrintable = false;
  /** Whether it holds bytes, and is left out. */
  private inBytes = false;

  /** @param most characters of a card, pictures not counted */
  constructor(private readonly most: number) {}

  /** Cards that end within these lines. */
  split(lines: readonly Line[]): RawCard[] {
    const cards: RawCard[] = [];
    for (const line of lines) this.add(cards, line);
    return cards;
  }

  /** What is left at the end of the file. */
  end(): RawCard[] {
    return this.finished(this.card?.fault ?? 'not-ended');
  }

  private add(cards: RawCard[], line: Line): void {
    const mark = line.text.length < 40 ? line.text.trim().toUpperCase() : '';
    if (mark === 'BEGIN:VCARD') this.begin(cards, line.number);
    else if (this.card === null || this.card.fault === 'outside') this.addOutside(line);
    else if (mark === 'END:VCARD') {
      this.depth -= 1;
      if (this.depth === 0) cards.push(...this.finished(this.card.fault));
    } else if (this.depth === 1) this.addInside(this.card, line);
  }

  private begin(cards: RawCard[], number: number): void {
    // A card within a card, as vCard 2.1 puts an agent.
    if (this.card?.fault === null && AGENT.test(this.parts[0]?.slice(0, START) ?? '')) {
      this.depth += 1;
      return;
    }
    cards.push(...this.finished(this.card?.fault ?? 'not-ended'));
    this.card = { line: number, lines: [], fault: null };
    this.depth = 1;
    this.size = 0;
    this.isOld = false;
    this.parts = [];
    this.inBytes = false;
  }

  private finished(fault: RawCard['fault']): RawCard[] {
    const { card } = this;
    if (card?.fault === null) this.endLine(card);
    this.card = null;
    this.depth = 0;
    return card === null ? [] : [{ ...card, fault }];
  }

  /** All that stands between two cards is one rejected row. */
  private addOutside({ text, number }: Line): void {
    if (text.trim() === '') return;
    this.card ??= { line: number, lines: [text.slice(0, 1000)], fault: 'outside' };
  }

  private addInside(card: RawCard, { text, tooLong }: Line): void {
    if (card.fault !== null) return;
    const isFolded = text.startsWith(' ') || text.startsWith('\t');
    if (isFolded && this.inBytes) return;
    const last = this.parts.at(-1);
    if (this.isQuotedPrintable && last?.endsWith('=') === true) {
      this.parts[this.parts.length - 1] = last.slice(0, -1);
      this.parts.push(text);
    } else if (isFolded && last !== undefined) {
      // vCard 2.1 folds where a blank stands and keeps it; later versions put one in.
      this.parts.push(text.slice(this.isOld ? 0 : 1));
    } else {
      this.beginLine(card, text);
    }
    if (!this.inBytes) this.count(card, text.length, tooLong);
  }

  private beginLine(card: RawCard, text: string): void {
    this.endLine(card);
    const start = text.slice(0, START);
    if (/^VERSION:2\.1\s*$/i.test(start)) this.isOld = true;
    this.inBytes = HOLDS_BYTES.test(start);
    this.isQuotedPrintable = QUOTED_PRINTABLE.test(start);
    if (!this.inBytes) this.parts.push(text);
  }

  private endLine(card: RawCard): void {
    if (this.parts.length > 0) card.lines.push(this.parts.join(''));
    this.parts = [];
  }

  private count(card: RawCard, characters: number, tooLong: boolean): void {
    this.size += characters + 1;
    if (!tooLong && this.size <= this.most) return;
    card.fault = 'too-long';
    card.lines = card.lines.slice(0, 1).map((line) => line.slice(0, 1000));
    this.parts = [];
  }
}
