import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import { assertWithinOwn } from '../../platform/access/escalation.js';
import { Database } from '../../platform/database/database.js';
import type { PageJson } from '../../platform/http/answers.js';
import { idPage } from '../../platform/http/id-page.js';
import type { IdPage } from '../../platform/http/id-page.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import type { HandOverDto, HandOverInput } from './hand-over.dto.js';
import { RunHandOver } from './hand-overs.jobs.js';
import { HandOversRepository } from './hand-overs.repository.js';
import type { HandOverRow } from './hand-overs.repository.js';
import { WorkloadRepository } from './workload.repository.js';

/** Passes what somebody owns to somebody else; the worker does it behind the request. */
@Injectable()
export class HandOversService {
  constructor(
    private readonly database: Database,
    private readonly kit: RecordKit,
    private readonly handOvers: HandOversRepository,
    private readonly workload: WorkloadRepository,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * Asks for a hand-over, or (dry run) says how many records it would be.
   * @throws Problem 403 without the permission to change all records of an object, 404, 409 while
   * another hand-over of the user goes on, 422 for objects there are not and for a receiver who is
   * not active or is the user.
   */
  async start(ctx: RequestContext, userId: string, input: HandOverInput): Promise<HandOverDto> {
    const definitions = this.definitionsOf(input.objects);
    const wanted = definitions.map(({ object }) => [`${object}:update`, 'all'] as const);
    assertWithinOwn(new Map(wanted), ctx.grants);
    const objects = definitions.map(({ plural }) => plural);
    return this.database.transaction(ctx, async (tx) => {
      const states = await this.handOvers.holdUsers(tx, ctx.workspaceId, [userId, input.to]);
      if (!states.has(userId)) throw Problem.notFound('user', userId);
      if (states.get(input.to) !== 'active' || input.to === userId) throw notReceiver();
      if (input.dryRun) return this.preview({ ...ctx, tx }, userId, input.to, definitions);
      const open = await this.handOvers.findOpen(tx, ctx.workspaceId, userId);
      if (open !== null) throw stillGoingOn(open);
      const row = await this.handOvers.insert(tx, ctx, {
        ...{ id: uuidv7(), userId, to: input.to, objects },
      });
      const changes = { handOverId: row.id, to: input.to, objects };
      const facts = { object: 'users', recordId: userId, changes };
      const event = eventOf(ctx, { type: 'user.hand_over_started', ...facts });
      await tx.run([recordEvents([event])]);
      await this.jobs.enqueue(tx, RunHandOver, { handOverId: row.id });
      return dtoOf(row);
    });
  }

  /** @throws Problem 404. */
  async get(ctx: RequestContext, userId: string, id: string): Promise<HandOverDto> {
    const row = await this.handOvers.find(ctx, userId, id);
    if (!row) throw Problem.notFound('hand-over', id);
    return dtoOf(row);
  }

  /** Hand-overs of what the user owned, the newest first. */
  async page(ctx: RequestContext, userId: string, page: IdPage): Promise<PageJson> {
    const rows = await this.handOvers.list(ctx, userId, page.before, page.limit);
    return idPage(
      rows.map((row) => ({ ...dtoOf(row), id: row.id })),
      page,
    );
  }

  private definitionsOf(objects: readonly string[] | undefined): ObjectDefinition[] {
    if (objects === undefined) return this.kit.all();
    const found = [...new Set(objects)].map((plural) => this.kit.byPlural(plural));
    const errors = found.flatMap((definition, index) => {
      if (definition) return [];
      const known = this.kit.all().map(({ plural }) => plural);
      const detail = `is not one of ${known.join(', ')}`;
      return [{ pointer: `/objects/${index}`, code: 'unknownObject', detail }];
    });
    if (errors.length > 0) throw Problem.validation(errors);
    return found.filter((definition) => definition !== undefined);
  }

  private async preview(
    ctx: RequestContext,
    userId: string,
    to: string,
    definitions: readonly ObjectDefinition[],
  ): Promise<HandOverDto> {
    const owned = await this.workload.owned(ctx, definitions, [userId], null);
    const moved = Object.fromEntries(
      definitions.map(({ plural }) => [plural, owned.get(plural)?.get(userId) ?? 0]),
    );
    return {
      ...{ id: null, userId, to, objects: Object.keys(moved), status: 'dryRun' },
      ...{ moved, total: sumOf(moved), error: null },
      ...{ createdAt: new Date().toISOString(), startedAt: null, finishedAt: null },
    };
  }
}

const sumOf = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

function dtoOf({
  id,
  userId,
  to,
  objects,
  status,
  moved,
  error,
  ...row
}: HandOverRow): HandOverDto {
  const { createdAt, startedAt, finishedAt } = row;
  return {
    ...{ id, userId, to, objects, status, moved, total: sumOf(moved), error },
    ...{ createdAt, startedAt, finishedAt },
  };
}

const notReceiver = (): Problem =>
  Problem.validation([
    { pointer: '/to', code: 'reference', detail: 'must be another user, and an active one' },
  ]);

const stillGoingOn = (handOverId: string): Problem =>
  new Problem('conflict', 'What this user owns is being handed over. Wait until it is done.', {
    extra: { handOverId },
  });
