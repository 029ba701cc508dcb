import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Logger } from '@nestjs/common';
import { to as copyTo } from 'pg-copy-streams';
import type { CopyToStreamQuery } from 'pg-copy-streams';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { ListQuery } from '../../common/list-query.js';
import { runPipeline } from '../database/pipeline.js';
import { chooseColumns, copyCsv, copyJson, exportColumns } from './export-sql.js';
import type { ExportColumn } from './export-sql.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordKit } from './record-kit.js';
import type { RecordReader } from './record-reader.js';

/** Exports that one process streams at once; each holds a connection for as long as it takes. */
const MOST_AT_ONCE = 3;
/** Milliseconds that reading one export may take at most. */
const LONGEST = 6 * 60 * 60 * 1000;

export interface ExportOptions {
  format: 'csv' | 'ndjson';
  /** Leaves cells as they are, even where a spreadsheet would run them. */
  raw: boolean;
}

/** An export while it is written. */
export interface RunningExport {
  /** Ends with an error when the export cannot go on. */
  stream: Readable;
  /** Records written; final once the stream has ended. */
  rows(): number;
}

/** Streams an object's records out of one consistent snapshot; memory does not grow with them. */
export class RecordExporter {
  private static running = 0;
  private readonly logger = new Logger('export');

  constructor(
    private readonly kit: RecordKit,
    private readonly definition: ObjectDefinition,
    private readonly reader: RecordReader,
  ) {}

  /** Refuses a list that could not be exported: unknown fields or conditions. */
  async check(ctx: RequestContext, query: ListQuery): Promise<void> {
    const settings = await this.kit.settings.of(ctx, this.definition, true);
    const plan = await this.reader.plan(ctx, { ...query, fields: undefined }, settings);
    await this.columns(ctx, query.fields);
    copyJson(plan, false);
  }

  /**
   * Begins an export.
   * @throws Problem 400 for a field there is not, 503 when too many exports run.
   */
  async open(
    ctx: RequestContext,
    query: ListQuery,
    options: ExportOptions,
  ): Promise<RunningExport> {
    if (RecordExporter.running >= MOST_AT_ONCE) {
      const detail = `${MOST_AT_ONCE} exports are being streamed. Try again, or use POST /v1/exports.`;
      throw new Problem('unavailable', detail, { headers: { 'retry-after': '10' } });
    }
    const isCsv = options.format === 'csv';
    const columns = isCsv ? await this.columns(ctx, query.fields) : [];
    const settings = await this.kit.settings.of(ctx, this.definition);
    const plan = await this.reader.plan(
      ctx,
      isCsv ? { ...query, fields: undefined } : query,
      settings,
    );
    const ordered = query.sort.length > 0;
    const sql = isCsv
      ? copyCsv(plan, columns, { raw: options.raw, ordered })
      : copyJson(plan, ordered);
    const stream = new PassThrough({ highWaterMark: 256 * 1024 });
    if (isCsv) stream.write(`${columns.map(({ header }) => header).join(',')}\n`);
    const copy = copyTo(sql);
    this.pour(ctx, copy, stream);
    return { stream, rows: () => copy.rowCount };
  }

  /** Every column of the object's exports, or those that are asked for. */
  async columns(ctx: RequestContext, fields?: readonly string[]): Promise<ExportColumn[]> {
    const settings = await this.kit.settings.of(ctx, this.definition, true);
    const all = exportColumns(this.definition, settings, await this.sources(ctx));
    return chooseColumns(all, fields);
  }

  private pour(ctx: RequestContext, copy: CopyToStreamQuery, output: PassThrough): void {
    RecordExporter.running += 1;
    const work = this.kit.database.withClient(async (client) => {
      const context = this.kit.database.contextOf(ctx, LONGEST);
      await runPipeline(client, [{ text: 'begin read only' }, context], false);
      await pipeline(client.query(copy), output);
      await client.query('commit');
    });
    work
      .catch((error: unknown) => {
        // The answer has begun: the client sees it end early, and the log says why.
        this.logger.warn({ message: 'An export ended early', error, requestId: ctx.requestId });
        output.destroy(error as Error);
      })
      .finally(() => {
        RecordExporter.running -= 1;
      });
  }

  /** Sources of external ids in use: one index probe for each. */
  private async sources(ctx: RequestContext): Promise<string[]> {
    const rows = await this.kit.database.query<{ key: string }>(
      ctx,
      `with recursive keys as (
        (select i.key from record_index i where i.workspace_id = $1 and i.object = $2
          and i.key >= 'externalIds.' and i.key < 'externalIds/' order by i.key limit 1)
        union all
        select (select i.key from record_index i where i.workspace_id = $1 and i.object = $2
          and i.key > k.key and i.key < 'externalIds/' order by i.key limit 1)
        from keys k where k.key is not null)
      select key from keys where key is not null`,
      [ctx.workspaceId, this.definition.object],
    );
    return rows.map(({ key }) => key.slice('externalIds.'.length));
  }
}
