import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Params } from '../../platform/records/params.js';
import { MembersRepository } from './members.repository.js';
import type { SegmentHead } from './members.repository.js';

type Owner = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** Who belonged to a segment at one moment. */
export interface SegmentSnapshot {
  id: string;
  segmentId: string;
  /** Plural name of what it holds: `contacts`. */
  object: string;
  memberCount: number;
}

/** Members of segments for other domains: gone through by chunks of ids, or frozen as they are. */
@Injectable()
export class SegmentSnapshots {
  constructor(
    private readonly database: Database,
    private readonly members: MembersRepository,
  ) {}

  /** What is known of a segment; null when there is none, or it is in the bin. */
  find(owner: Owner, segmentId: string): Promise<SegmentHead | null> {
    return this.members.head(owner, segmentId);
  }

  /** Condition that a record `r` fulfils that belongs to one of the segments now. */
  belongs(segmentIds: readonly string[]): (params: Params) => string {
    return (params) => `exists (select from segment_members m
      where m.workspace_id = ${params.workspace} and m.record_id = r.id and not m.hidden
        and m.segment_id = any(${params.add(segmentIds, 'uuid[]')}))`;
  }

  /**
   * The next members of a segment in the order of their ids, as it is now.
   * @param after the last id of the chunk before; null for the first chunk.
   */
  async chunk(
    owner: Owner,
    segmentId: string,
    after: string | null,
    limit: number,
  ): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      owner,
      `select record_id as id from segment_members
       where workspace_id = $1 and segment_id = $2 and not hidden
         and record_id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
       order by record_id limit $4`,
      [owner.workspaceId, segmentId, after, limit],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Keeps who belongs to a segment now, by one statement, whatever becomes of it.
   * @throws Problem 404, 409 while it is being filled or when it has failed.
   */
  async freeze(tx: Transaction, ctx: Owner, segmentId: string): Promise<SegmentSnapshot> {
    const head = await this.members.head(ctx, segmentId, tx);
    if (!head) throw Problem.notFound('segment', segmentId);
    if (head.status !== 'current') {
      const detail = `The segment ${head.name} is ${head.status}. Wait until it is current.`;
      throw new Problem('conflict', detail);
    }
    const id = uuidv7();
    const { object } = head;
    const [, copied] = await tx.run([
      {
        text: `insert into segment_snapshots (workspace_id, id, segment_id, object, member_count)
          values ($1, $2, $3, $4, 0)`,
        params: [ctx.workspaceId, id, segmentId, object],
      },
      {
        text: `insert into segment_snapshot_members (workspace_id, snapshot_id, record_id)
          select $1, $2, record_id from segment_members
          where workspace_id = $1 and segment_id = $3 and not hidden`,
        params: [ctx.workspaceId, id, segmentId],
      },
    ]);
    const memberCount = copied?.rowCount ?? 0;
    await tx.query(
      'update segment_snapshots set member_count = $3 where workspace_id = $1 and id = $2',
      [ctx.workspaceId, id, memberCount],
    );
    return { id, segmentId, object, memberCount };
  }

  /** The next records of a snapshot in the order of their ids; some may be gone since. */
  async frozenChunk(
    owner: Owner,
    snapshotId: string,
    after: string | null,
    limit: number,
  ): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      owner,
      `select record_id as id from segment_snapshot_members
       where workspace_id = $1 and snapshot_id = $2
         and record_id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
       order by record_id limit $4`,
      [owner.workspaceId, snapshotId, after, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Removes a snapshot that nobody needs any more. */
  async release(tx: Transaction, owner: Owner, snapshotId: string): Promise<void> {
    await tx.query('delete from segment_snapshots where workspace_id = $1 and id = $2', [
      owner.workspaceId,
      snapshotId,
    ]);
  }
}
