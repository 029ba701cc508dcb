import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../common/errors.js';
import { Database } from '../../platform/database/database.js';
import { violationOf } from '../../platform/database/database-errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { ChunkConflict } from '../../platform/records/bulk/bulk-job.js';
import type { BulkJob, ChunkResult } from '../../platform/records/bulk/bulk-job.js';
import type { BulkLoader } from '../../platform/records/bulk/bulk-loader.js';
import type { ParsedRow } from '../../platform/records/bulk/row-parser.js';
import { ImportRunRepository } from './import-run.repository.js';
import { ImportWatcher } from './import-watcher.js';

/** Somebody asked for the import to stop. */
export class ImportCancelled extends Error {
  override name = 'ImportCancelled';
}

/** Another worker runs the import now. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** So many rows failed for reasons nobody foresaw that it is not the rows. */
export class TooManyUnforeseen extends Error {
  override name = 'TooManyUnforeseen';
}

/** A part of an import, and who loads it. */
export interface ChunkWork {
  job: BulkJob;
  loader: BulkLoader;
  lease: string;
  /** Rows of the file before the first of these. */
  from: number;
  rows: readonly ParsedRow[];
  bytesRead: number;
  signal: AbortSignal;
}

type TrimWork = Pick<ChunkWork, 'job' | 'loader' | 'lease' | 'signal'>;

/** Milliseconds a chunk may take in the database. */
const CHUNK_TIMEOUT = 180_000;

/** Pauses before a chunk is tried again, in milliseconds: about a minute in all. */
const PAUSES = [50, 200, 500, 1000, 2000, 4000, 8000, 15_000, 30_000];

/** Times that conflicts with other writers are retried before the chunk is divided. */
const MOST_CONFLICTS = 4;

const MOST_UNFORESEEN = 100;

/**
 * Commits chunks: records, events, rejected rows and the checkpoint in one transaction, exactly
 * once. What other writers or a lost connection spoil is tried again; a chunk that fails for
 * another reason is divided until the row is found that it fails for.
 */
@Injectable()
export class ChunkCommitter {
  private readonly logger = new Logger('imports');

  constructor(
    private readonly database: Database,
    private readonly runs: ImportRunRepository,
    private readonly watcher: ImportWatcher,
  ) {}

  /** @throws ImportCancelled, LeaseLost, TooManyUnforeseen, or Problem when the database is away. */
  async commit(work: ChunkWork): Promise<void> {
    try {
      await this.persist(work);
    } catch (error) {
      if (isFinal(error) || work.signal.aborted) throw error;
      this.logger.warn({ error, importId: work.job.importId }, 'A chunk failed and is divided');
      if (work.rows.length === 1) return this.rejectRow(work, error);
      const middle = work.rows.length >> 1;
      await this.commit({ ...work, rows: work.rows.slice(0, middle) });
      await this.commit({ ...work, rows: work.rows.slice(middle), from: work.from + middle });
    }
  }

  /** Once the whole file is in: ends lists that the file left shorter than they were. */
  async trim({ job, loader, lease, signal }: TrimWork): Promise<void> {
    for (let isMore = job.list !== null; isMore;) {
      signal.throwIfAborted();
      isMore = await this.database.transaction(
        job.ctx,
        async (tx) => {
          const state = await this.runs.hold(tx, job.ctx, job.importId, lease);
          if (!state) throw new LeaseLost('Another worker runs the import');
          return loader.trim(tx);
        },
        { timeout: CHUNK_TIMEOUT },
      );
    }
  }

  /** Tries until the chunk is in, or fails for a reason of its own. */
  private async persist(work: ChunkWork): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.attempt(work);
        return;
      } catch (error) {
        const pause = PAUSES[attempt];
        const isConflict = isConflicting(error);
        const isWorth = isConflict ? attempt < MOST_CONFLICTS : isTransient(error);
        if (!isWorth || pause === undefined) throw error;
        await sleep(pause * (0.75 + Math.random() / 2));
        work.signal.throwIfAborted();
      }
    }
  }

  private async attempt(work: ChunkWork): Promise<void> {
    const { job, from } = work;
    await this.database.transaction(
      job.ctx,
      async (tx) => {
        if (await this.isDone(tx, work)) return;
        await this.watcher.chunk(job.importId, 'begun', from);
        const result = await work.loader.load(tx, work.rows);
        await this.checkpoint(tx, work, result, 0);
        await this.watcher.chunk(job.importId, 'loaded', from);
      },
      { timeout: CHUNK_TIMEOUT },
    );
    await this.watcher.chunk(job.importId, 'committed', from);
  }

  /** Whether an attempt whose answer was lost had been committed after all. */
  private async isDone(tx: Transaction, { job, lease, from, rows }: ChunkWork): Promise<boolean> {
    const state = await this.runs.hold(tx, job.ctx, job.importId, lease);
    if (!state) throw new LeaseLost('Another worker runs the import');
    if (state.nextRow === from + rows.length) return true;
    if (state.nextRow !== from) throw new LeaseLost('The import has moved on');
    if (state.cancelRequested) throw new ImportCancelled('The import was cancelled');
    return false;
  }

  private async checkpoint(
    tx: Transaction,
    work: ChunkWork,
    result: ChunkResult,
    unforeseen: number,
  ): Promise<void> {
    const { job, lease, from, rows, bytesRead } = work;
    const { ctx, importId } = job;
    const done = { from, rows: rows.length, bytesRead, result, unforeseen };
    const results = await tx.run([
      ...this.runs.reject(ctx, importId, from, rows, result.rejects),
      this.runs.checkpoint(ctx, importId, lease, done),
    ]);
    if (results.at(-1)?.rowCount !== 1) throw new LeaseLost('Another worker runs the import');
  }

  /** Reports the one row that nothing is known against but that it cannot be stored. */
  private async rejectRow(work: ChunkWork, cause: unknown): Promise<void> {
    const errors = [{ pointer: '', code: 'internal', detail: 'the row could not be stored' }];
    const result: ChunkResult = {
      ...{ created: 0, updated: 0, unchanged: 0, createdReferences: 0 },
      rejects: [{ index: 0, errors }],
      warnings: { count: 0, samples: [] },
    };
    await this.database.transaction(work.job.ctx, async (tx) => {
      if (await this.isDone(tx, work)) return;
      const before = await this.runs.unforeseen(tx, work.job.ctx, work.job.importId);
      if (before >= MOST_UNFORESEEN) {
        throw new TooManyUnforeseen('Too many rows cannot be stored', { cause });
      }
      await this.checkpoint(tx, work, result, 1);
    });
  }
}

const isFinal = (error: unknown): boolean =>
  error instanceof ImportCancelled ||
  error instanceof LeaseLost ||
  error instanceof TooManyUnforeseen ||
  isTransient(error);

const isTransient = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'unavailable';

/** Another writer was faster: a unique value was taken or a record changed since we looked. */
function isConflicting(error: unknown): boolean {
  const kind = violationOf(error)?.kind;
  return error instanceof ChunkConflict || kind === 'unique' || kind === 'foreignKey';
}
