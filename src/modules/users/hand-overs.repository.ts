import { Injectable } from '@nestjs/common';
import type { Principal, RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { OwnedPlace } from '../../platform/records/ownership.js';

type Owner = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** How far a hand-over is: which of its objects it is at, and behind which record. */
export interface HandOverPlace {
  object: number;
  after: OwnedPlace | null;
  /** Times the object has been gone through from its beginning. */
  rounds: number;
}

/** A hand-over as it is stored. */
export interface HandOverRow {
  id: string;
  userId: string;
  to: string;
  objects: string[];
  status: 'queued' | 'running' | 'completed' | 'failed';
  moved: Record<string, number>;
  place: HandOverPlace | null;
  principal: Principal;
  requestId: string;
  error: object | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

const COLUMNS = `id, user_id as "userId", to_id as "to", objects, status, moved, place, principal,
  request_id as "requestId", error, created_at as "createdAt", started_at as "startedAt",
  finished_at as "finishedAt"`;

/** SQL of hand-overs. */
@Injectable()
export class HandOversRepository {
  constructor(private readonly database: Database) {}

  /** Holds both users and returns their states, by id. */
  async holdUsers(
    tx: Transaction,
    workspaceId: string,
    ids: readonly string[],
  ): Promise<Map<string, string>> {
    const rows = await tx.query<{ id: string; status: string }>(
      `select id, status from users where workspace_id = $1 and id = any($2::uuid[])
       order by id for no key update`,
      [workspaceId, ids],
    );
    return new Map(rows.map(({ id, status }) => [id, status]));
  }

  /** The hand-over of the user that has not ended yet. */
  async findOpen(tx: Transaction, workspaceId: string, userId: string): Promise<string | null> {
    const [row] = await tx.query<{ id: string }>(
      `select id from hand_overs where workspace_id = $1 and user_id = $2
         and status in ('queued', 'running') limit 1`,
      [workspaceId, userId],
    );
    return row?.id ?? null;
  }

  async insert(
    tx: Transaction,
    ctx: RequestContext,
    handOver: Pick<HandOverRow, 'id' | 'userId' | 'to' | 'objects'>,
  ): Promise<HandOverRow> {
    const { id, userId, to, objects } = handOver;
    const [row] = await tx.query<HandOverRow>(
      `insert into hand_overs (workspace_id, id, user_id, to_id, objects, principal, request_id,
         created_by)
       values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8) returning ${COLUMNS}`,
      [
        ...[ctx.workspaceId, id, userId, to, objects, JSON.stringify(ctx.principal)],
        ...[ctx.requestId, ctx.principal.userId],
      ],
    );
    return row as HandOverRow;
  }

  async find(owner: Owner, userId: string, id: string): Promise<HandOverRow | null> {
    const [row] = await this.database.query<HandOverRow>(
      owner,
      `select ${COLUMNS} from hand_overs where workspace_id = $1 and user_id = $2 and id = $3`,
      [owner.workspaceId, userId, id],
    );
    return row ?? null;
  }

  /** Newest first; ids sort by time. */
  list(owner: Owner, userId: string, before: string | null, limit: number): Promise<HandOverRow[]> {
    return this.database.query<HandOverRow>(
      owner,
      `select ${COLUMNS} from hand_overs
       where workspace_id = $1 and user_id = $2 and ($3::uuid is null or id < $3)
       order by id desc limit $4`,
      [owner.workspaceId, userId, before, limit + 1],
    );
  }

  /** Takes the hand-over over from whoever ran it; false when there is none to run. */
  async claim(owner: Owner, id: string, lease: string): Promise<boolean> {
    const rows = await this.database.query(
      owner,
      `update hand_overs set status = 'running', lease = $3,
         started_at = coalesce(started_at, now())
       where workspace_id = $1 and id = $2 and status in ('queued', 'running') returning id`,
      [owner.workspaceId, id, lease],
    );
    return rows.length > 0;
  }

  /** Holds the hand-over for a step; null when another worker has it, or it has ended. */
  async hold(
    tx: Transaction,
    owner: Owner,
    id: string,
    lease: string,
  ): Promise<HandOverRow | null> {
    const [row] = await tx.query<HandOverRow>(
      `select ${COLUMNS} from hand_overs
       where workspace_id = $1 and id = $2 and lease = $3 and status = 'running' for update`,
      [owner.workspaceId, id, lease],
    );
    return row ?? null;
  }

  save(owner: Owner, id: string, moved: Record<string, number>, place: HandOverPlace): Statement {
    return {
      text: `update hand_overs set moved = $3::jsonb, place = $4::jsonb
             where workspace_id = $1 and id = $2`,
      params: [owner.workspaceId, id, JSON.stringify(moved), JSON.stringify(place)],
    };
  }

  finish(owner: Owner, id: string): Statement {
    return {
      text: `update hand_overs set status = 'completed', lease = null, place = null,
               finished_at = now()
             where workspace_id = $1 and id = $2`,
      params: [owner.workspaceId, id],
    };
  }

  /** Ends it for good, unless another worker has it now. What has changed hands stays so. */
  async fail(owner: Owner, id: string, lease: string, error: object): Promise<void> {
    await this.database.query(
      owner,
      `update hand_overs set status = 'failed', lease = null, finished_at = now(), error = $4::jsonb
       where workspace_id = $1 and id = $2 and lease = $3 and status = 'running'`,
      [owner.workspaceId, id, lease, JSON.stringify(error)],
    );
  }
}
