import { Duplex, PassThrough, Writable, type Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { gettersOf, textOf, type ExportRecord, type WriteOptions } from '../export-column.js';
import { FileError } from '../file-error.js';
import { escapeText } from './escapes.js';
import { FIXED_PARTS, SHEET_FOOT, SHEET_HEAD, SHEET_PART, STYLE } from './workbook-parts.js';
import { letters } from './sheet.js';
import { grouped } from '../wording.js';

/** Rows of a sheet, the header included; no program opens more. */
const MOST_ROWS = 1_048_576;
/** Characters of a cell; Excel calls a workbook with more damaged. */
const MOST_CHARACTERS = 32_767;

type Type = WriteOptions['columns'][number]['type'];

/**
 * Writes a workbook of one sheet as a stream: batches (arrays) of records go in, bytes come out.
 * Texts are never formulas here, so nothing needs a guard. Texts beyond a cell's 32,767 characters
 * are cut and say so at their end.
 *
 * Fails with FileError `file-too-large` after 1,048,575 records: a second sheet would be overlooked
 * by whoever reads the first, and csv has no such end.
 */
export function xlsxWriter({ columns }: WriteOptions): Duplex {
  const sheet = new PassThrough();
  const zip = new ZipFile();
  for (const [part, xml] of Object.entries(FIXED_PARTS)) zip.addBuffer(Buffer.from(xml), part);
  zip.addReadStream(sheet, SHEET_PART, { compressionLevel: 3 });
  zip.end();
  const headers = columns.map(({ header }) => header);
  sheet.write(
    SHEET_HEAD +
      rowXml(
        1,
        headers.map((header, index) => headerXml(header, index)),
      ),
  );
  const rows = new SheetRows(columns);
  const writable = new Writable({
    objectMode: true,
    highWaterMark: 2,
    write(batch: readonly ExportRecord[], _encoding, done) {
      try {
        const isRoom = sheet.write(rows.xml(batch));
        if (isRoom) done();
        else sheet.once('drain', done);
      } catch (error) {
        done(error as Error);
      }
    },
    final(done) {
      sheet.end(SHEET_FOOT);
      done();
    },
    destroy(error, done) {
      // Not after the end: what is in it has yet to be read.
      if (!sheet.writableEnded) sheet.destroy();
      done(error);
    },
  });
  return Duplex.from({ writable, readable: zip.outputStream as Readable });
}

class SheetRows {
  private readonly getters;
  private readonly columns: { letters: string; type: Type }[];
  private number = 1;

  constructor(columns: WriteOptions['columns']) {
    this.getters = gettersOf(columns);
    this.columns = columns.map(({ type }, index) => ({ letters: letters(index), type }));
  }

  xml(records: readonly ExportRecord[]): string {
    let xml = '';
    for (const record of records) {
      this.number += 1;
      if (this.number > MOST_ROWS) {
        const detail = 'A workbook holds 1,048,575 records at most: export as csv.';
        throw new FileError('file-too-large', detail);
      }
      xml += `<row r="${this.number}">`;
      for (let index = 0; index < this.getters.length; index += 1) {
        const { letters: column, type } = this.columns[index]!;
        xml += cellXml(this.getters[index]!(record), `${column}${this.number}`, type);
      }
      xml += '</row>';
    }
    return xml;
  }
}

function rowXml(number: number, cells: readonly string[]): string {
  return `<row r="${number}">${cells.join('')}</row>`;
}

function headerXml(header: string, index: number): string {
  return textXml(header, `${letters(index)}1`, ` s="${STYLE.header}"`);
}

function cellXml(value: unknown, reference: string, type: Type): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return `<c r="${reference}" t="b"><v>${value ? 1 : 0}</v></c>`;
  if (typeof value === 'number') return numberXml(value, reference, STYLE.plain);
  if (value instanceof Date) return numberXml(serialOf(value), reference, STYLE.datetime);
  const text = textOf(value);
  if (type === undefined) return textXml(text, reference, '');
  const number = type === 'number' ? numberOf(text) : serialOf(new Date(text));
  // What is no number, or has more digits than a workbook keeps, is still worth showing.
  if (!Number.isFinite(number)) return textXml(text, reference, '');
  return numberXml(number, reference, type === 'number' ? STYLE.plain : STYLE[type]);
}

function numberXml(value: number, reference: string, style: number): string {
  if (!Number.isFinite(value)) return textXml(String(value), reference, '');
  return `<c r="${reference}"${style === 0 ? '' : ` s="${style}"`}><v>${value}</v></c>`;
}

function textXml(text: string, reference: string, style: string): string {
  if (text === '') return '';
  const cut = text.length > MOST_CHARACTERS ? shortened(text) : text;
  const space = cut.trim() === cut ? '' : ' xml:space="preserve"';
  return `<c r="${reference}"${style} t="inlineStr"><is><t${space}>${escapeText(cut)}</t></is></c>`;
}

function shortened(text: string): string {
  const note = ` … [cut here: ${grouped(text.length)} characters]`;
  return text.slice(0, MOST_CHARACTERS - note.length) + note;
}

function numberOf(text: string): number {
  return /^-?\d+(?:\.\d+)?$/.test(text) && text.replace(/\D/g, '').length <= 15
    ? Number(text)
    : NaN;
}

/** Days since 1899-12-30, which is how a workbook writes points in time. */
function serialOf(date: Date): number {
  return date.getTime() / 86_400_000 + 25_569;
}
