import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import { Problem } from '../../common/errors.js';
import { parseListQuery } from '../../common/list-query.js';
import { uuidv7 } from '../../common/uuid.js';
import { violationOf } from '../../platform/database/database-errors.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { PageJson, RecordJson } from '../../platform/http/answers.js';
import type { DeedResult } from '../../platform/records/record-actor.js';
import { assertReach } from '../../platform/records/reach.js';
import type { ColumnValues } from '../../platform/records/field-types.js';
import type { RecordRow } from '../../platform/records/stored-row.js';
import { eventStatements } from '../../platform/records/side-statements.js';
import { TicketAttachmentsRepository } from './ticket-attachments.repository.js';
import type { MessageDto, NewMessageDto } from './ticket-message.dto.js';
import { TicketMessagesRepository } from './ticket-messages.repository.js';
import type { AfterMessage, NewMessage } from './ticket-messages.repository.js';
import { readFlow } from './ticket-questions.js';
import { TicketsService } from './tickets.service.js';

const SORT = 'createdAt,id';
const KEYS = [{ type: 'datetime' as const }, { type: 'uuid' as const }];

/** A message as other domains, such as the mailbox, bring it in. */
export interface IncomingMessage extends NewMessageDto {
  /** As it was sent; what shows it has to clean it. */
  bodyHtml?: string | null;
  /** `Message-ID` of an e-mail; a ticket has each message once. */
  messageId?: string | null;
  inReplyTo?: string | null;
}

/** What a message names. */
type Uses = Pick<NewMessage, 'ticketId' | 'mentions'> & { authorContactId?: string };

/** What users, customers and other domains say about tickets. */
@Injectable()
export class TicketConversationsService {
  constructor(
    private readonly database: Database,
    private readonly tickets: TicketsService,
    private readonly messages: TicketMessagesRepository,
    private readonly attachments: TicketAttachmentsRepository,
  ) {}

  /** Messages of a ticket, oldest first. @throws Problem 404 for the ticket, 400 for the cursor. */
  async page(
    ctx: RequestContext,
    ticketId: string,
    query: { limit?: string; cursor?: string },
  ): Promise<PageJson> {
    const { limit, cursor } = parseListQuery({ ...query });
    await this.tickets.reader.get(ctx, ticketId, { fields: [] });
    const [createdAt, id] = cursor ? decodeCursor(cursor, SORT, ticketId, KEYS).values : [];
    const after = cursor ? ({ createdAt, id } as AfterMessage) : null;
    const rows = await this.messages.page(ctx, ticketId, after, limit);
    const data = rows.slice(0, limit);
    const last = rows.length > limit ? data.at(-1) : undefined;
    const nextCursor = last
      ? encodeCursor({ sort: SORT, values: [last.createdAt, last.id] }, ticketId)
      : null;
    const page = { nextCursor, hasMore: last !== undefined };
    return { json: JSON.stringify({ data, page }), nextCursor };
  }

  /**
   * Adds a message, in the transaction of `ctx` or one of its own. A public reply of a user is the
   * response to the customer; what a customer says opens a ticket that waited for them or was
   * solved, where the flow allows it.
   * @throws Problem 403, 404, 412, 409 for a status that may not follow or a `messageId` that is
   * there, and 422 naming users, files and contacts that are not.
   */
  async add(
    ctx: RequestContext,
    ticketId: string,
    given: IncomingMessage,
    ifMatch?: number,
  ): Promise<{ message: MessageDto; ticket: RecordJson }> {
    assertConsistent(given);
    const id = uuidv7();
    const name = given.kind === 'note' ? 'noted' : 'replied';
    const work = this.database.transaction(ctx, async (tx) => {
      const inside = { ...ctx, tx };
      const deed = { name, permission: 'reply', ifMatch, facts: { messageId: id } };
      const ticket = await this.tickets.actor.act(inside, ticketId, deed, (row) =>
        this.write(tx, inside, row, id, given),
      );
      const message = await this.messages.find(tx, ctx, id);
      await this.noteMentions(tx, ctx, message, ticket.version);
      return { message, ticket };
    });
    return work.catch((error: unknown) => {
      throw isRepeated(error) ? alreadyThere(given.messageId) : error;
    });
  }

  private async write(
    tx: Transaction,
    ctx: RequestContext,
    row: RecordRow,
    id: string,
    given: IncomingMessage,
  ): Promise<DeedResult> {
    if (given.status !== undefined) assertReach(ctx, this.tickets.definition, 'update', row);
    const message = messageOf(ctx, row, id, given);
    const files = [...new Set((given.attachmentIds ?? []).map((file) => file.toLowerCase()))];
    await this.assertThere(tx, ctx, { ...message, authorContactId: given.authorContactId }, files);
    const statements = this.messages.insert(ctx, message);
    if (files.length > 0) statements.push(this.attachments.attach(ctx, files, id));
    await tx.run(statements);
    const { kind, direction, channel } = message;
    const facts = { kind, direction, channel, attachmentIds: files };
    const values = timesAfter(row, message);
    const status = given.status ?? (await this.statusAfter(tx, ctx, row, message));
    return { values: status === undefined ? values : { ...values, status }, facts };
  }

