import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';

/** A dynamic segment as the upkeep knows it. */
export interface UpkeptSegment {
  id: string;
  name: string;
  object: string;
  /** JSON text. */
  where: string;
}

/** A segment through whose records the upkeep walks, and how far it is. */
export interface Pass extends UpkeptSegment {
  pass: 'fill' | 'refresh';
  after: string | null;
  done: number;
  total: number | null;
}

const COLUMNS = 'id, name, object, conditions::text as "where"';

/** Workspaces looked for at once. */
const MOST_WORKSPACES = 200;

const DUE_SQL = `
  select c.workspace_id as "workspaceId" from segment_cursors c
  where exists (select from events e where e.workspace_id = c.workspace_id and e.feed
      and e.position is not null and e.position > c.position)
    or exists (select from segments s where s.workspace_id = c.workspace_id
      and s.pass is not null and s.deleted_at is null)
    or exists (select from segments s where s.workspace_id = c.workspace_id
      and s.refresh_at <= now() and s.deleted_at is null)
  limit ${MOST_WORKSPACES}`;

const NEXT_PASS_SQL = `
  select ${COLUMNS}, pass, pass_after as "after", pass_done as done, pass_total as total
  from segments where workspace_id = $1 and pass is not null and deleted_at is null
  order by pass, id limit 1 for update`;

/** SQL of segments' upkeep. */
@Injectable()
export class SegmentsRepository {
  constructor(private readonly database: Database) {}

  /** Workspaces in which there is something to do. */
  async due(): Promise<string[]> {
    const rows = await this.database.query<{ workspaceId: string }>(SYSTEM, DUE_SQL);
    return rows.map(({ workspaceId }) => workspaceId);
  }

  /**
   * Takes the workspace's place in the change log for as long as the transaction goes on: nobody
   * else changes who belongs to its dynamic segments meanwhile. Null when another worker has it.
   */
  async take(tx: Transaction, workspaceId: string): Promise<number | null> {
    const [row] = await tx.query<{ position: number }>(
      'select position from segment_cursors where workspace_id = $1 for update skip locked',
      [workspaceId],
    );
    return row ? Number(row.position) : null;
  }

  advance(workspaceId: string, position: number): Statement {
    return {
      text: 'update segment_cursors set position = $2 where workspace_id = $1',
      params: [workspaceId, position],
    };
  }

  /** Those that follow what changes, in the order in which they are locked. */
  dynamic(tx: Transaction, workspaceId: string): Promise<UpkeptSegment[]> {
    return tx.query<UpkeptSegment>(
      `select ${COLUMNS} from segments
       where workspace_id = $1 and kind = 'dynamic' and deleted_at is null and status <> 'failed'
       order by id`,
      [workspaceId],
    );
  }

  /** Holds a segment; false when it is not what it was any more. */
  async hold(tx: Transaction, workspaceId: string, { id }: UpkeptSegment): Promise<boolean> {
    const rows = await tx.query(
      `select id from segments where workspace_id = $1 and id = $2 and deleted_at is null
         for update`,
      [workspaceId, id],
    );
    return rows.length > 0;
  }

  /** Has all records looked through, unless that is going on from the beginning anyway. */
  lookThrough(workspaceId: string, id: string): Statement {
    return {
      text: `update segments set pass = coalesce(pass, 'refresh'), pass_after = null, pass_done = 0,
          pass_total = null
        where workspace_id = $1 and id = $2`,
      params: [workspaceId, id],
    };
  }

  /** Begins to look through those whose time has come. */
  beginDue(workspaceId: string): Statement {
    return {
      text: `update segments set pass = 'refresh', pass_after = null, pass_done = 0,
          pass_total = null, refresh_at = null
        where workspace_id = $1 and refresh_at <= now() and pass is null and deleted_at is null
          and status <> 'failed'`,
      params: [workspaceId],
    };
  }

  /** The next segment to look through, held; new ones first. */
  async nextPass(tx: Transaction, workspaceId: string): Promise<Pass | null> {
    const [row] = await tx.query<Pass>(NEXT_PASS_SQL, [workspaceId]);
    return row ?? null;
  }

  /** The next records of an object's table in the order of their ids, those in the bin as well. */
  async chunk(
    tx: Transaction,
    workspaceId: string,
    table: string,
    after: string | null,
    size: number,
  ): Promise<string[]> {
    const beyond = after === null ? '' : 'and r.id > $3::uuid';
    const rows = await tx.query<{ id: string }>(
      `select r.id from ${table} r where r.workspace_id = $1 ${beyond} order by r.id limit $2`,
      [workspaceId, size, ...(after === null ? [] : [after])],
    );
    return rows.map(({ id }) => id);
  }

  async count(tx: Transaction, workspaceId: string, table: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      `select count(*) as count from ${table} r where r.workspace_id = $1`,
      [workspaceId],
    );
    return Number(row?.count ?? 0);
  }

  /** Notes how far a walk is. */
  proceed(workspaceId: string, pass: Pass, refreshAt: number | null | undefined): Statement {
    const { id, after, done, total } = pass;
    const progress = Math.min(99, Math.floor((100 * done) / Math.max(1, total ?? 1)));
    return {
      text: `update segments set pass_after = $3, pass_done = $4, pass_total = $5,
          progress = case pass when 'fill' then $6 else progress end,
          version = version + case pass when 'fill' then 1 else 0 end,
          refresh_at = case when $7 then $8 else refresh_at end
        where workspace_id = $1 and id = $2`,
      params: [
        ...[workspaceId, id, after, done, total, progress, refreshAt !== undefined],
        typeof refreshAt === 'number' ? new Date(refreshAt).toISOString() : null,
      ],
    };
  }

  finish(workspaceId: string, id: string): Statement {
    return {
      text: `update segments set pass = null, pass_after = null, status = 'current',
          progress = 100, error = null, refreshed_at = now(), version = version + 1
        where workspace_id = $1 and id = $2`,
      params: [workspaceId, id],
    };
  }

  /** It no longer follows what changes: its condition asks for what there is not any more. */
  fail(workspaceId: string, id: string, error: string): Statement {
    return {
      text: `update segments set pass = null, pass_after = null, status = 'failed', error = $3,
          refresh_at = null, version = version + 1
        where workspace_id = $1 and id = $2`,
      params: [workspaceId, id, error],
    };
  }
}
