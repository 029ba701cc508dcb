import { Injectable } from '@nestjs/common';
import type { Principal, Reach, RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { ExportInput } from './export.dto.js';

type Owner = { workspaceId: string };

/** An export as it is stored. */
export interface ExportRow {
  id: string;
  object: string;
  format: ExportInput['format'];
  options: ExportInput;
  status: 'queued' | 'running' | 'completed' | 'failed';
  principal: Principal;
  grants: Record<string, Reach>;
  requestId: string;
  rows: number;
  fileId: string | null;
  fileSize: number | null;
  error: object | null;
  createdBy: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

const COLUMNS = `id, object, format, options, status, principal, grants, request_id as "requestId",
  rows, file_id as "fileId", file_size as "fileSize", error, created_by as "createdBy",
  created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

/** SQL of exports. */
@Injectable()
export class ExportsRepository {
  constructor(private readonly database: Database) {}

  async insert(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
    input: ExportInput,
  ): Promise<ExportRow> {
    const [row] = await tx.query<ExportRow>(
      `insert into exports (workspace_id, id, object, format, options, principal, grants,
          request_id, created_by)
        values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7::jsonb, $8, $9) returning ${COLUMNS}`,
      [
        ...[ctx.workspaceId, id, input.object, input.format, JSON.stringify(input)],
        ...[JSON.stringify(ctx.principal), JSON.stringify(Object.fromEntries(ctx.grants))],
        ...[ctx.requestId, ctx.principal.userId],
      ],
    );
    return row as ExportRow;
  }

  async find(scope: Owner, id: string): Promise<ExportRow | undefined> {
    const [row] = await this.database.query<ExportRow>(
      scope,
      `select ${COLUMNS} from exports where workspace_id = $1 and id = $2`,
      [scope.workspaceId, id],
    );
    return row;
  }

  /** Newest first; ids sort by time. */
  list(scope: Owner, before: string | null, limit: number): Promise<ExportRow[]> {
    return this.database.query<ExportRow>(
      scope,
      `select ${COLUMNS} from exports where workspace_id = $1 and ($2::uuid is null or id < $2)
        order by id desc limit $3`,
      [scope.workspaceId, before, limit],
    );
  }

  async start(scope: Owner, id: string): Promise<void> {
    await this.database.query(
      scope,
      `update exports set status = 'running', started_at = coalesce(started_at, now())
        where workspace_id = $1 and id = $2`,
      [scope.workspaceId, id],
    );
  }

  async finish(
    tx: Transaction,
    scope: Owner,
    id: string,
    result: { rows: number; fileId: string; size: number },
  ): Promise<void> {
    await tx.query(
      `update exports set status = 'completed', finished_at = now(), rows = $3, file_id = $4,
          file_size = $5, error = null
        where workspace_id = $1 and id = $2`,
      [scope.workspaceId, id, result.rows, result.fileId, result.size],
    );
  }

  async fail(scope: Owner, id: string, error: object): Promise<void> {
    await this.database.query(
      scope,
      `update exports set status = 'failed', finished_at = now(), error = $3::jsonb
        where workspace_id = $1 and id = $2`,
      [scope.workspaceId, id, JSON.stringify(error)],
    );
  }
}
