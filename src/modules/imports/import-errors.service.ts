import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import type { FieldError } from '../../common/errors.js';
import { Problem } from '../../common/errors.js';
import { errorsCsv } from '../../platform/files/formats/index.js';
import type { RejectedRow } from '../../platform/files/formats/index.js';
import type { PageJson } from '../../platform/http/answers.js';
import { describeErrors } from '../../platform/records/bulk/bulk-job.js';
import { ImportsRepository } from './imports.repository.js';
import type { ImportRow } from './imports.repository.js';

const BATCH = 500;
const DEFAULT_LIMIT = 50;
const MOST = 500;
/** What the lists are in the order of. */
const KEYS = { row: { type: 'bigint' }, kept: { type: 'uuid' } } as const;

/** The rows that an import did not take, and the records that a revert left alone. */
@Injectable()
export class ImportErrorsService {
  constructor(private readonly imports: ImportsRepository) {}

  /** A page of rejected rows, in the order of the file. */
  async page(
    ctx: RequestContext,
    row: ImportRow,
    query: Record<string, unknown>,
  ): Promise<PageJson> {
    const { limit, after } = readPage(ctx, query, 'row', row.id);
    const rows = await this.imports.errors(ctx, row.id, Number(after ?? -1), limit + 1);
    const data = rows.slice(0, limit);
    const last = rows.length > limit ? data.at(-1)?.row : undefined;
    const shown = data.map(({ line, errors, cells }) => ({
      line,
      errors,
      row: byHeader(row.headers, cells),
    }));
    return pageJson(ctx, shown, last, 'row', row.id);
  }

  /** All rejected rows as CSV, ready to be mended and sent again. */
  csv(ctx: RequestContext, row: ImportRow): Readable {
    return Readable.from(this.batches(ctx, row.id)).compose(errorsCsv(row.headers)) as Readable;
  }

  async kept(
    ctx: RequestContext,
    row: ImportRow,
    query: Record<string, unknown>,
  ): Promise<PageJson> {
    const { limit, after } = readPage(ctx, query, 'kept', row.id);
    const rows = await this.imports.kept(ctx, row.id, after as string | null, limit + 1);
    const data = rows.slice(0, limit);
    const last = rows.length > limit ? data.at(-1)?.id : undefined;
    return pageJson(ctx, data, last, 'kept', row.id);
  }

  private async *batches(ctx: RequestContext, id: string): AsyncGenerator<RejectedRow[]> {
    for (let after = -1; ;) {
      const rows = await this.imports.errors(ctx, id, after, BATCH);
      if (rows.length === 0) return;
      yield rows.map(({ line, errors, cells }) => ({
        line,
        error: describeErrors(errors as FieldError[]),
        cells,
      }));
      after = rows.at(-1)?.row as number;
    }
  }
}

/** A row's cells by header; those beyond the header by their place. */
export function byHeader(
  headers: readonly string[],
  cells: readonly unknown[],
): Record<string, unknown> {
  return Object.fromEntries(
    cells.map((cell, index) => [headers[index] ?? `Column ${index + 1}`, cell ?? null]),
  );
}

function readPage(
  ctx: RequestContext,
  query: Record<string, unknown>,
  sort: keyof typeof KEYS,
  id: string,
): { limit: number; after: string | number | null } {
  const { limit: raw = DEFAULT_LIMIT, cursor, ...others } = query;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new Problem(
      'invalid-parameter',
      `This list takes limit and cursor, not ${unknown.slice(0, 64)}.`,
    );
  }
  const limit = Number(raw);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw new Problem('invalid-parameter', `limit must be a number from 1 to ${MOST}.`);
  }
  if (cursor === undefined) return { limit, after: null };
  const { values } = decodeCursor(
    typeof cursor === 'string' ? cursor : '',
    sort,
    `${ctx.workspaceId}/${id}`,
    [KEYS[sort]],
  );
  return { limit, after: values[0] as string | number };
}

function pageJson(
  ctx: RequestContext,
  data: readonly unknown[],
  last: string | number | undefined,
  sort: string,
  id: string,
): PageJson {
  const key = `${ctx.workspaceId}/${id}`;
  const nextCursor = last === undefined ? null : encodeCursor({ sort, values: [last] }, key);
  const page = { nextCursor, hasMore: nextCursor !== null };
  return { json: JSON.stringify({ data, page }), nextCursor };
}
