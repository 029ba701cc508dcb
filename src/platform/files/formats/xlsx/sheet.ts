import type { RowError } from '../file-error.js';
import type { Limits } from '../limits.js';
import type { Cell } from '../row.js';
import { unescapeText } from './escapes.js';
import { PLAIN_NUMBER, readNumber } from './number-format.js';
import type { TextStore } from './text-store.js';
import type { Workbook } from './workbook.js';
import type { XmlHandler } from './xml.js';
import { grouped } from '../wording.js';

/** A row of a sheet that has something in it. */
export interface SheetRow {
  /** As the workbook numbers it. */
  number: number;
  cells: Cell[];
  error: RowError | null;
}

const MOST_ROWS = 1_048_576;

/** Reads the cells of a sheet; `rows` is taken by whoever drives the parser. */
export class SheetHandler implements XmlHandler {
  rows: SheetRow[] = [];

  private row: SheetRow | null = null;
  private number = 0;
  private column = -1;
  private type = '';
  private style = 0;
  private value = '';
  private isValue = false;
  private isPhonetic = false;

  constructor(
    private readonly book: Workbook,
    private readonly texts: TextStore,
    private readonly limits: Limits,
  ) {}

  onOpen(name: string, attributes: Readonly<Record<string, string>>): void {
    switch (name) {
      case 'row':
        return this.openRow(attributes.r);
      case 'c':
        this.column = columnOf(attributes.r) ?? this.column + 1;
        this.type = attributes.t ?? 'n';
        this.style = Number(attributes.s ?? 0);
        this.value = '';
        return;
      case 'v':
      case 't':
        this.isValue = !this.isPhonetic;
        return;
      case 'rPh':
        this.isPhonetic = true;
        return;
      default:
    }
  }

  onClose(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.isValue = false;
        return;
      case 'rPh':
        this.isPhonetic = false;
        return;
      case 'c':
        if (this.value !== '') this.closeCell();
        return;
      case 'row':
        if (this.row !== null && this.row.cells.length > 0) this.rows.push(this.row);
        this.row = null;
        return;
      default:
    }
  }

  onText(text: string): void {
    if (this.isValue) this.value += text;
  }

  private openRow(reference: string | undefined): void {
    const number = Number(reference);
    const isFit = Number.isInteger(number) && number > 0 && number <= MOST_ROWS;
    this.number = isFit ? number : this.number + 1;
    this.row = { number: this.number, cells: [], error: null };
    this.column = -1;
  }

  private closeCell(): void {
    const { row, column } = this;
    if (row === null) return;
    if (column >= this.limits.maxColumns) {
      const most = grouped(this.limits.maxColumns);
      row.error ??= { code: 'too-many-columns', detail: `The row goes beyond column ${most}.` };
      return;
    }
    while (row.cells.length < column) row.cells.push(null);
    row.cells[column] = this.read(row);
  }

  private read(row: SheetRow): Cell {
    const { value } = this;
    switch (this.type) {
      case 's':
        return this.texts.get(Number(value)) ?? this.unreadable(row, `text ${value}`);
      case 'b':
        return value === '1' || value === 'true';
      case 'e':
        return this.unreadable(row, value);
      case 'n': {
        const format = this.book.formats[this.style] ?? PLAIN_NUMBER;
        return readNumber(value, format, this.book.is1904);
      }
      default:
        return unescapeText(value);
    }
  }

  private unreadable(row: SheetRow, value: string): Cell {
    const where = `${letters(this.column)}${row.number}`;
    const shown = value.slice(0, 100);
    row.error ??= { code: 'cell-error', detail: `Cell ${where} holds an error: ${shown}.` };
    return shown;
  }
}

/** Number of a column counted from 0 from a reference such as `AB12`. */
function columnOf(reference: string | undefined): number | null {
  if (reference === undefined) return null;
  let column = 0;
  for (let at = 0; at < reference.length && at < 4; at += 1) {
    const code = reference.charCodeAt(at) & ~32;
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return column === 0 ? null : column - 1;
}

/** Letters of a column counted from 0. */
export function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}
