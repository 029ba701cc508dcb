import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { USUAL_FLOW } from './ticket-flow.js';
import type { StatusCategory, TicketStatus } from './ticket-flow.js';
import type { TicketStatusDto, TicketStatusesDto } from './ticket-status.dto.js';
import { TicketStatusesRepository } from './ticket-statuses.repository.js';

/** What a flow cannot do without: what begins, what is worked on, what is done. */
const NEEDED: readonly StatusCategory[] = ['new', 'open', 'solved'];

/** The statuses of a workspace's tickets, and how they follow each other. */
@Injectable()
export class TicketStatusesService {
  constructor(
    private readonly database: Database,
    private readonly repository: TicketStatusesRepository,
  ) {}

  async get(ctx: RequestContext): Promise<TicketStatusesDto> {
    return answerOf(await this.repository.all(ctx));
  }

  /**
   * Sets all statuses. A status that tickets have stays, and keeps its category.
   * @throws Problem 409 naming statuses that are in use, 422 for a flow that is not sound.
   */
  async put(ctx: RequestContext, given: readonly TicketStatusDto[]): Promise<TicketStatusesDto> {
    const statuses = given.map(({ key, name, category, next = null }) => ({
      ...{ key, name: name.trim(), category, next },
    }));
    const errors = faultsOf(statuses);
    if (errors.length > 0) throw Problem.validation(errors);
    await this.database.transaction(ctx, async (tx) => {
      const stored = await this.repository.lock(tx, ctx);
      const before = stored.length > 0 ? stored : USUAL_FLOW;
      await this.assertUnused(tx, ctx, before, statuses);
      await this.repository.replace(tx, ctx, statuses);
      const changes = { statuses: [before, statuses] };
      const facts = { type: 'ticketStatus.changed' as const, object: 'ticketStatuses', changes };
      await tx.run([recordEvents([eventOf(ctx, facts)])]);
    });
    return answerOf(statuses);
  }

  private async assertUnused(
    tx: Transaction,
    ctx: RequestContext,
    before: readonly TicketStatus[],
    after: readonly TicketStatus[],
  ): Promise<void> {
    const kept = new Map(after.map(({ key, category }) => [key, category]));
    const touched = before.filter(({ key, category }) => kept.get(key) !== category);
    if (touched.length === 0) return;
    const inUse = await this.repository.used(
      tx,
      ctx,
      touched.map(({ key }) => key),
    );
    if (inUse.length === 0) return;
    const detail =
      `Tickets have the status ${inUse.join(', ')}: it can neither go nor mean something else. ` +
      'Give them another one first.';
    throw new Problem('conflict', detail, { extra: { inUse } });
  }
}

const answerOf = (statuses: readonly TicketStatus[]): TicketStatusesDto => ({
  data: (statuses.length > 0 ? statuses : USUAL_FLOW).map(({ key, name, category, next }) => ({
    ...{ key, name, category, next: next === null ? null : [...next] },
  })),
  isUsual: statuses.length === 0,
});

function faultsOf(statuses: readonly TicketStatus[]): FieldError[] {
  const errors: FieldError[] = [];
  const keys = new Set(statuses.map(({ key }) => key));
  const seen = new Set<string>();
  const once = (kind: string, text: string, pointer: string): void => {
    const value = `${kind} ${text.toLowerCase()}`;
    const detail = 'stands in the list before; each status has its own';
    if (seen.has(value)) errors.push({ pointer, code: 'duplicate', detail });
    seen.add(value);
  };
  for (const [index, { key, name, next }] of statuses.entries()) {
    once('key', key, `/statuses/${index}/key`);
    once('name', name, `/statuses/${index}/name`);
    for (const [at, follower] of (next ?? []).entries()) {
      if (keys.has(follower)) continue;
      const detail = `${follower.slice(0, 60)} is not the key of a status in the list`;
      errors.push({ pointer: `/statuses/${index}/next/${at}`, code: 'reference', detail });
    }
  }
  for (const category of NEEDED) {
    if (statuses.some((status) => status.category === category)) continue;
    const detail = `must have a status of category ${category}`;
    errors.push({ pointer: '/statuses', code: 'statusMissing', detail });
  }
  return errors;
}
