import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { MOST_SAMPLES } from '../../platform/records/bulk/bulk-job.js';
import type { ChunkResult } from '../../platform/records/bulk/bulk-job.js';
import type { ParsedRow } from '../../platform/records/bulk/row-parser.js';
import type { Mapping } from './import-options.dto.js';
import type { ImportProblem, ImportStatus } from './imports.repository.js';

type Owner = Pick<RequestContext, 'workspaceId'>;

/** What a chunk adds to the import's record. */
export interface Checkpoint {
  /** Rows of the file that were done before the chunk. */
  from: number;
  rows: number;
  bytesRead: number;
  result: ChunkResult;
  /** Rows whose fault nobody foresaw. */
  unforeseen: number;
}

/** What the worker finds out about a file when it opens it. */
export interface FileFacts {
  format: string;
  encoding: string;
  delimiter: string | null;
  matchOn: string | null;
  mapping: Mapping;
  headers: readonly string[];
  unmapped: readonly string[];
}

/** Most faults kept of one row, and of one cell of a rejected row. */
const MOST_ERRORS = 20;

/**
 * A load outruns the statistics of its tables: a plan kept from when they were empty would read
 * all of what has come since, again for each chunk. Planned anew, it goes by their true size.
 */
const FRESH_PLANS: Statement = {
  text: "select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)",
};

/** The worker's statements: all of them ask for its lease, so that a second worker cannot mix in. */
@Injectable()
export class ImportRunRepository {
  constructor(private readonly database: Database) {}

  /** Takes the import over; whoever had it before loses it. False when there is nothing to run. */
  async claim(owner: Owner, id: string, lease: string): Promise<boolean> {
    const rows = await this.database.query(
      owner,
      `update imports set lease = $3, status = 'running', started_at = coalesce(started_at, now())
       where workspace_id = $1 and id = $2 and status in ('queued', 'running') returning id`,
      [owner.workspaceId, id, lease],
    );
    return rows.length > 0;
  }

  /** Where the import stands; held until the commit. Null when the lease is somebody else's. */
  async hold(
    tx: Transaction,
    owner: Owner,
    id: string,
    lease: string,
  ): Promise<{ nextRow: number; cancelRequested: boolean } | null> {
    const [, state] = await tx.run([
      FRESH_PLANS,
      {
        text: `select next_row as "nextRow", cancel_requested as "cancelRequested" from imports
          where workspace_id = $1 and id = $2 and lease = $3 and status = 'running' for update`,
        params: [owner.workspaceId, id, lease],
      },
    ]);
    const row = state?.rows[0] as { nextRow: number; cancelRequested: boolean } | undefined;
    return row ?? null;
  }

  /** Rows that failed so far for reasons nobody foresaw. */
  async unforeseen(tx: Transaction, owner: Owner, id: string): Promise<number> {
    const [row] = await tx.query<{ unforeseen: number }>(
      'select unforeseen from imports where workspace_id = $1 and id = $2',
      [owner.workspaceId, id],
    );
    return row?.unforeseen ?? 0;
  }

  /** The fence: takes effect only for the holder of the lease, and only at the expected row. */
  checkpoint(owner: Owner, id: string, lease: string, done: Checkpoint): Statement {
    const { result } = done;
    return {
      text: `update imports set next_row = $4::bigint + $5, bytes_read = greatest(bytes_read, $6),
          created = created + $7, updated = updated + $8, unchanged = unchanged + $9,
          failed = failed + $10, created_references = created_references + $11,
          unforeseen = unforeseen + $12, warnings = warnings + $13,
          warning_samples = case when jsonb_array_length(warning_samples) < ${MOST_SAMPLES}
            then warning_samples || $14::jsonb else warning_samples end
        where workspace_id = $1 and id = $2 and lease = $3 and next_row = $4`,
      params: [
        ...[owner.workspaceId, id, lease, done.from, done.rows, done.bytesRead],
        ...[result.created, result.updated, result.unchanged, result.rejects.length],
        ...[result.createdReferences, done.unforeseen],
        ...[result.warnings.count, JSON.stringify(result.warnings.samples)],
      ],
    };
  }

  reject(
    owner: Owner,
    id: string,
    from: number,
    rows: readonly ParsedRow[],
    rejects: ChunkResult['rejects'],
  ): Statement[] {
    if (rejects.length === 0) return [];
    const stored = rejects.map(({ index, errors }) => {
      const { line, cells } = (rows[index] as ParsedRow).source;
      return { row: from + index, line, errors: errors.slice(0, MOST_ERRORS), cells };
    });
    return [
      {
        text: `insert into import_errors (workspace_id, import_id, row_number, line, errors, cells)
          select $1, $2, e.row, e.line, e.errors, e.cells
          from json_to_recordset($3::json) as e (row bigint, line bigint, errors jsonb, cells jsonb)`,
        params: [owner.workspaceId, id, JSON.stringify(stored)],
      },
    ];
  }

  async describe(owner: Owner, id: string, lease: string, facts: FileFacts): Promise<void> {
    await this.database.query(
      owner,
      `update imports set format = $4, encoding = $5, delimiter = $6, match_on = $7, mapping = $8,
         headers = $9, unmapped = $10
       where workspace_id = $1 and id = $2 and lease = $3`,
      [
        ...[owner.workspaceId, id, lease, facts.format, facts.encoding, facts.delimiter],
        ...[facts.matchOn, JSON.stringify(facts.mapping), JSON.stringify(facts.headers)],
        JSON.stringify(facts.unmapped),
      ],
    );
  }

  finish(
    owner: Owner,
    id: string,
    lease: string,
    status: ImportStatus,
    problem: ImportProblem | null,
  ): Statement {
    return {
      text: `update imports set status = $4, problem = $5, finished_at = now(), lease = null,
          bytes_read = case when $4 = 'completed' then file_size else bytes_read end
        where workspace_id = $1 and id = $2 and lease = $3 and status = 'running'
        returning next_row as read, created, updated, unchanged, failed`,
      params: [owner.workspaceId, id, lease, status, problem && JSON.stringify(problem)],
    };
  }

  /** Forgets what was only needed while the import ran. */
  forget(owner: Owner, id: string): Statement[] {
    return ['import_keys', 'import_drafts', 'import_lists'].map((table) => ({
      text: `delete from ${table} where workspace_id = $1 and import_id = $2`,
      params: [owner.workspaceId, id],
    }));
  }
}