  /** What the customer's answer makes of a ticket; undefined leaves its status. */
  private async statusAfter(
    tx: Transaction,
    ctx: RequestContext,
    { values }: RecordRow,
    { direction }: NewMessage,
  ): Promise<string | undefined> {
    const category = values['status_category'];
    if (direction !== 'inbound' || (category !== 'pending' && category !== 'solved')) {
      return undefined;
    }
    return (await readFlow(tx, ctx)).towards('open', values['status'])?.key;
  }

  private async assertThere(
    tx: Transaction,
    ctx: RequestContext,
    { ticketId, mentions, authorContactId }: Uses,
    files: readonly string[],
  ): Promise<void> {
    const errors: { pointer: string; code: string; detail: string }[] = [];
    const name = (asked: readonly string[], found: readonly string[], at: string, what: string) => {
      for (const [index, id] of asked.entries()) {
        if (found.includes(id)) continue;
        const detail = `there is no ${what} ${id}`;
        errors.push({ pointer: `/${at}/${index}`, code: 'reference', detail });
      }
    };
    if (mentions.length > 0) {
      const users = await this.messages.activeUsers(tx, ctx, mentions);
      name(mentions, users, 'mentions', 'active user');
    }
    if (files.length > 0) {
      const loose = await this.attachments.loose(tx, ctx, ticketId, files);
      name(files, loose, 'attachmentIds', 'file of this ticket without a message');
    }
    if (authorContactId !== undefined && !(await isContact(tx, ctx, authorContactId))) {
      const detail = `there is no contact ${authorContactId}`;
      errors.push({ pointer: '/authorContactId', code: 'reference', detail });
    }
    if (errors.length > 0) throw Problem.validation(errors);
  }

  private async noteMentions(
    tx: Transaction,
    ctx: RequestContext,
    { id, ticketId, mentions, kind }: MessageDto,
    version: number,
  ): Promise<void> {
    if (mentions.length === 0) return;
    const changes = { messageId: id, kind, userIds: mentions };
    const written = [{ id: ticketId, version, changes }];
    await tx.run(eventStatements(ctx, this.tickets.definition, 'mentioned', written));
  }
}

/** @throws Problem 422 for members that do not go together. */
function assertConsistent({ kind = 'reply', direction, authorContactId }: NewMessageDto): void {
  const errors = [];
  if (kind === 'note' && direction !== undefined) {
    const detail = 'is said of replies: a note goes nowhere';
    errors.push({ pointer: '/direction', code: 'choice', detail });
  }
  if (authorContactId !== undefined && direction !== 'inbound') {
    const detail = 'is said of inbound replies alone';
    errors.push({ pointer: '/authorContactId', code: 'choice', detail });
  }
  if (errors.length > 0) throw Problem.validation(errors);
}

function messageOf(
  ctx: RequestContext,
  { id: ticketId, values }: RecordRow,
  id: string,
  given: IncomingMessage,
): NewMessage {
  const { kind = 'reply' } = given;
  const direction = kind === 'note' ? null : (given.direction ?? 'outbound');
  return {
    ...{ id, ticketId, kind, direction },
    authorUserId: direction === 'inbound' ? null : ctx.principal.userId,
    authorContactId: direction === 'inbound' ? customerOf(values, given) : null,
    channel: given.channel ?? String(values['channel']),
    body: given.body,
    bodyHtml: given.bodyHtml ?? null,
    messageId: given.messageId ?? null,
    inReplyTo: given.inReplyTo ?? null,
    mentions: [...new Set((given.mentions ?? []).map((user) => user.toLowerCase()))],
    createdAt: new Date().toISOString(),
  };
}

const customerOf = (values: ColumnValues, { authorContactId }: IncomingMessage): string | null =>
  authorContactId?.toLowerCase() ?? (values['requester_id'] as string | null);

/** A note is no response; neither is what Keel sends by itself. */
function timesAfter({ values }: RecordRow, message: NewMessage): ColumnValues {
  const { direction, createdAt, authorUserId } = message;
  if (direction === 'inbound') return { last_customer_message_at: createdAt };
  if (direction === null) return {};
  const first = values['first_responded_at'] ?? (authorUserId === null ? null : createdAt);
  return { last_agent_message_at: createdAt, first_responded_at: first };
}

async function isContact(tx: Transaction, ctx: RequestContext, id: string): Promise<boolean> {
  const rows = await tx.query(
    'select id from contacts where workspace_id = $1 and id = $2 and deleted_at is null',
    [ctx.workspaceId, id],
  );
  return rows.length > 0;
}

const isRepeated = (error: unknown): boolean =>
  violationOf(error)?.constraint === 'ticket_messages_message_id_unique';

const alreadyThere = (messageId: string | null | undefined): Problem =>
  new Problem('duplicate', `There is a message ${messageId ?? ''} already.`);
