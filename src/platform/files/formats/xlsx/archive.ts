import type { Readable } from 'node:stream';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { FileError } from '../file-error.js';
import { GrowthGuard } from '../input/gunzip.js';
import type { Limits } from '../limits.js';
import type { TemporaryFile } from './spool.js';

/** Files in an archive; a workbook has some dozens, with pictures some hundreds. */
const MOST_ENTRIES = 20_000;

/** The parts of a workbook: XML files in a zip archive. */
export class Archive {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
    private readonly limits: Limits,
  ) {}

  /**
   * Reads the archive's table of contents.
   * @throws FileError `corrupt-file` or `unsupported-format`
   */
  static async open(file: TemporaryFile, limits: Limits): Promise<Archive> {
    try {
      const zip = await fromFdPromise(file.handle.fd, { autoClose: false });
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) {
        entries.set(entry.fileName.toLowerCase(), entry);
        if (entries.size > MOST_ENTRIES) {
          throw new FileError('unsupported-format', 'The archive holds too many files.');
        }
      }
      return new Archive(zip, entries, limits);
    } catch (cause) {
      throw damaged(cause);
    }
  }

  has(name: string): boolean {
    return this.entries.has(name.toLowerCase());
  }

  /**
   * Text of a part, as it is decompressed; none when there is no such part.
   * @throws FileError `corrupt-file`, `decompression-bomb` or `file-too-large`
   */
  async *text(name: string): AsyncGenerator<string> {
    const entry = this.entries.get(name.toLowerCase());
    if (entry === undefined) return;
    if (entry.isEncrypted()) throw new FileError('unsupported-format', 'The file has a password.');
    // What the archive says of itself is looked at first; if it lies, reading finds out.
    new GrowthGuard(this.limits).count(entry.uncompressedSize, entry.compressedSize);
    const guard = new GrowthGuard(this.limits);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    try {
      const stream: Readable = await this.zip.openReadStreamPromise(entry);
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        guard.count(chunk.length, entry.compressedSize);
        yield decoder.decode(chunk, { stream: true });
      }
      yield decoder.decode();
    } catch (cause) {
      throw damaged(cause);
    }
  }
}

/** What yauzl, zlib and the decoder throw speaks of the file, not of us. */
function damaged(cause: unknown): unknown {
  if (cause instanceof FileError) return cause;
  const { message } = cause as Error;
  const detail = `The workbook is damaged or was cut off on its way here (${message}).`;
  return new FileError('corrupt-file', detail, null, { cause });
}
