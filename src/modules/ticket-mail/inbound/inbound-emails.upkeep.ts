import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../../../platform/database/database.js';
import { HandlesJob } from '../../../platform/queue/handles-job.js';
import type { RunningJob } from '../../../platform/queue/handles-job.js';
import { defineJob, NoData } from '../../../platform/queue/job-contract.js';

/** Removes what is noted of mails that were stopped long ago. */
export const PurgeStoppedEmails = defineJob({
  name: 'purge-stopped-emails',
  data: NoData,
  options: { attempts: 3, schedule: { every: 3_600_000 } },
});

const DAYS = 90;
/** Rows removed by one statement. */
const BATCH = 5000;

const PURGE = `
  delete from inbound_emails where (workspace_id, id) in (
    select workspace_id, id from inbound_emails
    where result = 'stopped' and received_at < now() - interval '${DAYS} days'
    order by received_at limit ${BATCH})`;

@Injectable()
export class InboundEmailsUpkeep {
  constructor(private readonly database: Database) {}

  /** Stops after any batch; the next run goes on. */
  @HandlesJob(PurgeStoppedEmails)
  async purge({ signal }: Pick<RunningJob<NoData>, 'signal'>): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const [removed] = await this.database.run(SYSTEM, [{ text: PURGE }]);
      if (removed?.rowCount !== BATCH) return;
    }
  }
}
