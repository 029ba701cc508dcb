import { Transform, type TransformCallback } from 'node:stream';

/** Turns batches of records into bytes; takes the next when the last has been read on. */
export class BatchWriter<T> extends Transform {
  private head: string | null;

  /**
   * @param head text before the first record
   * @param line text of one record
   */
  constructor(
    head: string,
    private readonly line: (record: T) => string,
  ) {
    super({ writableObjectMode: true, writableHighWaterMark: 2 });
    this.head = head;
  }

  override _transform(batch: readonly T[], _encoding: BufferEncoding, done: TransformCallback) {
    try {
      let text = this.takeHead();
      for (const record of batch) text += this.line(record);
      done(null, Buffer.from(text));
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    const head = this.takeHead();
    if (head === '') done();
    else done(null, Buffer.from(head));
  }

  private takeHead(): string {
    const head = this.head ?? '';
    this.head = null;
    return head;
  }
}
