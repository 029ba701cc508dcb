import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { tagsOf } from '../../platform/records/side-statements.js';
import { MembershipRepository } from './membership.repository.js';
import { upkeepContext } from './segment-conditions.js';
import { PATIENCE, SegmentFollower } from './segment-follower.js';
import { SegmentsRepository } from './segments.repository.js';
import { SEGMENT } from './segments.service.js';

/** Records looked through by one step. */
const CHUNK = 5000;

/**
 * Looks through all records for a segment, chunk by chunk in the order of their ids: who fulfils
 * its condition enters, who does not leaves, members that are gone for good as well.
 */
@Injectable()
export class SegmentFiller {
  constructor(
    private readonly database: Database,
    private readonly segments: SegmentsRepository,
    private readonly members: MembershipRepository,
    private readonly follower: SegmentFollower,
  ) {}

  /** Looks through the next chunk for one segment of the workspace; true when there is more. */
  fill(workspaceId: string): Promise<boolean> {
    const work = (tx: Transaction): Promise<boolean> => this.step(tx, workspaceId);
    return this.database.transaction({ workspaceId }, work, { timeout: PATIENCE });
  }

  private async step(tx: Transaction, workspaceId: string): Promise<boolean> {
    if ((await this.segments.take(tx, workspaceId)) === null) return false;
    await tx.run([this.segments.beginDue(workspaceId)]);
    const pass = await this.segments.nextPass(tx, workspaceId);
    if (!pass) return false;
    tx.touch(tagsOf(SEGMENT, [pass.id]));
    const checked = await this.follower.checkOrFail(tx, workspaceId, pass);
    if (!checked) return true;
    const { definition } = checked;
    const { table } = definition;
    const isFirst = pass.total === null;
    const total = pass.total ?? (await this.segments.count(tx, workspaceId, table));
    const ids = await this.segments.chunk(tx, workspaceId, table, pass.after, CHUNK);
    const isLast = ids.length < CHUNK;
    const last = ids.at(-1) ?? pass.after;
    const range = { after: pass.after, upTo: isLast ? null : last };
    const movement = await this.members.align(tx, workspaceId, pass.id, checked, { ids, range });
    const next = { ...pass, after: last, done: pass.done + ids.length, total };
    await tx.run([
      ...this.members.statements(upkeepContext(workspaceId), definition, pass, movement),
      // When it moves on with time is counted from when the walk began.
      this.segments.proceed(workspaceId, next, isFirst ? checked.refreshAt : undefined),
      ...(isLast ? [this.segments.finish(workspaceId, pass.id)] : []),
    ]);
    return true;
  }
}
