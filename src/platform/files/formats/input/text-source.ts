import { isAscii, isUtf8 } from 'node:buffer';
import { FileError } from '../file-error.js';
import { BLOCK_BYTES, SAMPLE_BYTES } from '../limits.js';
import type { ByteSource } from './byte-source.js';
import {
  byteOrderMark,
  encodingName,
  guessEncoding,
  utf16Order,
  utf8Evidence,
} from './encoding.js';
import { decoderFor, type BlockDecoder } from './text-decoders.js';

export interface TextBlock {
  text: string;
  /** Whether the text holds U+0000 or lone surrogates, which stand for bytes that are no text. */
  suspect: boolean;
  last: boolean;
}

/**
 * The text of a file, block by block. A byte order mark settles the encoding, whatever was
 * declared. Without one, and without a declaration, it is settled at the first byte beyond ASCII,
 * however late in the file that comes; until then `encoding` says `utf-8`.
 */
export class TextSource {
  private decoder: BlockDecoder;
  private settled: boolean;

  private constructor(
    private readonly bytes: ByteSource,
    public encoding: string,
    private readonly declared: boolean,
  ) {
    this.decoder = decoderFor(encoding);
    this.settled = encoding.startsWith('utf-16') || encoding.startsWith('utf-32');
  }

  /**
   * Looks at the first bytes.
   * @param declared what the sender says the encoding is
   * @throws FileError `unknown-encoding`, or `wrong-encoding` when the bytes speak against it
   */
  static async open(bytes: ByteSource, declared?: string): Promise<TextSource> {
    const sample = await bytes.peek(SAMPLE_BYTES);
    const mark = byteOrderMark(sample);
    if (mark !== null) {
      await bytes.read(mark.length);
      return new TextSource(bytes, mark.encoding, true);
    }
    const order = utf16Order(sample);
    const encoding = startingEncoding(order, declared, sample);
    const source = new TextSource(bytes, encoding, declared !== undefined);
    source.settle(sample);
    return source;
  }

  /** The text at the start of the file, at most SAMPLE_BYTES of it, without taking it. */
  async sample(): Promise<string> {
    const sample = await this.bytes.peek(SAMPLE_BYTES);
    return decoderFor(this.encoding).decode(sample, sample.length < SAMPLE_BYTES);
  }

  /** Takes the next block; null at the end. */
  async next(): Promise<TextBlock | null> {
    const block = await this.bytes.read(BLOCK_BYTES);
    if (block === null) return null;
    const following = await this.bytes.peek(this.settled ? 1 : BLOCK_BYTES);
    if (!this.settled && !isAscii(block)) this.settle(Buffer.concat([block, following]));
    const last = following.length === 0;
    const text = this.decoder.decode(block, last);
    return { text, suspect: this.decoder.failed || text.includes('\0'), last };
  }

  private settle(sample: Buffer): void {
    if (this.settled || isAscii(sample)) return;
    this.settled = true;
    if (this.declared) {
      if (this.encoding !== 'utf-8') refuseUtf8(sample, this.encoding);
      return;
    }
    this.encoding = guessEncoding(sample);
    this.decoder = decoderFor(this.encoding);
  }
}

/** The encoding to begin with, when there is no byte order mark. */
function startingEncoding(
  order: 'utf-16le' | 'utf-16be' | null,
  declared: string | undefined,
  sample: Buffer,
): string {
  if (declared === undefined) return order ?? 'utf-8';
  const name = encodingName(declared);
  const isUtf16 = name.startsWith('utf-16');
  if (isUtf16 && order === null && !sample.includes(0) && isUtf8(sample)) {
    throw new FileError('wrong-encoding', `The file is not ${name}: its bytes are not pairs.`, 1);
  }
  if (name === 'utf-16') return order ?? 'utf-16le';
  if (order !== null && order !== name) {
    throw new FileError('wrong-encoding', `The file is not ${name}: its bytes are ${order}.`, 1);
  }
  return name;
}

/**
 * Text in another encoding is next to never valid UTF-8 by chance; read as what it was declared to
 * be, UTF-8 would turn into garbage (`MÃ¼ller`) that nobody notices until the customers do. Two
 * bytes a character can be by chance, so those need more of it.
 */
function refuseUtf8(sample: Buffer, encoding: string): void {
  const { valid, invalid } = utf8Evidence(sample);
  const enough = encoding.startsWith('windows-') || encoding.startsWith('iso-') ? 1 : 8;
  if (invalid > 0 || valid < enough) return;
  throw new FileError('wrong-encoding', `The file is not ${encoding}: its bytes are UTF-8.`);
}
