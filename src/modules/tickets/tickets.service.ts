import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { RecordJson } from '../../platform/http/answers.js';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { itemsOf, storedItems } from '../../platform/records/list-items.js';
import { defineObject } from '../../platform/records/object-definition.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import type { DeedResult } from '../../platform/records/record-actor.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { WorkloadSources } from '../../platform/records/workload-sources.js';
import { AvailabilityService } from '../users/index.js';
import type { AssignTicketDto } from './ticket-deeds.dto.js';
import { TicketFields } from './ticket.dto.js';
import type { Follower } from './ticket-lists.dto.js';
import { TicketListeners } from './ticket-listeners.js';
import { TICKET_MESSAGES } from './ticket-messages.repository.js';
import { ticketRules } from './ticket-rules.js';

/** What the platform needs to know of tickets. */
export const ticketObject = (kit: RecordKit, listeners: TicketListeners): ObjectDefinition =>
  defineObject({
    object: 'ticket',
    plural: 'tickets',
    table: 'tickets',
    fields: TicketFields,
    title: ({ number, subject }: ColumnValues) => `#${number ?? ''} ${subject ?? ''}`,
    subtitle: ({ status, priority, channel }) =>
      [status, priority, channel].filter(Boolean).join(' · '),
    searchPart: TICKET_MESSAGES,
    links: [],
    duplicateKeys: ['subject', 'requesterId'],
    ...ticketRules(kit, listeners),
    actions: {
      assigned: 'A ticket was given to a user or a team, or taken.',
      statusChanged: 'A ticket has another status; `changes.reason` says why if that was said.',
      replied: 'A public message came in or went out; `changes.messageId` names it.',
      noted: 'A user wrote an internal note; `changes.messageId` names it.',
      mentioned: 'A message names users; `changes.userIds` says whom.',
      followed: 'A user wants to know what becomes of a ticket.',
      unfollowed: 'A user does not follow a ticket any more.',
      split: 'Messages went to a new ticket; `changes.newTicketId` names it.',
      fileAdded: 'A file was attached; `changes.attachmentId` names it.',
      rated: 'The customer answered the survey; `changes.score` is from 1 to 5.',
      undelivered: 'A reply could not be sent by e-mail; `changes.failure` says why.',
      fileRemoved: 'An attachment was removed.',
      sla_warning: 'A promise of the SLA is in danger; `changes` says which and by when.',
      sla_breached: 'A promise of the SLA was broken; `changes` says which.',
      sla_met: 'A promise of the SLA was kept.',
      escalated: 'An escalation of the SLA was done; `changes.notify` names who is to be told.',
      macroApplied: 'A macro was applied; `changes.macroId` names it.',
    },
  });

/** Open tickets of users; overdue are those whose time has passed. */
const OPEN_TICKETS = `
  select owner_id as "userId", count(*) as open,
    count(*) filter (where due_at < $3::timestamptz) as overdue
  from tickets where workspace_id = $1 and owner_id = any($2::uuid[]) and is_open
    and deleted_at is null
  group by owner_id`;

/** What customers want to have dealt with. The assignee of a ticket is its owner. */
@Injectable()
export class TicketsService extends RecordService {
  readonly definition: ObjectDefinition;

  constructor(
    kit: RecordKit,
    listeners: TicketListeners,
    private readonly availability: AvailabilityService,
    workloads: WorkloadSources,
  ) {
    const definition = ticketObject(kit, listeners);
    super(kit, definition);
    this.definition = definition;
    workloads.register({ object: 'tickets', sql: OPEN_TICKETS });
  }

  /**
   * Makes the caller the assignee of a ticket that has none.
   * @throws Problem 403, 404, 412, and 409 when somebody has it.
   */
  take(ctx: RequestContext, id: string, ifMatch?: number): Promise<RecordJson> {
    const { userId } = ctx.principal;
    if (userId === null) throw new Problem('forbidden', 'Only a user can take a ticket.');
    return this.actor.act(ctx, id, { name: 'assigned', permission: 'take', ifMatch }, (row) => {
      if (row.ownerId !== null && row.ownerId !== userId) {
        const detail = 'Somebody has the ticket already. Assign it to take it from them.';
        throw new Problem('conflict', detail, { extra: { ownerId: row.ownerId } });
      }
      return { ownerId: userId };
    });
  }

