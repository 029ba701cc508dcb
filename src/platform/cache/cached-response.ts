import { promisify } from 'node:util';
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib';

/** Encodings of a body, by preference. */
export type Encoding = 'br' | 'zstd' | 'gzip';

/** Shorter bodies are not worth compressing: as for answers that are not kept. */
const SHORTEST = 1024;

const compressors: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  br: (body) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (body) => promisify(zstdCompress)(body),
  gzip: (body) => promisify(gzip)(body, { level: 5 }),
};

/** An answer of status 200 as it is kept: bytes, ready to be sent, also compressed. */
export class CachedResponse {
  private variants: Partial<Record<Encoding, Buffer | 'pending'>> | null = null;
  private decoded: string | null = null;

  constructor(
    readonly body: Buffer,
    /** Lower-case names, `content-type` and `etag` among them. */
    readonly headers: Readonly<Record<string, string>>,
  ) {}

  get isCompressible(): boolean {
    return this.body.byteLength >= SHORTEST;
  }

  /** The body as text: Node sends headers and text in one piece, headers and bytes in two. */
  get text(): string {
    this.decoded ??= this.body.toString();
    return this.decoded;
  }

  /** The compressed body, or undefined at the first request for it, which begins the work. */
  compressed(encoding: Encoding): Buffer | undefined {
    const variants = (this.variants ??= {});
    const known = variants[encoding];
    if (known === undefined) {
      variants[encoding] = 'pending';
      compressors[encoding](this.body).then(
        (bytes) => (variants[encoding] = bytes),
        // No memory for it: the answer goes on being compressed each time, or sent as it is.
        () => undefined,
      );
    }
    return known === 'pending' ? undefined : known;
  }
}

/** Bytes of memory an answer takes, with its key, its compressed forms and what surrounds it. */
export function weigh(key: string, { body, headers, isCompressible }: CachedResponse): number {
  let bytes = OVERHEAD + key.length * 2 + body.byteLength;
  // JSON shrinks to less than a quarter, and two encodings are asked for at most, as a rule; a
  // short body is kept as text as well.
  bytes += isCompressible ? body.byteLength / 2 : body.byteLength;
  for (const name in headers) bytes += 2 * (name.length + (headers[name]?.length ?? 0));
  return Math.ceil(bytes);
}

/** Objects, map slots and list nodes of one entry; measured with 100,000 small entries. */
const OVERHEAD = 700;

/**
 * The encoding to answer an Accept-Encoding header with; null for none. A header with weights is
 * left to the compression of answers that are not kept.
 */
export function chooseEncoding(accepted: string | undefined): Encoding | null {
  if (accepted === undefined || accepted.includes(';')) return null;
  const names = accepted.split(',').map((name) => name.trim().toLowerCase());
  for (const encoding of ['br', 'zstd', 'gzip'] as const) {
    if (names.includes(encoding)) return encoding;
  }
  return null;
}
