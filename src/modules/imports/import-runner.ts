import { Injectable, Logger } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import { normalizeCountry } from '../../common/values/country.js';
import { Database } from '../../platform/database/database.js';
import { FileStore } from '../../platform/files/file-store.js';
import { FileError, openRows } from '../../platform/files/formats/index.js';
import type { Row, RowReader } from '../../platform/files/formats/index.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import type { RunningJob } from '../../platform/queue/handles-job.js';
import type { BulkJob } from '../../platform/records/bulk/bulk-job.js';
import { BulkLoader, keysOfTargets } from '../../platform/records/bulk/bulk-loader.js';
import { compileRows } from '../../platform/records/bulk/row-parser.js';
import type { BulkRow, ParsedRow } from '../../platform/records/bulk/row-parser.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import type { WorkspaceSettings } from '../../platform/records/record-settings.js';
import {
  ChunkCommitter,
  ImportCancelled,
  LeaseLost,
  TooManyUnforeseen,
} from './chunk-committer.js';
import { PlanFault, planImport } from './import-plan.js';
import type { ImportPlan, PlanInput } from './import-plan.js';
import { ImportRunRepository } from './import-run.repository.js';
import type { ImportJobData } from './imports.jobs.js';
import { ImportsRepository } from './imports.repository.js';
import type { ImportProblem, ImportRow, ImportStatus } from './imports.repository.js';
import { readOptionsOf } from './read-options.js';

/** Rows of one transaction: enough that its fixed costs vanish, few enough to hold in memory. */
const CHUNK_ROWS = 5000;

/** Rows checked in one go, so that the connection to the database is never left waiting long. */
const SLICE = 500;

/** An import while it runs. */
interface Run {
  ctx: RequestContext;
  row: ImportRow;
  lease: string;
  definition: ObjectDefinition;
  settings: WorkspaceSettings;
  signal: AbortSignal;
}

/** What is made of a file's headers; made anew when a file grows further columns. */
interface Compiled {
  columns: number;
  parse: (row: BulkRow) => ParsedRow;
  job: BulkJob;
  loader: BulkLoader;
}

/** Runs an import from where it stands to its end, or until it is stopped. */
@Injectable()
export class ImportRunner {
  private readonly logger = new Logger('imports');

  constructor(
    private readonly database: Database,
    private readonly kit: RecordKit,
    private readonly files: FileStore,
    private readonly imports: ImportsRepository,
    private readonly runs: ImportRunRepository,
    private readonly committer: ChunkCommitter,
  ) {}

  async run(job: RunningJob<ImportJobData>): Promise<void> {
    const owner = { workspaceId: job.workspaceId as string };
    const lease = uuidv7();
    const { importId } = job.data;
    if (!(await this.runs.claim(owner, importId, lease))) return;
    const row = (await this.imports.find(owner, importId)) as ImportRow;
    const ctx = contextOf(row, owner.workspaceId);
    try {
      const definition = this.kit.byPlural(row.object) as ObjectDefinition;
      const settings = await this.kit.settings.of(ctx, definition, true);
      await this.load({ ctx, row, lease, definition, settings, signal: job.signal });
      await this.finish(ctx, row, lease, 'completed', null);
    } catch (error) {
      await this.end(ctx, row, lease, error, job);
    }
  }

  /** Reads and loads; while one chunk is in the database, the next one is read and checked. */
  private async load(run: Run): Promise<void> {
    const { row, ctx, signal } = run;
    const reader = await openRows(await this.files.open(ctx, row.fileId), {
      ...readOptionsOf(row.options, row.fileName),
      skipRows: row.nextRow,
      batchRows: CHUNK_ROWS,
    });
    let compiled = await this.compile(run, reader);
    let from = row.nextRow;
    let loading: Promise<void> = Promise.resolve();
    try {
      for await (const batch of reader) {
        if (reader.headers.length !== compiled.columns) compiled = await this.compile(run, reader);
        const rows = await parseSlices(batch, compiled.parse);
        await loading;
        signal.throwIfAborted();
        const { job, loader } = compiled;
        const { bytesRead } = reader;
        loading = this.committer.commit({ ...run, job, loader, from, rows, bytesRead });
        loading.catch(() => undefined); // awaited with the next batch, or below
        from += rows.length;
      }
    } catch (error) {
      // A file that turns out to be damaged keeps what was good; the load's own error comes first.
      await loading;
      throw error;
    } finally {
      await reader.close();
    }
    await loading;
  }

