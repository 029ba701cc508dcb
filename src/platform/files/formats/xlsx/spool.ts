import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileError } from '../file-error.js';
import type { ByteSource } from '../input/byte-source.js';
import { BLOCK_BYTES, type Limits } from '../limits.js';
import { grouped } from '../wording.js';

/**
 * A file of its own in a folder of its own under the system's temporary folder. Where the system
 * allows it, its name is removed at once: then it is gone with the process, even one that is killed.
 */
export class TemporaryFile {
  private constructor(
    readonly handle: FileHandle,
    private readonly folder: string,
  ) {}

  static async create(): Promise<TemporaryFile> {
    const folder = await mkdtemp(join(tmpdir(), 'keel-import-'));
    const handle = await open(join(folder, 'file'), 'wx+', 0o600);
    // Windows does not remove files that are open; `close` does it there.
    if (process.platform !== 'win32') await rm(folder, { recursive: true });
    return new TemporaryFile(handle, folder);
  }

  async close(): Promise<void> {
    await this.handle.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * Writes what is left of a source to a temporary file: a zip archive is read from its end.
 * @throws FileError `file-too-large`
 */
export async function spool(bytes: ByteSource, limits: Limits): Promise<TemporaryFile> {
  const file = await TemporaryFile.create();
  try {
    let written = 0;
    for await (const block of bytes.blocks(BLOCK_BYTES)) {
      written += block.length;
      if (written > limits.maxSpool) {
        const most = grouped(limits.maxSpool);
        throw new FileError('file-too-large', `The workbook has more than ${most} bytes.`);
      }
      await file.handle.writeFile(block);
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
