import type { Statement } from '../../database/pipeline.js';
import type { Transaction } from '../../database/transaction.js';
import type { RecordRow } from '../record-row.js';
import type { BulkJob } from './bulk-job.js';
import type { GivenItems } from './chunk-lists.js';

/** A key that the import has met or (in a dry run) given to a record. */
export interface RememberedKey {
  object: string;
  /** Name of the key, or `seen` for keys of rows. */
  key: string;
  value: string;
  recordId: string;
}

/** What an import must know of its earlier chunks and cannot see in the records. */
export class BulkMemory {
  constructor(private readonly job: BulkJob) {}

  /** Statement that finds remembered keys: `(value, id)`. */
  find(object: string, key: string, values: readonly string[]): Statement {
    return {
      text: `select value, record_id as id from import_keys
        where workspace_id = $1 and import_id = $2 and object = $3 and key = $4
          and value = any($5::text[])`,
      params: [this.job.ctx.workspaceId, this.job.importId, object, key, values],
    };
  }

  remember(keys: readonly RememberedKey[]): Statement[] {
    if (keys.length === 0) return [];
    return [
      {
        text: `insert into import_keys (workspace_id, import_id, object, key, value, record_id)
          select $1, $2, k.object, k.key, k.value, k."recordId"
          from json_to_recordset($3::json) as k (object text, key text, value text, "recordId" uuid)
          on conflict do nothing`,
        params: [this.job.ctx.workspaceId, this.job.importId, JSON.stringify(keys)],
      },
    ];
  }

  /** What the import has given the lists of records so far. */
  async given(tx: Transaction, ids: readonly string[]): Promise<Map<string, GivenItems>> {
    if (ids.length === 0) return new Map();
    const rows = await tx.query<GivenItems & { id: string }>(
      `select record_id as id, given, is_made as "isMade" from import_lists
       where workspace_id = $1 and import_id = $2 and record_id = any($3::uuid[])`,
      [this.job.ctx.workspaceId, this.job.importId, ids],
    );
    return new Map(rows.map(({ id, ...items }) => [id, items]));
  }

  /** @param lists with how many items each has now: more than given, if it had them before. */
  keepGiven(lists: readonly (GivenItems & { id: string; length: number })[]): Statement[] {
    if (lists.length === 0) return [];
    return [
      {
        text: `insert into import_lists
            (workspace_id, import_id, record_id, given, length, is_made)
          select $1, $2, l.id, l.given, l.length, l."isMade"
          from json_to_recordset($3::json)
            as l (id uuid, given integer, length integer, "isMade" boolean)
          on conflict (workspace_id, import_id, record_id)
            do update set given = excluded.given, length = excluded.length`,
        params: [this.job.ctx.workspaceId, this.job.importId, JSON.stringify(lists)],
      },
    ];
  }

  /** Takes lists that had more items before the import than it gave, and forgets them. */
  async takeLonger(tx: Transaction, most: number): Promise<Map<string, number>> {
    const rows = await tx.query<{ id: string; given: number }>(
      `delete from import_lists where workspace_id = $1 and import_id = $2 and record_id in (
         select record_id from import_lists
         where workspace_id = $1 and import_id = $2 and given < length limit $3)
       returning record_id as id, given`,
      [this.job.ctx.workspaceId, this.job.importId, most],
    );
    return new Map(rows.map(({ id, given }) => [id, given]));
  }

  /** Records as a dry run would have left them. */
  async drafts(tx: Transaction, ids: readonly string[]): Promise<Map<string, RecordRow>> {
    const rows = await tx.query<{ id: string; row: RecordRow }>(
      `select record_id as id, row from import_drafts
       where workspace_id = $1 and import_id = $2 and record_id = any($3::uuid[])`,
      [this.job.ctx.workspaceId, this.job.importId, ids],
    );
    return new Map(rows.map(({ id, row }) => [id, row]));
  }

  keepDrafts(rows: readonly RecordRow[]): Statement[] {
    if (rows.length === 0) return [];
    const drafts = rows.map((row) => ({ id: row.id, row }));
    return [
      {
        text: `insert into import_drafts (workspace_id, import_id, record_id, row)
          select $1, $2, d.id, d.row from json_to_recordset($3::json) as d (id uuid, row jsonb)
          on conflict (workspace_id, import_id, record_id) do update set row = excluded.row`,
        params: [this.job.ctx.workspaceId, this.job.importId, JSON.stringify(drafts)],
      },
    ];
  }

  /** Keeps records as they were before the import's first change to them. */
  keepBefore(changed: readonly { before: RecordRow; version: number }[]): Statement[] {
    if (changed.length === 0) return [];
    const rows = changed.map(({ before, version }) => ({
      id: before.id,
      version,
      before: {
        ownerId: before.ownerId,
        values: before.values,
        tags: before.tags,
        custom: before.custom,
        externalIds: before.externalIds,
      },
    }));
    return [
      {
        text: `insert into import_changes (workspace_id, import_id, record_id, version, before)
          select $1, $2, c.id, c.version, c.before
          from json_to_recordset($3::json) as c (id uuid, version integer, before jsonb)
          on conflict (workspace_id, import_id, record_id) do update set version = excluded.version`,
        params: [this.job.ctx.workspaceId, this.job.importId, JSON.stringify(rows)],
      },
    ];
  }
}
