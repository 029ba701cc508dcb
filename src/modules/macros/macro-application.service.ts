import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { MovedPermanently, Problem } from '../../common/errors.js';
import { Database } from '../../platform/database/database.js';
import type { RecordJson } from '../../platform/http/answers.js';
import type { RecordService } from '../../platform/records/record-service.js';
import { TicketConversationsService, TicketsService } from '../tickets/index.js';
import type { IncomingMessage, MessageDto, TicketDto } from '../tickets/index.js';
import type { ApplyMacroDto, MacroDto, MacroPreviewDto } from './macro.dto.js';
import { MacrosRepository } from './macros.repository.js';
import { MacrosService } from './macros.service.js';
import { renderReply } from './reply-template.js';

/** A macro with the ticket that it is for. */
interface Application {
  macro: MacroDto & { id: string };
  ticket: TicketDto & { id: string; tags: string[]; ownerId: string | null };
}

/** Does to tickets what macros say, and no more than the user may. */
@Injectable()
export class MacroApplicationService {
  constructor(
    private readonly database: Database,
    private readonly macros: MacrosService,
    private readonly tickets: TicketsService,
    private readonly conversations: TicketConversationsService,
    private readonly repository: MacrosRepository,
  ) {}

  /** @throws Problem 404 for the macro, 422 for the ticket. */
  async preview(ctx: RequestContext, macroId: string, ticketId: string): Promise<MacroPreviewDto> {
    assertPermission(ctx, 'ticket:read');
    const macro = read<Application['macro']>(await this.macros.reader.get(ctx, macroId));
    const ticket = await pointedTo<Application['ticket']>(ctx, this.tickets, ticketId, 'ticketId');
    const application = { macro, ticket };
    return {
      reply: await this.replyOf(ctx, application),
      replyKind: macro.replyKind,
      changes: changesOf(ctx, application),
    };
  }

  /**
   * Assigns, changes and answers a ticket as the macro says, all or nothing.
   * @throws Problem 403 for what the user may not do, 404, 409 for a status that may not follow or
   * a macro that is not active, 412, 422.
   */
  async apply(
    ctx: RequestContext,
    ticketId: string,
    { macroId, reply }: ApplyMacroDto,
    ifMatch?: number,
  ): Promise<{ ticket: RecordJson; message: MessageDto | null }> {
    assertPermission(ctx, 'macro:read');
    return this.database.transaction(ctx, async (tx) => {
      const inside = { ...ctx, tx };
      const macro = await pointedTo<Application['macro']>(inside, this.macros, macroId, 'macroId');
      if (!macro.active) throw new Problem('conflict', `The macro ${macro.name} is not active.`);
      // The version that the caller has seen is looked at before anything is changed.
      const first = await this.tickets.actor.act(
        inside,
        ticketId,
        {
          name: 'macroApplied',
          permission: 'reply',
          ifMatch,
          facts: { macroId, name: macro.name },
        },
        () => ({}),
      );
      const application = { macro, ticket: read<Application['ticket']>(first) };
      const text = reply ?? (await this.replyOf(inside, application));
      await this.assign(inside, application);
      return this.changeAndAnswer(inside, application, text);
    });
  }

  private async replyOf(
    ctx: RequestContext,
    { macro, ticket }: Application,
  ): Promise<string | null> {
    if (!macro.reply) return null;
    const values = await this.repository.valuesFor(ctx, ticket.id);
    try {
      return renderReply(macro.reply, values) || null;
    } catch (error) {
      const [reason = ''] = (error as Error).message.split('\n');
      throw new Problem('conflict', `The reply of the macro cannot be made: ${reason}`);
    }
  }

  private async assign(ctx: RequestContext, { macro, ticket }: Application): Promise<void> {
    if (macro.setOwnerId && macro.setOwnerId !== ticket.ownerId) {
      await this.tickets.assign(ctx, ticket.id, { ownerId: macro.setOwnerId });
    } else if (macro.assignToSelf && ticket.ownerId === null) {
      await this.tickets.take(ctx, ticket.id);
    }
  }

  /** A status goes with the reply, so that whoever listens sees both at once. */
  private async changeAndAnswer(
    ctx: RequestContext,
    { macro, ticket }: Application,
    text: string | null,
  ): Promise<{ ticket: RecordJson; message: MessageDto | null }> {
    const patch = patchOf({ macro, ticket });
    const status = macro.setStatus ?? undefined;
    if (text === null && status !== undefined) patch['status'] = status;
    const changed = Object.keys(patch).length > 0;
    let record = changed
      ? await this.tickets.updater.one(ctx, ticket.id, patch, undefined)
      : await this.tickets.reader.get(ctx, ticket.id);
    if (text === null) return { ticket: record, message: null };
    const kind = macro.replyKind as IncomingMessage['kind'];
    const added = await this.conversations.add(ctx, ticket.id, {
      ...{ kind, body: text, ...(status === undefined ? {} : { status }) },
    });
    record = added.ticket;
    return { ticket: record, message: added.message };
  }
}

const read = <T>({ json }: RecordJson): T => JSON.parse(json) as T;

function assertPermission(ctx: RequestContext, permission: string): void {
  if (ctx.grants.has(permission)) return;
  throw new Problem('forbidden', `You need the permission ${permission}.`);
}

/** The record that a body names. @throws Problem 422 when there is none. */
async function pointedTo<T>(
  ctx: RequestContext,
  service: RecordService,
  id: string,
  name: string,
): Promise<T> {
  try {
    return read<T>(await service.reader.get(ctx, id.toLowerCase()));
  } catch (error) {
    const isNone =
      error instanceof MovedPermanently || (error instanceof Problem && error.code === 'not-found');
    if (!isNone) throw error;
    const detail = `there is no ${name.replace('Id', '')} ${id}`;
    throw Problem.validation([{ pointer: `/${name}`, code: 'reference', detail }]);
  }
}

/** Fields that a macro gives another value, other than status and assignee. */
function patchOf({ macro, ticket }: Application): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  if (macro.setPriority) patch['priority'] = macro.setPriority;
  if (macro.setType) patch['type'] = macro.setType;
  if (macro.setTeamId) patch['teamId'] = macro.setTeamId;
  const removed = new Set(macro.removeTags);
  const tags = [...new Set([...ticket.tags, ...macro.addTags])].filter((tag) => !removed.has(tag));
  if (JSON.stringify(tags) !== JSON.stringify(ticket.tags)) patch['tags'] = tags;
  return patch;
}

function changesOf(ctx: RequestContext, application: Application): MacroPreviewDto['changes'] {
  const { macro, ticket } = application;
  const after: Record<string, unknown> = patchOf(application);
  if (macro.setStatus) after['status'] = macro.setStatus;
  if (macro.setOwnerId) after['ownerId'] = macro.setOwnerId;
  else if (macro.assignToSelf && ticket.ownerId === null) after['ownerId'] = ctx.principal.userId;
  const now = ticket as unknown as Record<string, unknown>;
  const entries = Object.entries(after)
    .filter(([name, value]) => JSON.stringify(now[name]) !== JSON.stringify(value))
    .map(([name, value]): [string, [unknown, unknown]] => [name, [now[name] ?? null, value]]);
  return Object.fromEntries(entries);
}
