import type { Transform } from 'node:stream';
import { BatchWriter } from '../batch-writer.js';
import { gettersOf, textOf, type ExportRecord, type WriteOptions } from '../export-column.js';
import { ERROR_COLUMN, LINE_COLUMN } from '../header.js';
import { guard } from './guard.js';

const BOM = '\ufeff';
const LINE_END = '\r\n';
const NEEDS_QUOTES = /[",\r\n]/;
/** A first header that cannot be taken for the beginning of another kind of file. */
const HARMLESS_START = /^[\p{L}_][\p{L}\p{N}_ .-]*$/u;

/**
 * Writes csv as RFC 4180 has it, in UTF-8. Takes batches (arrays) of records, gives bytes.
 * Texts a spreadsheet would run are guarded unless `raw`.
 */
export function csvWriter({ columns, raw = false, bom = false }: WriteOptions): Transform {
  const getters = gettersOf(columns);
  const head =
    (bom ? BOM : '') +
    headerLine(
      columns.map(({ header }) => header),
      raw,
    );
  return new BatchWriter<ExportRecord>(head, (record) => {
    let line = '';
    for (let index = 0; index < getters.length; index += 1) {
      if (index > 0) line += ',';
      line += csvCell(getters[index]!(record), raw);
    }
    return line + LINE_END;
  });
}

/** A row of an import that was rejected. */
export interface RejectedRow {
  line: number;
  /** What is wrong with it, for a person. */
  error: string;
  /** Its cells as they were read, in the order of the file's headers. */
  cells: readonly unknown[];
}

/**
 * Writes the rejected rows of an import with `_line` and `_error` before their cells, to be mended
 * in a spreadsheet and sent again: the reader leaves these two columns out. Cells beyond the header
 * stand at the end of their row.
 * @param headers of the imported file
 */
export function errorsCsv(headers: readonly string[], { bom = true } = {}): Transform {
  const head = (bom ? BOM : '') + headerLine([LINE_COLUMN, ERROR_COLUMN, ...headers], false);
  return new BatchWriter<RejectedRow>(head, ({ line, error, cells }) => {
    let text = `${line},${csvCell(error, false)}`;
    const count = Math.max(headers.length, cells.length);
    for (let index = 0; index < count; index += 1) text += `,${csvCell(cells[index], false)}`;
    return text + LINE_END;
  });
}

function headerLine(headers: readonly string[], raw: boolean): string {
  const cells = headers.map((header) => csvCell(header, raw));
  const [first = ''] = headers;
  if (!HARMLESS_START.test(first) && !cells[0]!.startsWith('"')) cells[0] = quoted(cells[0]!);
  return cells.join(',') + LINE_END;
}

function csvCell(value: unknown, raw: boolean): string {
  if (typeof value === 'number') return String(value);
  const text = textOf(value);
  if (text === '') return '';
  const safe = raw ? text : guard(text);
  return NEEDS_QUOTES.test(safe) ? quoted(safe) : safe;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
