import { Injectable } from '@nestjs/common';
import type { Principal, Reach, RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdPage } from '../../platform/http/id-page.js';
import type { StoredFile } from '../../platform/files/file-store.js';
import type { Warning } from '../../platform/records/bulk/bulk-job.js';
import type { ImportOptionsDto, Mapping } from './import-options.dto.js';

export type ImportStatus =
  'queued' | 'running' | 'completed' | 'failed' | 'cancelled' | 'reverting' | 'reverted';

/** Why an import failed as a whole. */
export interface ImportProblem {
  code: string;
  detail: string;
  /** Line of the file, when it is about one. */
  line: number | null;
}

/** What a revert has done so far. */
export interface RevertProgress {
  removed: number;
  restored: number;
  kept: number;
  startedAt: string;
  finishedAt: string | null;
  /** Who asked for it, while it runs: the worker acts as they. */
  by?: Pick<ImportRow, 'principal' | 'grants' | 'requestId'>;
}

/** An import as it is stored. */
export interface ImportRow {
  id: string;
  object: string;
  status: ImportStatus;
  options: ImportOptionsDto;
  fileId: string;
  fileName: string;
  fileSize: number;
  principal: Principal;
  grants: Record<string, Reach>;
  requestId: string | null;
  format: string | null;
  encoding: string | null;
  delimiter: string | null;
  matchOn: string | null;
  mapping: Mapping | null;
  headers: string[];
  unmapped: string[];
  nextRow: number;
  bytesRead: number;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  createdReferences: number;
  unforeseen: number;
  warnings: number;
  warningSamples: Warning[];
  lease: string | null;
  cancelRequested: boolean;
  problem: ImportProblem | null;
  revert: RevertProgress | null;
  createdBy: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

const COLUMNS = `id, object, status, options, file_id as "fileId", file_name as "fileName",
  file_size as "fileSize", principal, grants, request_id as "requestId", format, encoding,
  delimiter, match_on as "matchOn", mapping, headers, unmapped, next_row as "nextRow",
  bytes_read as "bytesRead", created, updated, unchanged, failed,
  created_references as "createdReferences", unforeseen, warnings,
  warning_samples as "warningSamples", lease,
  cancel_requested as "cancelRequested", problem, revert, created_by as "createdBy",
  created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

type Owner = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** The table of imports as people see it; the worker's statements are in the run's repository. */
@Injectable()
export class ImportsRepository {
  constructor(private readonly database: Database) {}

  insert(ctx: RequestContext, id: string, options: ImportOptionsDto, file: StoredFile): Statement {
    return {
      text: `insert into imports (workspace_id, id, object, status, options, file_id, file_name,
          file_size, principal, grants, request_id, created_by)
        values ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9, $10, $11)
        returning ${COLUMNS}`,
      params: [
        ...[ctx.workspaceId, id, options.object, JSON.stringify(options), file.id, file.name],
        ...[
          file.size,
          JSON.stringify(ctx.principal),
          JSON.stringify(Object.fromEntries(ctx.grants)),
        ],
        ...[ctx.requestId, ctx.principal.userId],
      ],
    };
  }

  async find(owner: Owner, id: string): Promise<ImportRow | null> {
    const [row] = await this.database.query<ImportRow>(
      owner,
      `select ${COLUMNS} from imports where workspace_id = $1 and id = $2`,
      [owner.workspaceId, id],
    );
    return row ?? null;
  }

  list(ctx: RequestContext, { limit, before }: IdPage): Promise<ImportRow[]> {
    return this.database.query<ImportRow>(
      ctx,
      `select ${COLUMNS} from imports
       where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [ctx.workspaceId, before, limit + 1],
    );
  }

  /** Reads the import for a change of its state, and holds it until the commit. */
  async lock(tx: Transaction, owner: Owner, id: string): Promise<ImportRow | null> {
    const [row] = await tx.query<ImportRow>(
      `select ${COLUMNS} from imports where workspace_id = $1 and id = $2 for update`,
      [owner.workspaceId, id],
    );
    return row ?? null;
  }

  requestCancel(owner: Owner, id: string): Statement {
    return {
      text: `update imports set cancel_requested = true,
          status = case when status = 'queued' then 'cancelled' else status end,
          finished_at = case when status = 'queued' then now() else finished_at end
        where workspace_id = $1 and id = $2 returning ${COLUMNS}`,
      params: [owner.workspaceId, id],
    };
  }

  beginRevert(owner: Owner, id: string, progress: RevertProgress): Statement {
    return {
      text: `update imports set status = 'reverting', revert = $3
        where workspace_id = $1 and id = $2 returning ${COLUMNS}`,
      params: [owner.workspaceId, id, JSON.stringify(progress)],
    };
  }

  errors(
    owner: Owner,
    id: string,
    after: number,
    limit: number,
  ): Promise<{ row: number; line: number; errors: unknown; cells: unknown[] }[]> {
    return this.database.query(
      owner,
      `select row_number as row, line, errors, cells from import_errors
       where workspace_id = $1 and import_id = $2 and row_number > $3
       order by row_number limit $4`,
      [owner.workspaceId, id, after, limit],
    );
  }

  kept(
    owner: Owner,
    id: string,
    after: string | null,
    limit: number,
  ): Promise<{ id: string; object: string; reason: string }[]> {
    return this.database.query(
      owner,
      `select record_id as id, object, reason from import_kept
       where workspace_id = $1 and import_id = $2 and ($3::uuid is null or record_id > $3)
       order by record_id limit $4`,
      [owner.workspaceId, id, after, limit],
    );
  }
}
