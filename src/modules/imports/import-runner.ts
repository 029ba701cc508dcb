import { Injectable, Logger } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import { normalizeCountry } from '../../common/values/country.js';
import { Database } from '../../platform/database/database.js';
import { refreshStatistics } from '../../platform/database/statistics.js';
import { FileStore } from '../../platform/files/file-store.js';
import { FileError, openRows } from '../../platform/files/formats/index.js';
import type { RowReader } from '../../platform/files/formats/index.js';
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
import { ChunkPipe } from './chunk-pipe.js';
import { readsDates } from './import-dates.js';
import { PlanFault, planImport } from './import-plan.js';
import type { ImportPlan, PlanInput } from './import-plan.js';
import { ImportRunRepository } from './import-run.repository.js';
import type { ImportJobData } from './imports.jobs.js';
import { ImportsRepository } from './imports.repository.js';
import type { ImportProblem, ImportRow, ImportStatus } from './imports.repository.js';
import { cellForms } from './option-checks.js';
import { readOptionsOf } from './read-options.js';

/** Rows taken from the file at once; with the limits below it bounds what hostile files can fill. */
const BATCH_ROWS = 100;

/** No record is longer: its longest text has 10,000 characters. */
const LIMITS = { maxRow: 512 * 1024, maxCell: 128 * 1024 };

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
      if (!row.options.dryRun) await this.refresh(ctx, row.id, definition);
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
      batchRows: BATCH_ROWS,
      limits: LIMITS,
    });
    const pipe = new ChunkPipe(this.committer, row.nextRow, signal);
    let compiled = await this.compile(run, reader);
    try {
      for await (const batch of reader) {
        if (reader.headers.length !== compiled.columns) {
          await pipe.flush();
          compiled = await this.compile(run, reader);
        }
        const { job, loader, parse } = compiled;
        const rows = batch.map(parse);
        await pipe.add(rows, { ...run, job, loader, bytesRead: reader.bytesRead });
      }
    } catch (error) {
      // A file that turns out to be damaged keeps what was good before.
      if (error instanceof FileError) await pipe.flush();
      throw error;
    } finally {
      await pipe.settle();
      await reader.close();
    }
    await pipe.flush();
    await this.committer.trim({ ...run, job: compiled.job, loader: compiled.loader });
  }

  private async compile(run: Run, reader: RowReader): Promise<Compiled> {
    const { row, definition, settings, ctx, lease } = run;
    const input: PlanInput = {
      definition,
      settings,
      find: (object) => this.kit.get(object),
      options: row.options,
      fileName: row.fileName,
      readsDates: readsDates(ctx, row.options),
      isOpen: reader.format === 'ndjson' || reader.format === 'vcard',
    };
    const plan = planImport(input, [...reader.headers]);
    const { format, encoding, delimiter } = reader;
    const mapping = Object.fromEntries(
      plan.headers.map((name, index) => [name, shownPath(plan.paths[index])]),
    );
    await this.runs.describe(ctx, row.id, lease, {
      ...{ format, encoding, delimiter, mapping },
      ...{ matchOn: plan.match?.name ?? null, headers: plan.headers, unmapped: plan.unmapped },
    });
    const job = bulkJobOf(run, plan);
    return {
      columns: plan.headers.length,
      parse: leavingOut(plan, compileRows(plan.targets, rowRulesOf(run), plan.cellsOf)),
      job,
      loader: new BulkLoader(this.kit, job),
    };
  }

  /** Searches and reports that come next are planned for what is there now. */
  private async refresh(
    ctx: RequestContext,
    id: string,
    { table }: ObjectDefinition,
  ): Promise<void> {
    const { created = 0, updated = 0 } = (await this.imports.find(ctx, id)) ?? {};
    const load = { tables: [table, 'record_index'], rows: created + updated };
    await refreshStatistics(this.database, load).catch((error: unknown) => {
      // Autovacuum does the same later: the import is no worse for it.
      this.logger.warn({ error, importId: id }, 'Statistics could not be refreshed');
    });
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

/** The path, or paths, of a header as people see them. */
export function shownPath(paths: readonly string[] = []): string | string[] | null {
  return paths.length > 1 ? [...paths] : (paths[0] ?? null);
}

/** Rows to leave out say why, and nothing else is read of them. */
export function leavingOut(
  { leftOut }: ImportPlan,
  parse: (row: BulkRow) => ParsedRow,
): (row: BulkRow) => ParsedRow {
  return (row) => {
    const reason = row.error ? null : leftOut(row.cells);
    return parse(reason === null ? row : { ...row, error: { code: 'leftOut', detail: reason } });
  };
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
    list: plan.list,
    mode: options.mode ?? 'upsert',
    match: plan.match,
    keys: keysOfTargets(definition, plan.targets, plan.match),
    onDuplicate: options.onDuplicate ?? 'update',
    createReferences: options.createReferences === true,
    tags: options.tags ?? [],
    ownerId: options.ownerId,
    dryRun: options.dryRun === true,
    automations: options.runAutomations === true,
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
    forms: cellForms(row.options),
  };
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
