import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { RecordJson } from '../../platform/http/answers.js';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { itemsOf, storedItems } from '../../platform/records/list-items.js';
import type { RecordRow } from '../../platform/records/stored-row.js';
import type { TicketLink } from './ticket-lists.dto.js';
import type { SplitTicketDto } from './ticket-message.dto.js';
import { TicketMessagesRepository } from './ticket-messages.repository.js';
import type { MessageTimes } from './ticket-messages.repository.js';
import { TicketsService } from './tickets.service.js';

/** What the new ticket has of the one it was split off. */
const INHERITED = {
  ...{ requesterId: 'requester_id', companyId: 'company_id', channel: 'channel', type: 'type' },
  ...{ priority: 'priority', teamId: 'team_id' },
};

/** Makes two tickets of one in which two things were asked for. */
@Injectable()
export class TicketSplitsService {
  constructor(
    private readonly tickets: TicketsService,
    private readonly messages: TicketMessagesRepository,
  ) {}

  /**
   * Moves messages, with their files, to a new ticket of the same requester, owner and team, and
   * links both, all in one transaction.
   * @throws Problem 403, 404, 412, and 422 naming messages that are not the ticket's.
   */
  async split(
    ctx: RequestContext,
    id: string,
    body: SplitTicketDto,
    ifMatch?: number,
  ): Promise<{ ticket: RecordJson; newTicket: RecordJson }> {
    if (!ctx.grants.has('ticket:create')) {
      throw new Problem('forbidden', 'You need the permission ticket:create.');
    }
    let newTicket: RecordJson | undefined;
    const ticket = await this.tickets.actor.act(
      ctx,
      id,
      { name: 'split', ifMatch },
      async (row, tx) => {
        const inside = { ...ctx, tx };
        const messageIds = await this.ownMessages(tx, ctx, id, body.messageIds);
        const { named, rest } = await this.messages.times(tx, ctx, id, messageIds);
        newTicket = await this.begin(inside, row, body, named);
        await tx.run(this.messages.move(ctx, messageIds, newTicket.id));
        return {
          values: { ...lastTimes(rest), links: withLink(row, newTicket.id) },
          facts: { newTicketId: newTicket.id, messageIds },
        };
      },
    );
    return { ticket, newTicket: newTicket as RecordJson };
  }

  private begin(
    ctx: RequestContext,
    row: RecordRow,
    { subject, type, priority }: SplitTicketDto,
    times: MessageTimes,
  ): Promise<RecordJson> {
    const body: Record<string, unknown> = {
      ...{ subject, tags: row.tags, links: [{ object: 'ticket', recordId: row.id }] },
    };
    for (const [name, column] of Object.entries(INHERITED)) {
      body[name] = row.values[column] ?? null;
    }
    if (type !== undefined) body['type'] = type;
    if (priority !== undefined) body['priority'] = priority;
    const values = { ...lastTimes(times), first_responded_at: times.firstResponse };
    return this.tickets.creator.one(ctx, body, { values, ownerId: row.ownerId });
  }

  private async ownMessages(
    tx: Transaction,
    ctx: RequestContext,
    ticketId: string,
    given: readonly string[],
  ): Promise<string[]> {
    const ids = [...new Set(given.map((messageId) => messageId.toLowerCase()))];
    const found = new Set(await this.messages.ofTicket(tx, ctx, ticketId, ids));
    const errors = ids.flatMap((messageId, index) => {
      if (found.has(messageId)) return [];
      const detail = `there is no message ${messageId} in this ticket`;
      return [{ pointer: `/messageIds/${index}`, code: 'reference', detail }];
    });
    if (errors.length > 0) throw Problem.validation(errors);
    return ids;
  }
}

const lastTimes = ({ lastCustomer, lastAgent }: MessageTimes): ColumnValues => ({
  last_customer_message_at: lastCustomer,
  last_agent_message_at: lastAgent,
});

function withLink({ values }: RecordRow, recordId: string): string {
  const link = { id: uuidv7(), object: 'ticket', recordId };
  return storedItems([...itemsOf<TicketLink>(values['links']), link]);
}
