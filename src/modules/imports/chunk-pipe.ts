import { setImmediate as breathe } from 'node:timers/promises';
import { keyOfRow } from '../../platform/records/bulk/bulk-job.js';
import type { BulkJob } from '../../platform/records/bulk/bulk-job.js';
import type { ParsedRow } from '../../platform/records/bulk/row-parser.js';
import type { ChunkCommitter, ChunkWork } from './chunk-committer.js';

/** Rows of one transaction: enough that its fixed costs vanish, few enough to hold in memory. */
const CHUNK_ROWS = 5000;

/** Characters after which a chunk is full, however few rows it has. */
const CHUNK_TEXT = 8 * 1024 * 1024;

/** Chunks that one record of many rows may fill before it is divided. */
const LONGEST_RECORD = 2;

/** Batches after which the connection to the database gets its turn. */
const BATCHES_IN_A_ROW = 4;

type Facts = Omit<ChunkWork, 'from' | 'rows'>;

/**
 * Makes chunks of checked rows and has them committed in order. While one is in the database, the
 * next one is read and checked.
 */
export class ChunkPipe {
  private rows: ParsedRow[] = [];
  private text = 0;
  private batches = 0;
  private facts: Facts | undefined;
  private loading: Promise<void> = Promise.resolve();

  /** @param from rows of the file that are done. */
  constructor(
    private readonly committer: ChunkCommitter,
    private from: number,
    private readonly signal: AbortSignal,
  ) {}

  /** Takes the next rows. @throws what kept the chunk before from being committed. */
  async add(rows: readonly ParsedRow[], facts: Facts): Promise<void> {
    for (const row of rows) {
      this.rows.push(row);
      this.text += lengthOf(row);
    }
    this.facts = facts;
    this.batches += 1;
    if (this.batches % BATCHES_IN_A_ROW === 0) await breathe();
    if (this.rows.length < CHUNK_ROWS && this.text < CHUNK_TEXT) return;
    const end = this.endOfRecord(facts.job);
    if (end > 0) await this.next(end);
  }

  /** Has everything committed that was added. */
  async flush(): Promise<void> {
    await this.next(this.rows.length);
    await this.loading;
  }

  /** Waits for the chunk that is being committed, whatever becomes of it. */
  async settle(): Promise<void> {
    await Promise.allSettled([this.loading]);
  }

  /**
   * Rows after which a chunk may end: those of the last record, whose next ones may be about to
   * come, begin the next chunk. 0: wait for more.
   */
  private endOfRecord({ list, match }: BulkJob): number {
    const { rows } = this;
    const last = rows.at(-1);
    if (!list || !match || !last) return rows.length;
    const key = keyOfRow(match, last);
    const before = rows.findLastIndex((row) => keyOfRow(match, row) !== key);
    if (before >= 0) return before + 1;
    const isFull = rows.length >= LONGEST_RECORD * CHUNK_ROWS || this.text >= CHUNK_TEXT;
    return isFull ? rows.length : 0;
  }

  /** @param end rows of those waiting that make the chunk. */
  private async next(end: number): Promise<void> {
    await this.loading;
    this.signal.throwIfAborted();
    const { facts, from } = this;
    const rows = this.rows.slice(0, end);
    if (!facts || rows.length === 0) return;
    this.rows = this.rows.slice(end);
    this.text = this.rows.reduce((sum, row) => sum + lengthOf(row), 0);
    this.from += rows.length;
    this.loading = this.committer.commit({ ...facts, from, rows });
    this.loading.catch(() => undefined); // reported when the next chunk is ready, or by flush
  }
}

function lengthOf({ source }: ParsedRow): number {
  let length = 0;
  for (const cell of source.cells) if (typeof cell === 'string') length += cell.length;
  return length;
}
