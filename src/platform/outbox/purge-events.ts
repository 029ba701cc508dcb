import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Database, SYSTEM } from '../database/database.js';
import { HandlesJob } from '../queue/handles-job.js';
import type { RunningJob } from '../queue/handles-job.js';
import { defineJob, NoData } from '../queue/job-contract.js';

/** Removes events nobody may ask for any more. */
export const PurgeEvents = defineJob({
  name: 'purge-events',
  data: NoData,
  options: { attempts: 3, schedule: { every: 3_600_000 } },
});

/** Events removed by one statement, with up to 1,000 records each. */
const BATCH = 200;

const PURGE_SQL = `
  with old as materialized (
    select workspace_id, id from events
    where occurred_at < now() - make_interval(days => $1) and position is not null
    order by occurred_at limit ${BATCH}
  ), details as (
    delete from event_records using old
    where event_records.workspace_id = old.workspace_id and event_records.event_id = old.id
  ), mentions as (
    delete from event_mentions using old
    where event_mentions.workspace_id = old.workspace_id and event_mentions.event_id = old.id
  )
  delete from events using old where events.workspace_id = old.workspace_id and events.id = old.id`;

@Injectable()
export class EventsPurger {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** Stops after any batch; the next run goes on. */
  @HandlesJob(PurgeEvents)
  async purge({ signal }: Pick<RunningJob<NoData>, 'signal'>): Promise<void> {
    const days = Math.max(this.config.eventRetentionDays, this.config.historyRetentionDays);
    for (;;) {
      signal.throwIfAborted();
      const [removed] = await this.database.run(SYSTEM, [{ text: PURGE_SQL, params: [days] }]);
      if (removed?.rowCount !== BATCH) return;
    }
  }
}
