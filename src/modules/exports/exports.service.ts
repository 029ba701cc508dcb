import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import { Problem } from '../../common/errors.js';
import { parseListQuery, parseSearchBody } from '../../common/list-query.js';
import { uuidv7 } from '../../common/uuid.js';
import { Database } from '../../platform/database/database.js';
import { EXPORT_CONTENT_TYPES } from '../../platform/files/formats/index.js';
import { FileStore } from '../../platform/files/file-store.js';
import type { PageJson } from '../../platform/http/answers.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { RecordExporters } from '../../platform/records/record-exporters.js';
import type { ExportDto, ExportInput } from './export.dto.js';
import { RunExport } from './exports.jobs.js';
import { ExportsRepository } from './exports.repository.js';
import type { ExportRow } from './exports.repository.js';

const SORT = '-id';
const KEYS = [{ type: 'uuid' as const }];

/** A file that can be fetched. */
export interface ExportFile {
  name: string;
  contentType: string;
  size: number;
  bytes: AsyncIterable<Buffer>;
}

/** Exports that the worker writes and clients fetch later. */
@Injectable()
export class ExportsService {
  constructor(
    private readonly database: Database,
    private readonly exports: ExportsRepository,
    private readonly exporters: RecordExporters,
    private readonly files: FileStore,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * Asks for an export; what it may hold is decided by what the caller may read now.
   * @throws Problem 400 for a condition or field that there is not, 403, 404 for the object.
   */
  async start(ctx: RequestContext, input: ExportInput): Promise<ExportDto> {
    const exporter = this.exporters.of(ctx, input.object);
    await exporter.check(ctx, queryOf(input));
    return this.database.transaction(ctx, async (tx) => {
      const row = await this.exports.insert(tx, ctx, uuidv7(), input);
      const changes = { export: row.id, ...input };
      const facts = { type: 'export.created', object: input.object, changes } as const;
      await tx.run([recordEvents([eventOf(ctx, facts)])]);
      await this.jobs.enqueue(tx, RunExport, { exportId: row.id });
      return dtoOf(row);
    });
  }

  async get(ctx: RequestContext, id: string): Promise<ExportDto> {
    return dtoOf(await this.row(ctx, id));
  }

  async page(ctx: RequestContext, query: object): Promise<PageJson> {
    const { limit, cursor } = parseListQuery({ ...query });
    const before = cursor ? decodeCursor(cursor, SORT, ctx.workspaceId, KEYS).values[0] : null;
    const rows = await this.exports.list(ctx, before as string | null, limit + 1);
    const data = rows.slice(0, limit);
    const last = rows.length > limit ? data.at(-1) : undefined;
    const content = last && { sort: SORT, values: [last.id] };
    const nextCursor = content ? encodeCursor(content, ctx.workspaceId) : null;
    const page = { nextCursor, hasMore: nextCursor !== null };
    return { json: JSON.stringify({ data: data.map(dtoOf), page }), nextCursor };
  }

  /**
   * The file of a completed export; for whoever asked for it and for those who may read all.
   * @throws Problem 404, or 409 while it is not complete.
   */
  async file(ctx: RequestContext, id: string): Promise<ExportFile> {
    const row = await this.row(ctx, id);
    if (row.fileId === null) {
      throw new Problem('conflict', `The export is ${row.status}; there is no file yet.`);
    }
    return {
      name: fileName(row),
      contentType: row.options.compress ? 'application/gzip' : EXPORT_CONTENT_TYPES[row.format],
      size: row.fileSize ?? 0,
      bytes: await this.files.open(ctx, row.fileId),
    };
  }

  /** An export holds what its maker may see, so others see it only with at least those rights. */
  private async row(ctx: RequestContext, id: string): Promise<ExportRow> {
    const row = await this.exports.find(ctx, id);
    const isMaker = row?.createdBy !== null && row?.createdBy === ctx.principal.userId;
    const readsAll = row && this.exporters.reachOf(ctx, row.object) === 'all';
    if (!row || !(isMaker || readsAll)) throw Problem.notFound('export', id);
    return row;
  }
}

/** The list that an export writes. */
export function queryOf(input: ExportInput) {
  const query = parseSearchBody(input.where ? { where: input.where } : {});
  return { ...query, fields: input.fields };
}

export function fileName({
  object,
  format,
  options,
}: Pick<ExportRow, 'object' | 'format' | 'options'>): string {
  return `${object}.${format}${options.compress ? '.gz' : ''}`;
}

function dtoOf(row: ExportRow): ExportDto {
  const { id, object, format, status, rows, error, createdAt, startedAt, finishedAt } = row;
  return {
    ...{ id, object, format, status, rows, size: row.fileSize },
    file: row.fileId === null ? null : `/v1/exports/${id}/file`,
    ...{ error, createdAt, startedAt, finishedAt },
  };
}
