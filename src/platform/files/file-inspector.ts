import { fileTypeFromBuffer } from 'file-type';
import { Problem } from '../../common/errors.js';
import { fittingName, kindOf, plainName } from './file-kinds.js';

/** Bytes that are looked at; where office documents say what they are lies within. */
const SAMPLE = 64 * 1024;

/** A file that was looked into, and may be stored. */
export interface InspectedFile {
  name: string;
  /** By its content, whatever the sender says. */
  contentType: string;
  /** All of its bytes. */
  bytes: AsyncIterable<Buffer>;
}

/**
 * Looks at the first bytes of a file and refuses what could harm whoever opens it: programs,
 * scripts, pages, drawings with scripts, and whatever is not known. Takes no more than it looks at.
 * @param pointer to the file, for the error.
 * @throws Problem 422 naming what was found.
 */
export async function inspectFile(
  source: AsyncIterable<Buffer>,
  sentName: string,
  pointer = '/file',
): Promise<InspectedFile> {
  const name = plainName(sentName);
  const chunks = source[Symbol.asyncIterator]();
  const start = await readStart(chunks);
  if (start.length === 0) throw refused(pointer, 'isNotEmpty', `${name} is empty`);
  const signature = await fileTypeFromBuffer(start);
  const { found, endings } = kindOf(start, signature?.mime, name);
  if (!endings) {
    const detail = `${name} is ${found} by its content, and such files are not taken`;
    throw refused(pointer, 'fileType', detail);
  }
  const fitting = fittingName(name, endings);
  if (fitting === null) {
    const detail = `${name} is ${found} by its content: its name may end in ${endings.join(', ')}`;
    throw refused(pointer, 'fileName', detail);
  }
  return { name: fitting, contentType: found, bytes: whole(start, chunks) };
}

const refused = (pointer: string, code: string, detail: string): Problem =>
  Problem.validation([{ pointer, code, detail }]);

async function readStart(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const held: Buffer[] = [];
  for (let bytes = 0; bytes < SAMPLE;) {
    const next = await chunks.next();
    if (next.done) break;
    held.push(next.value);
    bytes += next.value.length;
  }
  return Buffer.concat(held);
}

async function* whole(start: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield start;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}
