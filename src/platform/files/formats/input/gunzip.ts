import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FileError } from '../file-error.js';
import { BLOCK_BYTES, RATIO_FREE_BYTES, type Limits } from '../limits.js';
import { grouped } from '../wording.js';

/** Whether the bytes begin a gzip file. */
export function isGzip(sample: Uint8Array): boolean {
  return sample[0] === 0x1f && sample[1] === 0x8b && sample[2] === 8;
}

/**
 * Watches what comes out of a decompressor: a small file that grows to terabytes is meant to fill a
 * disk or to keep a worker busy.
 */
export class GrowthGuard {
  private grown = 0;

  constructor(private readonly limits: Limits) {}

  /**
   * @param bytes that came out just now
   * @param taken compressed bytes that went in so far
   * @throws FileError `decompression-bomb` or `file-too-large`
   */
  count(bytes: number, taken: number): void {
    this.grown += bytes;
    const { maxBytes, maxRatio } = this.limits;
    if (this.grown > RATIO_FREE_BYTES && this.grown > taken * maxRatio) {
      const detail = `The file grows more than ${maxRatio} times when it is decompressed.`;
      throw new FileError('decompression-bomb', detail);
    }
    if (this.grown > maxBytes) {
      const detail = `The file holds more than ${grouped(maxBytes)} bytes.`;
      throw new FileError('file-too-large', detail);
    }
  }
}

/** Passes on a source's failure untouched: it is not the file that is wrong. */
class SourceFailure extends Error {}

/**
 * Decompresses a gzip file (of one or several members) as it arrives.
 * @throws FileError `truncated-file`, `corrupt-file`, `decompression-bomb` or `file-too-large`
 */
export async function* gunzip(
  source: AsyncIterable<Uint8Array>,
  limits: Limits,
): AsyncGenerator<Buffer> {
  const guard = new GrowthGuard(limits);
  let taken = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of source) {
        taken += chunk.byteLength;
        yield chunk;
      }
    } catch (cause) {
      throw new SourceFailure('The source failed.', { cause });
    }
  }
  const inflate = createGunzip({ chunkSize: BLOCK_BYTES });
  const compressed = Readable.from(counted(), { highWaterMark: 1 });
  // Errors reach the loop below through `inflate`; the callback keeps them from being thrown twice.
  pipeline(compressed, inflate, () => undefined);
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) {
      guard.count(chunk.length, taken);
      yield chunk;
    }
  } catch (error) {
    throw readable(error);
  }
}

function readable(error: unknown): unknown {
  if (error instanceof SourceFailure) return error.cause;
  if (error instanceof FileError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') {
    const detail = 'The compressed file ends early: it was cut off on its way here.';
    return new FileError('truncated-file', detail, null, { cause: error });
  }
  if (code?.startsWith('Z_') === true) {
    const detail = 'The compressed file is damaged and cannot be decompressed further.';
    return new FileError('corrupt-file', detail, null, { cause: error });
  }
  return error;
}