  private async compile(run: Run, reader: RowReader): Promise<Compiled> {
    const { row, definition, settings, ctx, lease } = run;
    const input: PlanInput = {
      definition,
      settings,
      find: (object) => this.kit.get(object),
      options: row.options,
      fileName: row.fileName,
      isOpen: reader.format === 'ndjson' || reader.format === 'vcard',
    };
    const plan = planImport(input, [...reader.headers]);
    const { format, encoding, delimiter } = reader;
    const mapping = Object.fromEntries(
      plan.headers.map((name, index) => [name, plan.paths[index] ?? null]),
    );
    await this.runs.describe(ctx, row.id, lease, {
      ...{ format, encoding, delimiter, mapping },
      ...{ matchOn: plan.match?.name ?? null, headers: plan.headers, unmapped: plan.unmapped },
    });
    const job = bulkJobOf(run, plan);
    return {
      columns: plan.headers.length,
      parse: compileRows(plan.targets, rowRulesOf(run)),
      job,
      loader: new BulkLoader(this.kit, job),
    };
  }

  /** Ends the import as its error asks; an error that may pass is left to the queue. */
  private async end(
    ctx: RequestContext,
    row: ImportRow,
    lease: string,
    error: unknown,
    job: RunningJob<ImportJobData>,
  ): Promise<void> {
    if (error instanceof LeaseLost) return;
    if (error instanceof ImportCancelled) {
      await this.finish(ctx, row, lease, 'cancelled', null);
      return;
    }
    const problem = problemOf(error);
    if (problem) {
      await this.finish(ctx, row, lease, 'failed', problem);
      return;
    }
    if (!job.signal.aborted) this.logger.error({ error, importId: row.id }, 'An import stopped');
    if (job.isLastAttempt && !job.signal.aborted) {
      const detail = 'The import could not be finished; its worker kept failing.';
      await this.finish(ctx, row, lease, 'failed', { code: 'internal', detail, line: null });
    }
    throw error;
  }

  private async finish(
    ctx: RequestContext,
    row: ImportRow,
    lease: string,
    status: ImportStatus,
    problem: ImportProblem | null,
  ): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const [ended] = await tx.run([this.runs.finish(ctx, row.id, lease, status, problem)]);
      const totals = ended?.rows[0];
      if (!totals) return;
      const type = status === 'cancelled' ? 'import.cancelled' : 'import.completed';
      const changes = { importId: row.id, status, ...totals };
      await tx.run([
        ...this.runs.forget(ctx, row.id),
        recordEvents([eventOf(ctx, { type, object: 'imports', recordId: row.id, changes })]),
      ]);
    });
  }
}

/** The import acts as the user who started it, with what they were allowed to then. */
export function contextOf(row: ImportRow, workspaceId: string): RequestContext {
  return {
    workspaceId,
    principal: row.principal,
    grants: new Map(Object.entries(row.grants)),
    accessKey: `import:${row.id}`,
    requestId: row.requestId ?? row.id,
    ip: null,
  };
}

function bulkJobOf({ ctx, row, definition, settings }: Run, plan: ImportPlan): BulkJob {
  const { options } = row;
  return {
    ctx,
    importId: row.id,
    source: `import:${row.id}`,
    definition,
    settings,
    targets: plan.targets,
    mode: options.mode ?? 'upsert',
    match: plan.match,
    keys: keysOfTargets(definition, plan.targets, plan.match),
    onDuplicate: options.onDuplicate ?? 'update',
    createReferences: options.createReferences === true,
    tags: options.tags ?? [],
    ownerId: options.ownerId,
    dryRun: options.dryRun === true,
  };
}

function rowRulesOf({ row, definition, settings }: Run) {
  const { defaultCountry, emptyCells = 'ignore' } = row.options;
  const country = defaultCountry === undefined ? null : normalizeCountry(defaultCountry).value;
  return {
    definition,
    properties: settings.properties,
    country: country ?? settings.country,
    currency: settings.currency,
    emptyCells,
  };
}

async function parseSlices(
  batch: readonly Row[],
  parse: (row: BulkRow) => ParsedRow,
): Promise<ParsedRow[]> {
  const rows: ParsedRow[] = [];
  for (let start = 0; start < batch.length; start += SLICE) {
    for (const row of batch.slice(start, start + SLICE)) rows.push(parse(row));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return rows;
}

function problemOf(error: unknown): ImportProblem | null {
  if (error instanceof FileError) {
    return { code: error.code, detail: error.detail, line: error.line };
  }
  if (error instanceof PlanFault) return { code: error.code, detail: error.detail, line: null };
  if (error instanceof TooManyUnforeseen) {
    const detail = 'So many rows could not be stored that the import was stopped.';
    return { code: 'internal', detail, line: null };
  }
  if (error instanceof Problem && error.code !== 'unavailable') {
    return { code: error.code, detail: error.detail, line: null };
  }
  return null;
}
