import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { Database } from '../../platform/database/database.js';
import { createWriter, EXPORT_CONTENT_TYPES } from '../../platform/files/formats/index.js';
import { FileStore } from '../../platform/files/file-store.js';
import { HandlesJob } from '../../platform/queue/handles-job.js';
import type { RunningJob } from '../../platform/queue/handles-job.js';
import { RecordExporters } from '../../platform/records/record-exporters.js';
import type { RunningExport } from '../../platform/records/record-exporter.js';
import { RunExport } from './exports.jobs.js';
import type { ExportJobData } from './exports.jobs.js';
import { ExportsRepository } from './exports.repository.js';
import type { ExportRow } from './exports.repository.js';
import { fileName, queryOf } from './exports.service.js';

/** Rows that a worksheet can hold, besides its headers. */
const XLSX_ROWS = 1_048_575;
const BATCH = 1000;

/** The worker's side of exports. */
@Injectable()
export class ExportsProcessor {
  constructor(
    private readonly database: Database,
    private readonly exports: ExportsRepository,
    private readonly exporters: RecordExporters,
    private readonly files: FileStore,
  ) {}

  /** Writes the file; a second run after a death writes it anew and the first is swept away. */
  @HandlesJob(RunExport)
  async run(job: RunningJob<ExportJobData>): Promise<void> {
    const owner = { workspaceId: job.workspaceId ?? '' };
    const row = await this.exports.find(owner, job.data.exportId);
    if (!row || row.status === 'completed' || row.status === 'failed') return;
    await this.exports.start(owner, row.id);
    try {
      await this.write(contextOf(owner.workspaceId, row), row, job.signal);
    } catch (error) {
      const isFinal = error instanceof Problem && error.status < 500;
      if (!isFinal && !job.isLastAttempt) throw error;
      const problem = error instanceof Problem ? error : new Problem('internal', 'It failed.');
      const { code, detail } = problem;
      await this.exports.fail(owner, row.id, { code, detail });
      if (!isFinal) throw error;
    }
  }

  private async write(ctx: RequestContext, row: ExportRow, signal: AbortSignal): Promise<void> {
    const exporter = this.exporters.of(ctx, row.object);
    const isWorkbook = row.format === 'xlsx';
    const query = queryOf(row.options);
    // A workbook is made of whole records; its columns choose from them.
    const wanted = isWorkbook ? { ...query, fields: undefined } : query;
    const running = await exporter.open(ctx, wanted, {
      format: row.format === 'csv' ? 'csv' : 'ndjson',
      raw: row.options.raw ?? false,
    });
    const bytes = isWorkbook
      ? this.workbook(running, await exporter.columns(ctx, query.fields))
      : running.stream;
    const source = row.options.compress ? compressed(bytes) : bytes;
    const file = await this.files.save(ctx, abortable(source, signal), {
      name: fileName(row),
      contentType: EXPORT_CONTENT_TYPES[row.format],
    });
    await this.database.transaction(ctx, async (tx) => {
      await tx.run([this.files.complete(ctx, file)]);
      const result = { rows: running.rows(), fileId: file.id, size: file.size };
      await this.exports.finish(tx, ctx, row.id, result);
    });
  }

  private workbook(running: RunningExport, columns: readonly { header: string }[]): Readable {
    const writer = createWriter('xlsx', {
      columns: columns.map(({ header }) => ({ header, path: header })),
    });
    pipeline(batchesOf(running.stream), writer).catch((error: unknown) => {
      writer.destroy(error as Error);
    });
    return writer;
  }
}

async function* batchesOf(lines: Readable): AsyncGenerator<Record<string, unknown>[]> {
  let batch: Record<string, unknown>[] = [];
  let count = 0;
  for await (const line of createInterface({ input: lines, crlfDelay: Infinity })) {
    batch.push(JSON.parse(line) as Record<string, unknown>);
    count += 1;
    if (count > XLSX_ROWS) {
      const detail = `A worksheet holds ${XLSX_ROWS} records at most. Narrow the export or take csv.`;
      throw new Problem('too-large', detail);
    }
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function compressed(source: Readable): Readable {
  const gzip = createGzip({ level: 6 });
  pipeline(source, gzip).catch((error: unknown) => gzip.destroy(error as Error));
  return gzip;
}

async function* abortable(source: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    signal.throwIfAborted();
    yield chunk as Buffer;
  }
}

/** Whoever asked for the export, with the rights they had then. */
function contextOf(workspaceId: string, row: ExportRow): RequestContext {
  return {
    workspaceId,
    principal: row.principal,
    grants: new Map(Object.entries(row.grants)),
    accessKey: `export:${row.id}`,
    requestId: row.requestId,
    ip: null,
  };
}
