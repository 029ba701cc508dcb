import type { ReadOptions } from '../../platform/files/formats/index.js';
import type { ImportOptionsDto } from './import-options.dto.js';

/** What the reader of a file is told of the import's options. */
export function readOptionsOf(options: ImportOptionsDto, filename: string): ReadOptions {
  const { format, delimiter, encoding, header, sheet } = options;
  return { format, filename, delimiter, encoding, header, sheet };
}
