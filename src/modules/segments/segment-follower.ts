import { Injectable, Logger } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { tagsOf } from '../../platform/records/side-statements.js';
import { ChangesRepository } from './changes.repository.js';
import type { Changed } from './changes.repository.js';
import { MembershipRepository } from './membership.repository.js';
import type { Movement, NamedSegment } from './membership.repository.js';
import { SegmentConditions, upkeepContext } from './segment-conditions.js';
import type { CheckedSegment } from './segment-conditions.js';
import { SegmentsRepository } from './segments.repository.js';
import type { UpkeptSegment } from './segments.repository.js';
import { SEGMENT } from './segments.service.js';
import { SEGMENT_OBJECTS } from './segment.dto.js';
import { followStatic, FOLLOWED } from './static-members.js';
import { tiesOf, touchedRecords } from './touched-records.js';

type Ready = UpkeptSegment & { checked: CheckedSegment };

/** Records evaluated by one statement. */
const PORTION = 5000;
/** Milliseconds that one statement of the upkeep may take. */
export const PATIENCE = 120_000;

/**
 * Follows the change log of a workspace. Records are evaluated as they are now, which may be newer
 * than the part of the log that is read: then they are evaluated again when their change is read.
 */
@Injectable()
export class SegmentFollower {
  private readonly logger = new Logger('segments');

  constructor(
    private readonly database: Database,
    private readonly segments: SegmentsRepository,
    private readonly changes: ChangesRepository,
    private readonly members: MembershipRepository,
    private readonly conditions: SegmentConditions,
  ) {}

  /** Reads the next part of the log; true when there is more. */
  follow(workspaceId: string): Promise<boolean> {
    const work = (tx: Transaction): Promise<boolean> => this.step(tx, upkeepContext(workspaceId));
    return this.database.transaction({ workspaceId }, work, { timeout: PATIENCE });
  }

  private async step(tx: Transaction, ctx: RequestContext): Promise<boolean> {
    const { workspaceId } = ctx;
    const position = await this.segments.take(tx, workspaceId);
    if (position === null) return false;
    const ready = await this.ready(tx, workspaceId);
    const dependencies = ready.flatMap(({ checked }) => checked.dependencies);
    const objects = new Set([
      ...SEGMENT_OBJECTS,
      ...dependencies.map(({ definition }) => definition.plural),
    ]);
    const ties = tiesOf(dependencies);
    const part = await this.changes.after(tx, workspaceId, position, objects, ties);
    if (part.position === position) return false;
    await this.followStatics(tx, ctx, part.changed);
    for (const segment of ready) await this.followOne(tx, ctx, segment, part.changed);
    await tx.run([this.segments.advance(workspaceId, part.position)]);
    return part.hasMore;
  }

  /** The dynamic segments whose conditions still mean something; the others fail. */
  private async ready(tx: Transaction, workspaceId: string): Promise<Ready[]> {
    const ready: Ready[] = [];
    for (const segment of await this.segments.dynamic(tx, workspaceId)) {
      const checked = await this.checkOrFail(tx, workspaceId, segment);
      if (checked) ready.push({ ...segment, checked });
    }
    return ready;
  }

  /** @returns null for one that has failed by it. */
  async checkOrFail(
    tx: Transaction,
    workspaceId: string,
    segment: UpkeptSegment,
  ): Promise<CheckedSegment | null> {
    try {
      return await this.conditions.checkStored(workspaceId, segment.object, segment.where);
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      this.logger.warn({ segment: segment.id, detail: error.detail }, 'A segment has failed');
      await tx.run([this.segments.fail(workspaceId, segment.id, error.detail)]);
      tx.touch(tagsOf(SEGMENT, [segment.id]));
      return null;
    }
  }

  private async followOne(
    tx: Transaction,
    ctx: RequestContext,
    segment: Ready,
    changed: readonly Changed[],
  ): Promise<void> {
    const { workspaceId } = ctx;
    const { checked } = segment;
    const touched = await touchedRecords(tx, workspaceId, checked.dependencies, changed);
    if (touched?.size === 0) return;
    // Whoever changes its condition waits, and has it filled by the new one afterwards.
    if (!(await this.segments.hold(tx, workspaceId, segment))) return;
    if (touched === null) {
      await tx.run([this.segments.lookThrough(workspaceId, segment.id)]);
      return;
    }
    const ids = [...touched];
    const movement: Movement = { entered: [], left: [] };
    for (let start = 0; start < ids.length; start += PORTION) {
      const scope = { ids: ids.slice(start, start + PORTION) };
      const { entered, left } = await this.members.align(
        ...[tx, workspaceId, segment.id, checked, scope],
      );
      movement.entered.push(...entered);
      movement.left.push(...left);
    }
    await this.write(tx, ctx, checked, segment, movement);
  }

  private async followStatics(
    tx: Transaction,
    ctx: RequestContext,
    changed: readonly Changed[],
  ): Promise<void> {
    for (const plural of SEGMENT_OBJECTS) {
      const ids = changed
        .filter(({ object, action }) => object === plural && FOLLOWED.has(action))
        .flatMap(({ records }) => records.map(({ id }) => id));
      if (ids.length === 0) continue;
      const definition = this.conditions.definitionOf(plural);
      const followed = await followStatic(tx, ctx.workspaceId, definition, [...new Set(ids)]);
      for (const { segment, movement } of followed) {
        await this.write(tx, ctx, { definition }, segment, movement);
      }
    }
  }

  private async write(
    tx: Transaction,
    ctx: RequestContext,
    { definition }: Pick<CheckedSegment, 'definition'>,
    segment: NamedSegment,
    movement: Movement,
  ): Promise<void> {
    const statements = this.members.statements(ctx, definition, segment, movement);
    if (statements.length === 0) return;
    await tx.run(statements);
    tx.touch(tagsOf(SEGMENT, [segment.id]));
  }
}
