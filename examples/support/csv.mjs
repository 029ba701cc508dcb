// Reads CSV on its own, so that the figures of the files do not come from the importer's reader.
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** Rows of a CSV file, also gzipped, as objects by header; `line` counts from 1. */
export async function* rowsOf(path) {
  const bytes = createReadStream(path);
  const plain = path.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  let headers;
  for await (const { line, cells } of records(plain.setEncoding('utf8'))) {
    if (!headers) headers = cells.map((cell) => cell.replace(/^\uFEFF/, ''));
    else
      yield { line, row: Object.fromEntries(headers.map((name, at) => [name, cells[at] ?? ''])) };
  }
}

/** Splits at line ends outside of quotes. */
async function* records(texts) {
  let rest = '';
  let line = 1;
  for await (const text of texts) {
    rest += text;
    let start = 0;
    for (let end = endOf(rest, start); end >= 0; end = endOf(rest, start)) {
      const record = rest.slice(start, end);
      yield { line, cells: cellsOf(record.replace(/\r$/, '')) };
      line += record.split('\n').length;
      start = end + 1;
    }
    rest = rest.slice(start);
  }
  if (rest !== '') yield { line, cells: cellsOf(rest) };
}

function endOf(text, start) {
  let isQuoted = false;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === '\n' && !isQuoted) return at;
  }
  return -1;
}

function cellsOf(record) {
  if (!record.includes('"')) return record.split(',');
  const cells = [''];
  let isQuoted = false;
  for (let at = 0; at < record.length; at += 1) {
    const sign = record[at];
    if (sign === '"' && isQuoted && record[at + 1] === '"') {
      cells[cells.length - 1] += '"';
      at += 1;
    } else if (sign === '"') isQuoted = !isQuoted;
    else if (sign === ',' && !isQuoted) cells.push('');
    else cells[cells.length - 1] += sign;
  }
  return cells;
}

/** A row as CSV. */
export const csvLine = (cells) =>
  cells.map((cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