  /**
   * Gives a ticket to a user, to a team's queue, or both.
   * @throws Problem 403, 404, 412, and 422 for somebody who is not active.
   */
  assign(
    ctx: RequestContext,
    id: string,
    { ownerId, teamId, reason }: AssignTicketDto,
    ifMatch?: number,
  ): Promise<RecordJson> {
    if (ownerId === undefined && teamId === undefined) {
      const detail = 'must be given, or teamId, or both';
      throw Problem.validation([{ pointer: '/ownerId', code: 'choice', detail }]);
    }
    const facts = reason === undefined ? {} : { reason };
    const deed = { name: 'assigned', permission: 'assign', ifMatch, facts };
    return this.actor.act(ctx, id, deed, async (_, tx): Promise<DeedResult> => {
      if (ownerId) await this.assertActive({ ...ctx, tx }, ownerId.toLowerCase());
      if (teamId) await assertTeam(tx, ctx, teamId.toLowerCase());
      return {
        ...(ownerId === undefined ? {} : { ownerId: ownerId?.toLowerCase() ?? null }),
        values: teamId === undefined ? {} : { team_id: teamId?.toLowerCase() ?? null },
      };
    });
  }

  /** Gives a ticket another status. @throws Problem 403, 404, 412, 422, and 409 by the flow. */
  setStatus(
    ctx: RequestContext,
    id: string,
    { status, reason }: { status: string; reason?: string },
    ifMatch?: number,
  ): Promise<RecordJson> {
    const facts = reason === undefined ? {} : { reason };
    const deed = { name: 'statusChanged', ifMatch, facts };
    return this.actor.act(ctx, id, deed, () => ({ values: { status } }));
  }

  /** Makes the caller a follower. @throws Problem 403, 404. */
  follow(ctx: RequestContext, id: string): Promise<RecordJson> {
    return this.changeFollowing(ctx, id, 'followed');
  }

  /** Makes the caller a follower no more. @throws Problem 403, 404. */
  unfollow(ctx: RequestContext, id: string): Promise<RecordJson> {
    return this.changeFollowing(ctx, id, 'unfollowed');
  }

  private changeFollowing(
    ctx: RequestContext,
    id: string,
    name: 'followed' | 'unfollowed',
  ): Promise<RecordJson> {
    const { userId } = ctx.principal;
    if (userId === null) throw new Problem('forbidden', 'Only a user can follow a ticket.');
    return this.actor.act(ctx, id, { name, permission: 'read' }, ({ values }) => {
      const others = itemsOf<Follower>(values['followers']).filter(
        (follower) => follower.userId !== userId,
      );
      const followers = name === 'followed' ? [...others, { id: uuidv7(), userId }] : others;
      return { values: { followers: storedItems(followers) }, facts: { userId } };
    });
  }

  private async assertActive(ctx: RequestContext, userId: string): Promise<void> {
    const found = (await this.availability.availabilityOf(ctx, [userId])).get(userId);
    if (found && found.status !== 'inactive') return;
    const detail = found ? 'is not active' : `there is no user ${userId}`;
    throw Problem.validation([{ pointer: '/ownerId', code: 'reference', detail }]);
  }
}

async function assertTeam(tx: Transaction, ctx: RequestContext, id: string): Promise<void> {
  const [found] = await tx.query(
    'select id from teams where workspace_id = $1 and id = $2 and deleted_at is null',
    [ctx.workspaceId, id],
  );
  if (found) return;
  const detail = `there is no team ${id}`;
  throw Problem.validation([{ pointer: '/teamId', code: 'reference', detail }]);
}
