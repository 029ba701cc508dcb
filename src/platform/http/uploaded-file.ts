import type { MultipartFile } from '@fastify/multipart';
import { Problem } from '../../common/errors.js';

/**
 * The bytes of a file of a multipart body. One that is longer than its limit fails at its end: the
 * parser itself only stops giving bytes then, as if that were the whole file.
 * @throws Problem 413, from the iteration.
 */
export async function* wholeFile(
  { file }: Pick<MultipartFile, 'file'>,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  yield* file as AsyncIterable<Buffer>;
  if (!file.truncated) return;
  const megabytes = maxBytes / 1024 / 1024;
  throw new Problem('too-large', `The file has more than ${megabytes} megabytes.`);
}
