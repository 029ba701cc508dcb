import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import { eventOf } from '../../../platform/outbox/event.js';
import { recordEvents } from '../../../platform/outbox/record-events.js';

/** What the timeline of a ticket tells of its mails. */
@Injectable()
export class ReplyEvents {
  constructor(private readonly database: Database) {}

  /** Notes that a reply could not be sent: its author should know. */
  async undelivered(
    workspaceId: string,
    ticketId: string,
    messageId: string,
    failure: string,
  ): Promise<void> {
    const ctx: RequestContext = {
      ...{ workspaceId, principal: { type: 'system', id: 'mail', userId: null } },
      ...{ grants: new Map(), accessKey: '', requestId: 'mail', ip: null },
    };
    const event = eventOf(ctx, {
      type: 'ticket.undelivered',
      object: 'tickets',
      recordId: ticketId,
      changes: { messageId, failure },
    });
    await this.database.run({ workspaceId }, [recordEvents([event])]);
  }
}
