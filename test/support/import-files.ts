import {
  openRows,
  type ReadOptions,
  type Row,
  type RowReader,
} from '../../src/platform/files/formats/index.js';

/** Bytes cut into chunks of the given sizes, over and over; one of 0 bytes would never end. */
export async function* chunked(bytes: Uint8Array, ...sizes: number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** A file as an upload brings it: text in UTF-8, or bytes. */
export function fileOf(
  content: string | Uint8Array,
  ...sizes: number[]
): AsyncGenerator<Uint8Array> {
  return chunked(typeof content === 'string' ? Buffer.from(content) : content, ...sizes);
}

export interface ReadFile {
  reader: RowReader;
  rows: Row[];
  /** What the reading ended with, when it was an error. */
  error: unknown;
}

/** Reads a file to its end, or to the error it ends with; throws when it cannot be opened. */
export async function readFile(
  source: AsyncIterable<Uint8Array>,
  options?: ReadOptions,
): Promise<ReadFile> {
  const reader = await openRows(source, options);
  const rows: Row[] = [];
  try {
    for await (const batch of reader) rows.push(...batch);
    return { reader, rows, error: null };
  } catch (error) {
    return { reader, rows, error };
  }
}

/** Cells of the good rows, and `line: code` of the others. */
export function outcome(rows: readonly Row[]): unknown[] {
  return rows.map(({ line, cells, error }) => (error === null ? cells : `${line}: ${error.code}`));
}
