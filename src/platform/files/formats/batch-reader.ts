import { FileError } from './file-error.js';
import type { ByteSource } from './input/byte-source.js';
import type { Format, Row, RowReader } from './row.js';
import type { Table } from './table.js';

/** Makes batches of equal size of a table's rows, and leaves out those read before. */
export class BatchReader implements RowReader {
  private closed = false;

  /**
   * @param sent the file as it was sent
   * @param bytes the same, decompressed where it was compressed
   */
  constructor(
    private readonly table: Table,
    private readonly sent: ByteSource,
    private readonly bytes: ByteSource,
    private readonly options: { batchRows: number; skipRows: number },
  ) {}

  get format(): Format {
    return this.table.format;
  }

  get delimiter(): string | null {
    return this.table.delimiter;
  }

  get encoding(): string {
    return this.table.encoding;
  }

  get headers(): readonly string[] {
    return this.table.headers;
  }

  get bytesRead(): number {
    return this.sent.taken;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row[]> {
    const { batchRows, skipRows } = this.options;
    let batch: Row[] = [];
    let seen = 0;
    try {
      for await (const piece of this.table.rows(batchRows)) {
        const rows = piece.slice(Math.max(0, skipRows - seen));
        seen += piece.length;
        for (const row of rows) {
          batch.push(row);
          if (batch.length < batchRows) continue;
          yield batch;
          batch = [];
        }
      }
      if (seen === 0) throw new FileError('no-rows', 'The file has a header and no rows.');
    } catch (error) {
      // What was read before a file turned out to be damaged is good.
      if (batch.length > 0 && error instanceof FileError) yield batch;
      throw error;
    } finally {
      await this.close();
    }
    if (batch.length > 0) yield batch;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.table.close();
    await this.bytes.close();
    await this.sent.close();
  }
}
