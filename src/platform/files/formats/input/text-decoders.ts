import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/**
 * Turns the bytes of a file, block by block, into text. Bytes that are no text in its encoding
 * become lone surrogates, which no real text contains: rows that hold one can be told exactly.
 */
export interface BlockDecoder {
  /** @param last whether the file ends with these bytes */
  decode(bytes: Buffer, last: boolean): string;
  /** Whether bytes of the last block were no text. */
  readonly failed: boolean;
}

const EMPTY: Buffer = Buffer.alloc(0);

/** Decoder for an encoding named as `encodingName` names it. */
export function decoderFor(encoding: string): BlockDecoder {
  if (encoding === 'utf-8') return new Utf8Decoder();
  if (encoding === 'utf-16le') return new Utf16Decoder(false);
  if (encoding === 'utf-16be') return new Utf16Decoder(true);
  return new LegacyDecoder(encoding);
}

class Utf8Decoder implements BlockDecoder {
  failed = false;
  private rest = EMPTY;

  decode(bytes: Buffer, last: boolean): string {
    const all = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const end = last ? all.length : wholeLength(all);
    this.rest = Buffer.from(all.subarray(end));
    const whole = all.subarray(0, end);
    this.failed = !isUtf8(whole);
    return this.failed ? escapedUtf8(whole) : whole.toString('utf8');
  }
}

/** Length of the bytes without a sequence that may go on in the next block. */
function wholeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return lead <= 0xf4 ? 4 : 0;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc2 ? 2 : 0;
}

/** UTF-8 with the bytes that are none kept as U+DC80…U+DCFF. */
function escapedUtf8(bytes: Buffer): string {
  let text = '';
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = bytes[at]! < 0x80 ? 1 : validLength(bytes, at);
    if (length === 0) {
      text += bytes.toString('utf8', from, at) + String.fromCharCode(0xdc00 + bytes[at]!);
      from = at + 1;
    }
    at += length || 1;
  }
  return text + bytes.toString('utf8', from);
}

/** Bytes of the multi-byte sequence at a place; 0 when there is none. */
export function validLength(bytes: Buffer, at: number): number {
  const length = sequenceLength(bytes[at]!);
  if (length === 0 || at + length > bytes.length) return 0;
  return isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}

class Utf16Decoder implements BlockDecoder {
  failed = false;
  private rest = EMPTY;

  constructor(private readonly bigEndian: boolean) {}

  decode(bytes: Buffer, last: boolean): string {
    const all = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const end = this.wholeLength(all, last);
    this.rest = Buffer.from(all.subarray(end));
    const units = all.subarray(0, end);
    let text = (this.bigEndian ? Buffer.from(units).swap16() : units).toString('utf16le');
    // Half a character at the end of the file.
    if (last && this.rest.length > 0) text += '\udfff';
    this.failed = !text.isWellFormed();
    return text;
  }

  private wholeLength(bytes: Buffer, last: boolean): number {
    const even = bytes.length - (bytes.length % 2);
    if (last || even === 0) return even;
    const unit = this.bigEndian ? bytes.readUInt16BE(even - 2) : bytes.readUInt16LE(even - 2);
    return unit >= 0xd800 && unit <= 0xdbff ? even - 2 : even;
  }
}

/** Every other encoding. What cannot be read is U+FFFD, which these encodings cannot mean. */
class LegacyDecoder implements BlockDecoder {
  failed = false;
  private readonly decoder: iconv.DecoderStream;

  constructor(encoding: string) {
    this.decoder = iconv.getDecoder(encoding, { stripBOM: false });
  }

  decode(bytes: Buffer, last: boolean): string {
    const text = this.decoder.write(bytes) + (last ? (this.decoder.end() ?? '') : '');
    this.failed = text.includes('\ufffd');
    return this.failed ? text.replaceAll('\ufffd', '\udfff') : text;
  }
}
