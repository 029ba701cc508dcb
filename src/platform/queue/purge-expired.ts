import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../database/database.js';
import { HandlesJob } from './handles-job.js';
import type { RunningJob } from './handles-job.js';
import { defineJob, NoData } from './job-contract.js';

/** Removes what has served its time: jobs long handed on, answers long given, mails long
 * sent. */
export const PurgeExpired = defineJob({
  name: 'purge-expired',
  data: NoData,
  options: { attempts: 3, schedule: { every: 3_600_000 } },
});

/** Rows removed by one statement. */
const BATCH = 5000;

/** Each removes at most {@link BATCH} rows. */
const PURGES = [
  `delete from job_outbox where id = any(array(
     select id from job_outbox where published_at < now() - interval '7 days'
     order by published_at limit ${BATCH}))`,
  `delete from idempotency_keys where (workspace_id, principal_id, key) in (
     select workspace_id, principal_id, key from idempotency_keys
     where created_at < now() - interval '24 hours' order by created_at limit ${BATCH})`,
  `delete from user_mails where (workspace_id, id) in (
     select workspace_id, id from user_mails
     where created_at < now() - interval '90 days' order by created_at limit ${BATCH})`,
];

@Injectable()
export class ExpiredPurger {
  constructor(private readonly database: Database) {}

  /** Stops after any batch; the next run goes on. */
  @HandlesJob(PurgeExpired)
  async purge({ signal }: Pick<RunningJob<NoData>, 'signal'>): Promise<void> {
    for (const text of PURGES) {
      for (;;) {
        signal.throwIfAborted();
        const [removed] = await this.database.run(SYSTEM, [{ text }]);
        if (removed?.rowCount !== BATCH) break;
      }
    }
  }
}
