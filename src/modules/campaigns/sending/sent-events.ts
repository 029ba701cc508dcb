import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import { eventOf, MAX_EVENT_RECORDS } from '../../../platform/outbox/event.js';
import { recordEventRecords, recordEvents } from '../../../platform/outbox/record-events.js';
import { RecipientsRepository } from './recipients.repository.js';
import type { RunKey } from './runs.repository.js';

/** Tells the timelines of contacts what was sent to them. */
@Injectable()
export class SentEvents {
  constructor(
    private readonly database: Database,
    private readonly recipients: RecipientsRepository,
  ) {}

  /**
   * One event for each 1,000 mails that no event tells of yet, written with the mark that says so.
   */
  async write(ctx: RequestContext, key: RunKey, name: string): Promise<void> {
    for (let more = true; more;) {
      more = await this.database.transaction(ctx, async (tx) => {
        const noted = await this.recipients.note(tx, key, MAX_EVENT_RECORDS);
        const changes = { campaignId: key.campaignId, campaign: name };
        const records = noted.flatMap(({ recordId, version }) =>
          recordId === null || version === null ? [] : [{ recordId, version, changes }],
        );
        if (records.length > 0) {
          const event = eventOf(ctx, {
            ...{ type: 'contact.campaign_sent', object: 'contacts' },
            recordIds: records.map(({ recordId }) => recordId),
            source: `campaign:${key.campaignId}`,
          });
          await tx.run([recordEvents([event]), recordEventRecords(event, records)]);
        }
        return noted.length === MAX_EVENT_RECORDS;
      });
    }
  }
}
