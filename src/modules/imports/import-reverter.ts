import { Injectable, Logger } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { uuidv7 } from '../../common/uuid.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import type { RunningJob } from '../../platform/queue/handles-job.js';
import { BulkReverter } from '../../platform/records/bulk/bulk-reverter.js';
import type { Reverted } from '../../platform/records/bulk/bulk-reverter.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { contextOf } from './import-runner.js';
import { ImportRevertRepository } from './import-revert.repository.js';
import type { RevertState } from './import-revert.repository.js';
import type { ImportJobData } from './imports.jobs.js';
import { ImportsRepository } from './imports.repository.js';
import type { ImportRow } from './imports.repository.js';

/** A revert while it runs. */
interface Run {
  ctx: RequestContext;
  row: ImportRow;
  lease: string;
  reverter: BulkReverter;
  signal: AbortSignal;
}

/**
 * Undoes an import: what it made goes to the bin, what it changed is as it was before; records
 * that somebody has changed since are left alone and listed. Each step is one transaction with its
 * place in the work, so that another worker can go on from there.
 */
@Injectable()
export class ImportReverter {
  private readonly logger = new Logger('imports');

  constructor(
    private readonly database: Database,
    private readonly kit: RecordKit,
    private readonly imports: ImportsRepository,
    private readonly reverts: ImportRevertRepository,
  ) {}

  async revert(job: RunningJob<ImportJobData>): Promise<void> {
    const owner = { workspaceId: job.workspaceId as string };
    const { importId } = job.data;
    const lease = uuidv7();
    if (!(await this.reverts.claim(owner, importId, lease))) return;
    const row = (await this.imports.find(owner, importId)) as ImportRow;
    const by = row.revert?.by;
    const ctx = contextOf(by ? { ...row, ...by } : row, owner.workspaceId);
    const reverter = new BulkReverter(this.kit, ctx, importId);
    const run: Run = { ctx, row, lease, reverter, signal: job.signal };
    while (await this.step(run, (tx, state) => this.binNext(tx, run, state))) continue;
    while (await this.step(run, (tx, state) => this.restoreNext(tx, run, state))) continue;
    await this.finish(run);
    this.logger.log({ importId }, 'An import was reverted');
  }

  /** One transaction of the work; false when there was nothing left to do in it. */
  private async step(
    run: Run,
    work: (tx: Transaction, state: RevertState) => Promise<RevertState | null>,
  ): Promise<boolean> {
    run.signal.throwIfAborted();
    const { ctx, row, lease } = run;
    return this.database.transaction(ctx, async (tx) => {
      const state = await this.reverts.hold(tx, ctx, row.id, lease);
      if (!state) throw new Error('Another worker reverts the import');
      const next = await work(tx, state);
      if (next) await tx.run([this.reverts.save(ctx, row.id, lease, next)]);
      return next !== null;
    });
  }

  private async binNext(
    tx: Transaction,
    run: Run,
    state: RevertState,
  ): Promise<RevertState | null> {
    const { ctx, row, reverter } = run;
    const event = await this.reverts.nextCreated(tx, ctx, row.id, state.afterSeq);
    if (!event) return null;
    const definition = this.kit.byPlural(event.object);
    const done = definition
      ? await reverter.bin(tx, definition, event.recordIds)
      : { done: 0, kept: [] };
    await this.keep(tx, run, event.object, done);
    const progress = { removed: state.progress.removed + done.done };
    return advanced({ ...state, afterSeq: event.seq }, progress, done);
  }

  private async restoreNext(
    tx: Transaction,
    run: Run,
    state: RevertState,
  ): Promise<RevertState | null> {
    const { ctx, row, reverter } = run;
    const definition = this.kit.byPlural(row.object);
    const changes = await this.reverts.nextChanges(tx, ctx, row.id, state.afterRecord);
    const last = changes.at(-1);
    if (!definition || !last) return null;
    const done = await reverter.restore(tx, definition, changes);
    await this.keep(tx, run, row.object, done);
    const progress = { restored: state.progress.restored + done.done };
    return advanced({ ...state, afterRecord: last.id }, progress, done);
  }

  private async keep(tx: Transaction, run: Run, object: string, { kept }: Reverted): Promise<void> {
    if (kept.length > 0) await tx.run([this.reverts.keep(run.ctx, run.row.id, object, kept)]);
  }

  private async finish({ ctx, row, lease }: Run): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const [ended] = await tx.run([this.reverts.finish(ctx, row.id, lease)]);
      const progress = ended?.rows[0];
      if (!progress) return;
      const { removed, restored, kept } = progress['revert'] as Record<string, number>;
      const changes = { importId: row.id, removed, restored, kept };
      const type = 'import.reverted';
      await tx.run([
        recordEvents([eventOf(ctx, { type, object: 'imports', recordId: row.id, changes })]),
      ]);
    });
  }
}

function advanced(
  state: RevertState,
  change: Partial<RevertState['progress']>,
  { kept }: Reverted,
): RevertState {
  const progress = { ...state.progress, ...change, kept: state.progress.kept + kept.length };
  return { ...state, progress };
}
