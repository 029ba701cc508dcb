import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../../platform/database/database.js';
import { HandlesJob } from '../../platform/queue/handles-job.js';
import type { RunningJob } from '../../platform/queue/handles-job.js';
import { defineJob, NoData } from '../../platform/queue/job-contract.js';

/** Folds the differences that writes of deals have added into one row per stage and currency. */
export const FoldDealTotals = defineJob({
  name: 'fold-deal-totals',
  data: NoData,
  options: { attempts: 3, schedule: { every: 60_000 } },
});

/** Rows folded by one statement. */
const PORTION = 20_000;

/** Readers see the rows before or those after; writers only add rows, and wait for nobody. */
const FOLD = `
  with many as (
    select workspace_id, pipeline_id from deal_totals
    group by workspace_id, pipeline_id having count(*) > 200
  ), gone as (
    delete from deal_totals where ctid = any(array(
      select t.ctid from deal_totals t join many m using (workspace_id, pipeline_id)
      limit ${PORTION} for update of t skip locked))
    returning *
  ), folded as (
    insert into deal_totals (workspace_id, pipeline_id, stage_id, currency, deals, amount, weighted,
      amount_in_base, lacking)
    select workspace_id, pipeline_id, stage_id, currency, sum(deals), sum(amount), sum(weighted),
      sum(amount_in_base), sum(lacking)
    from gone group by workspace_id, pipeline_id, stage_id, currency
    having sum(deals) <> 0 or sum(amount) <> 0 or sum(weighted) <> 0 or sum(lacking) <> 0)
  select count(*) as gone from gone`;

@Injectable()
export class DealTotalsUpkeep {
  constructor(private readonly database: Database) {}

  /** Stops after any portion; the next run goes on. */
  @HandlesJob(FoldDealTotals)
  async fold({ signal }: Pick<RunningJob<NoData>, 'signal'>): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const [row] = await this.database.query<{ gone: number }>(SYSTEM, FOLD);
      if ((row?.gone ?? 0) < PORTION) return;
    }
  }
}
