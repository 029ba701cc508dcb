import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import type { Statement } from '../database/pipeline.js';
import { FileChunksRepository } from './file-chunks.repository.js';
import type { StoredFile } from './file-chunks.repository.js';

export type { StoredFile } from './file-chunks.repository.js';

/** Bytes of one piece in the database. */
const PIECE = 1024 * 1024;

/** Pieces on their way to the database at once; the sender waits for the rest. */
const IN_FLIGHT = 4;

/** Days a file is kept after its upload: as long as an import can be looked into. */
export const KEEP_DAYS = 30;

type Owner = { workspaceId: string };

/**
 * Keeps uploaded files in PostgreSQL, so that a worker on any machine can read them. Neither
 * sending nor reading holds more than a few pieces in memory, and nothing touches a local disk.
 */
@Injectable()
export class FileStore {
  constructor(private readonly chunks: FileChunksRepository) {}

  /**
   * Stores a file as it arrives, compressed unless it is already. It counts only after the
   * statement of {@link complete} has been committed; a failed upload is removed.
   * @throws whatever the source throws, such as a connection that ended early.
   */
  async save(
    owner: Owner,
    source: AsyncIterable<Buffer>,
    facts: { name: string; contentType: string },
  ): Promise<StoredFile> {
    const id = uuidv7();
    const hash = createHash('sha256');
    let size = 0;
    let file: StoredFile = { id, ...facts, size: 0, sha256: '' };
    try {
      const { first, rest } = await peek(source);
      const encoding = isCompressed(first) ? 'identity' : 'gzip';
      await this.chunks.begin(owner, { ...file, encoding });
      const counted = measured(rest, (chunk) => {
        hash.update(chunk);
        size += chunk.length;
      });
      await this.append(owner, id, encoding === 'gzip' ? compressed(counted) : counted);
    } catch (error) {
      await this.discard(owner, id);
      throw error;
    }
    file = { ...file, size, sha256: hash.digest('hex') };
    return file;
  }

  /** The statement that makes an uploaded file count, for the transaction that needs it. */
  complete(owner: Owner, file: StoredFile): Statement {
    return this.chunks.complete(owner, file, KEEP_DAYS);
  }

  /** The same for a file that is kept until what it belongs to removes it. */
  keep(owner: Owner, file: StoredFile): Statement {
    return this.chunks.complete(owner, file, null);
  }

  /** Removes a file that is not needed after all. */
  async discard(owner: Owner, id: string): Promise<void> {
    // What cannot be removed now is a half upload, which upkeep removes.
    await this.chunks.remove(owner, id).catch(() => undefined);
  }

  /**
   * The bytes of a file as they were sent; the next piece is fetched while one is read.
   * @throws Problem 404 when it is not kept any more.
   */
  async open(owner: Owner, id: string): Promise<AsyncIterable<Buffer>> {
    const encoding = await this.chunks.encodingOf(owner, id);
    if (!encoding) throw new Problem('not-found', 'The uploaded file is not kept any more.');
    const pieces = this.pieces(owner, id);
    return encoding === 'gzip' ? decompressed(pieces) : pieces;
  }

  private async *pieces(owner: Owner, id: string): AsyncGenerator<Buffer> {
    let next = this.chunks.read(owner, id, 0);
    for (let n = 1; ; n += 1) {
      const piece = await next;
      if (!piece) return;
      next = this.chunks.read(owner, id, n);
      // Reported when it is waited for; nobody may be waiting when the reader stops before.
      next.catch(() => undefined);
      yield piece;
    }
  }

  private async append(owner: Owner, id: string, source: AsyncIterable<Buffer>): Promise<void> {
    const running = new Set<Promise<void>>();
    let n = 0;
    try {
      for await (const piece of inPieces(source)) {
        const write: Promise<void> = this.chunks.append(owner, id, n, piece).finally(() => {
          running.delete(write);
        });
        write.catch(() => undefined); // reported by the race or at the end
        running.add(write);
        n += 1;
        if (running.size >= IN_FLIGHT) await Promise.race(running);
      }
      await Promise.all(running);
    } catch (error) {
      await Promise.allSettled(running);
      throw error;
    }
  }
}

async function peek(
  source: AsyncIterable<Buffer>,
): Promise<{ first: Buffer; rest: AsyncIterable<Buffer> }> {
  const chunks = source[Symbol.asyncIterator]();
  const start: IteratorResult<Buffer, unknown> = await chunks.next();
  const first = start.done ? Buffer.alloc(0) : start.value;
  async function* rest(): AsyncGenerator<Buffer> {
    if (first.length > 0) yield first;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }
  return { first, rest: rest() };
}

/** gzip and zip (also .xlsx) cannot be made much smaller. */
function isCompressed(start: Buffer): boolean {
  return (
    (start[0] === 0x1f && start[1] === 0x8b) || start.toString('latin1', 0, 4) === 'PK\x03\x04'
  );
}

async function* measured(
  source: AsyncIterable<Buffer>,
  see: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    see(chunk);
    yield chunk;
  }
}

/** The source's own error comes out as it is. */
function through(source: AsyncIterable<Buffer>, codec: NodeJS.ReadWriteStream): Readable {
  const stream = codec as unknown as Readable;
  pipeline(Readable.from(source), codec, (error) => {
    if (error) stream.destroy(error);
  });
  return stream;
}

/** Fast rather than small: it takes a tenth of the time that storing the rest would. */
const compressed = (source: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
  through(source, createGzip({ level: 1, chunkSize: PIECE / 4 })) as AsyncIterable<Buffer>;

const decompressed = (source: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
  through(source, createGunzip({ chunkSize: PIECE / 4 })) as AsyncIterable<Buffer>;

async function* inPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < PIECE) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
