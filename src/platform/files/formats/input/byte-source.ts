const EMPTY: Buffer = Buffer.alloc(0);

/**
 * The bytes of a file, taken in blocks of a size of our choosing whatever chunks they arrive in,
 * with a look at what comes next. Nothing is taken from the source before it is asked for.
 */
export class ByteSource {
  /** Bytes taken from the source so far. */
  taken = 0;

  private readonly chunks: AsyncIterator<Uint8Array>;
  private held: Buffer[] = [];
  private heldBytes = 0;
  private ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** The next `size` bytes, or as many as there are, without taking them. */
  async peek(size: number): Promise<Buffer> {
    await this.hold(size);
    return this.joined().subarray(0, size);
  }

  /** Takes the next `size` bytes, or as many as there are; null at the end. */
  async read(size: number): Promise<Buffer | null> {
    await this.hold(size);
    if (this.heldBytes === 0) return null;
    const all = this.joined();
    const rest = all.subarray(size);
    this.held = rest.length === 0 ? [] : [rest];
    this.heldBytes = rest.length;
    return all.subarray(0, size);
  }

  /** Everything that is left, in blocks. */
  async *blocks(size: number): AsyncGenerator<Buffer> {
    try {
      for (let block = await this.read(size); block; block = await this.read(size)) yield block;
    } finally {
      await this.close();
    }
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    this.held = [];
    this.heldBytes = 0;
    if (this.ended) return;
    this.ended = true;
    await this.chunks.return?.();
  }

  private async hold(size: number): Promise<void> {
    while (this.heldBytes < size && !this.ended) {
      const next = await this.chunks.next();
      if (next.done) {
        this.ended = true;
        return;
      }
      const { buffer, byteOffset, byteLength } = next.value;
      this.taken += byteLength;
      this.heldBytes += byteLength;
      if (byteLength > 0) this.held.push(Buffer.from(buffer, byteOffset, byteLength));
    }
  }

  private joined(): Buffer {
    if (this.held.length > 1) this.held = [Buffer.concat(this.held, this.heldBytes)];
    return this.held[0] ?? EMPTY;
  }
}
