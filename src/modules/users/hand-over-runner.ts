import { Injectable, Logger } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { HandlesJob } from '../../platform/queue/handles-job.js';
import type { RunningJob } from '../../platform/queue/handles-job.js';
import { moveOwned } from '../../platform/records/ownership.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RunHandOver } from './hand-overs.jobs.js';
import type { HandOverJobData } from './hand-overs.jobs.js';
import { HandOversRepository } from './hand-overs.repository.js';
import type { HandOverPlace, HandOverRow } from './hand-overs.repository.js';

const BEGINNING: HandOverPlace = { object: 0, after: null, rounds: 0 };

/** Times an object is gone through while somebody keeps giving the user new records. */
const MOST_ROUNDS = 10;

/**
 * The worker's side of hand-overs. Each step is one transaction of up to 1,000 records with its
 * events and its place in the work, so that whoever takes over goes on from there.
 */
@Injectable()
export class HandOverRunner {
  private readonly logger = new Logger('users');

  constructor(
    private readonly database: Database,
    private readonly kit: RecordKit,
    private readonly handOvers: HandOversRepository,
  ) {}

  @HandlesJob(RunHandOver)
  async run(job: RunningJob<HandOverJobData>): Promise<void> {
    const owner = { workspaceId: job.workspaceId ?? '' };
    const { handOverId } = job.data;
    const lease = uuidv7();
    if (!(await this.handOvers.claim(owner, handOverId, lease))) return;
    try {
      do job.signal.throwIfAborted();
      while (await this.step(owner.workspaceId, handOverId, lease));
    } catch (error) {
      if (job.isLastAttempt && !job.signal.aborted) {
        const problem = error instanceof Problem ? error : new Problem('internal', 'It failed.');
        const { code, detail } = problem;
        await this.handOvers.fail(owner, handOverId, lease, { code, detail });
      }
      throw error;
    }
    this.logger.log({ handOverId }, 'A hand-over is done');
  }

  /** Moves the next records; false when there are none left. */
  private step(workspaceId: string, id: string, lease: string): Promise<boolean> {
    return this.database.transaction({ workspaceId }, async (tx) => {
      const row = await this.handOvers.hold(tx, { workspaceId }, id, lease);
      if (!row) throw new Error('Another worker runs the hand-over');
      const ctx = contextOf(workspaceId, row);
      const place = row.place ?? BEGINNING;
      const plural = row.objects[place.object];
      if (plural === undefined) {
        await this.finish(tx, ctx, row);
        return false;
      }
      const definition = this.kit.byPlural(plural);
      const move = { from: row.userId, to: row.to, source: `hand-over:${row.id}` };
      const done = definition
        ? await moveOwned(this.kit, tx, ctx, definition, move, place.after)
        : { moved: 0, place: null };
      const moved = { ...row.moved, [plural]: (row.moved[plural] ?? 0) + done.moved };
      const next = done.place ? { ...place, after: done.place } : nextPlace(place);
      await tx.run([this.handOvers.save(ctx, row.id, moved, next)]);
      return true;
    });
  }

  private async finish(tx: Transaction, ctx: RequestContext, row: HandOverRow): Promise<void> {
    const changes = { handOverId: row.id, to: row.to, moved: row.moved };
    const facts = { object: 'users', recordId: row.userId, changes };
    await tx.run([
      this.handOvers.finish(ctx, row.id),
      recordEvents([eventOf(ctx, { type: 'user.handed_over', ...facts })]),
    ]);
  }
}

/** At the end of an object: from its beginning again, for what came meanwhile, else the next one. */
function nextPlace({ object, after, rounds }: HandOverPlace): HandOverPlace {
  return after !== null && rounds < MOST_ROUNDS
    ? { object, after: null, rounds: rounds + 1 }
    : { object: object + 1, after: null, rounds: 0 };
}

/** Whoever asked for it; what they may do was looked at then. */
function contextOf(workspaceId: string, { id, principal, requestId }: HandOverRow): RequestContext {
  const grants = new Map();
  return { workspaceId, principal, grants, accessKey: `hand-over:${id}`, requestId, ip: null };
}
