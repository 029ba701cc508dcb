/** A row of a file; null is an empty cell. */
export type Row = readonly (string | number | null)[];

const CHUNK = 64 * 1024;
const NEEDS_QUOTES = /[",\r\n]/;

/** CSV in pieces of some 64 KiB. */
export function* csvChunks(headers: readonly string[], rows: Iterable<Row>): Generator<Buffer> {
  let text = `${headers.join(',')}\n`;
  for (const row of rows) {
    text += `${row.map(cellOf).join(',')}\n`;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

function cellOf(value: Row[number]): string {
  if (value === null) return '';
  const text = String(value);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
