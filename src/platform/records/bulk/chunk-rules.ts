import type { FieldError } from '../../../common/errors.js';
import type { Transaction } from '../../database/transaction.js';
import { applyRules, asksRules, draftOf } from '../record-rules.js';
import type { Draft, Questions } from '../record-rules.js';
import { changesBetween } from '../record-row.js';
import type { BulkJob, Outcome } from './bulk-job.js';
import type { ChunkPlan, Planned } from './chunk-plan.js';
import { GroupedPlan } from './grouped-plan.js';

/** A record on its way through the rules, with the rows it comes of. */
interface Judged {
  planned: Planned;
  draft: Draft;
}

/** Applies the domain's rules to what a chunk is about to write. */
export class ChunkRules {
  constructor(private readonly job: BulkJob) {}

  /**
   * Applies the rules to a plan. A record they find wrong is left out with all its rows; where they
   * refuse single items of a list, the rows of those alone.
   */
  async apply(tx: Transaction, plan: ChunkPlan, outcomes: Outcome[]): Promise<void> {
    const grouped = plan instanceof GroupedPlan ? plan : null;
    grouped?.completeLists();
    let refused = await this.judge(tx, [...plan.records.values()]);
    const mended = grouped ? refused.filter((item) => mend(grouped, item, outcomes)) : [];
    if (mended.length > 0) {
      grouped?.completeLists();
      const again = await this.judge(
        tx,
        mended.map(({ planned }) => planned),
      );
      refused = [...refused.filter((item) => !mended.includes(item)), ...again];
    }
    this.dropUnchanged(plan, outcomes);
    for (const { planned, draft } of refused) {
      for (const row of planned.rows) outcomes[row] = draft.errors;
      plan.refuse(planned);
    }
  }

  /** Rules may find that rows say what is stored already. */
  private dropUnchanged(plan: ChunkPlan, outcomes: Outcome[]): void {
    const { definition } = this.job;
    if (!asksRules(definition)) return;
    for (const { before, after, rows } of plan.records.values()) {
      if (!before || Object.keys(changesBetween(definition, before, after)).length > 0) continue;
      plan.records.delete(after.id);
      for (const row of rows) outcomes[row] = 'unchanged';
    }
  }

  /** The records that the rules accept, as they leave them. */
  async accept<T extends Planned>(tx: Transaction, records: readonly T[]): Promise<T[]> {
    const refused = new Set((await this.judge(tx, records)).map(({ planned }) => planned));
    return records.filter((record) => !refused.has(record));
  }

  private async judge(tx: Transaction, records: readonly Planned[]): Promise<Judged[]> {
    const { definition, ctx, dryRun, automations } = this.job;
    if (!asksRules(definition)) return [];
    const judged = records.map((planned) => ({
      planned,
      draft: {
        ...draftOf(planned.before, planned.after, ''),
        isContinued: planned.isContinued === true,
        ownerIsDefault: planned.ownerIsDefault,
      },
    }));
    const drafts = judged.map(({ draft }) => draft);
    const run: Questions['run'] = (statements) => tx.run(statements);
    await applyRules(definition, { run, dryRun, automations }, { ...ctx, tx }, drafts);
    return judged.filter(({ draft }) => draft.errors.length > 0);
  }
}

/** Whether the record can go in without the items that the rules refuse. */
function mend(plan: GroupedPlan, { planned, draft }: Judged, outcomes: Outcome[]): boolean {
  const dropped: Map<number, FieldError[]> | null = plan.dropItems(planned, draft.errors);
  if (!dropped) return false;
  for (const [row, errors] of dropped) outcomes[row] = errors;
  const [first] = planned.rows;
  if (first === undefined) {
    plan.refuse(planned);
    return false;
  }
  if (planned.before === null) outcomes[first] = 'created';
  return true;
}
