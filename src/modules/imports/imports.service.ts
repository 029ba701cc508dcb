import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import { normalizeCountry } from '../../common/values/country.js';
import { normalizeTags } from '../../common/values/tags.js';
import { Config } from '../../config/config.js';
import { Database } from '../../platform/database/database.js';
import { FileStore } from '../../platform/files/file-store.js';
import type { StoredFile } from '../../platform/files/file-store.js';
import { json } from '../../platform/http/answers.js';
import type { Answer } from '../../platform/http/answers.js';
import type { IdPage } from '../../platform/http/id-page.js';
import { UploadIdempotency } from '../../platform/http/upload-idempotency.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { readTarget } from '../../platform/records/bulk/targets.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import type { WorkspaceSettings } from '../../platform/records/record-settings.js';
import { checkOptions } from './option-checks.js';
import { pathsOf } from './import-columns.js';
import { assertMayDate } from './import-dates.js';
import type { ImportOptionsDto } from './import-options.dto.js';
import type { ImportDto } from './import.dto.js';
import type { ImportUpload } from './import-upload.js';
import { importView } from './import-view.js';
import { RevertImport, RunImport } from './imports.jobs.js';
import { ImportsRepository } from './imports.repository.js';
import type { ImportRow } from './imports.repository.js';

/** What an import's options say, checked against the workspace. */
export interface CheckedOptions {
  definition: ObjectDefinition;
  settings: WorkspaceSettings;
}

/** Takes imports, tells how they are, stops and undoes them; the worker runs them. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly kit: RecordKit,
    private readonly files: FileStore,
    private readonly queue: JobQueue,
    private readonly imports: ImportsRepository,
    private readonly idempotency: UploadIdempotency,
  ) {}

  /** Largest file, in bytes. */
  get maxBytes(): number {
    return this.config.importMegabytes * 1024 * 1024;
  }

  /**
   * Stores the file as it arrives, then asks for the import.
   * @param key of a repeated request: the same file and options get the first answer.
   * @throws Problem 403, 422, or 413 for a file that is too large.
   */
  async start(
    ctx: RequestContext,
    upload: ImportUpload,
    key: string | undefined,
  ): Promise<{ answer: Answer; replayed: boolean }> {
    await this.check(ctx, upload.options);
    const facts = { name: upload.fileName, contentType: upload.contentType };
    const file = await this.files.save(ctx, upload.file, facts);
    try {
      const begun = await this.begin(ctx, upload.options, file, key);
      if (begun.replayed) await this.files.discard(ctx, file.id);
      return begun;
    } catch (error) {
      await this.files.discard(ctx, file.id);
      throw error;
    }
  }

  private async begin(
    ctx: RequestContext,
    options: ImportOptionsDto,
    file: StoredFile,
    key: string | undefined,
  ): Promise<{ answer: Answer; replayed: boolean }> {
    const id = uuidv7();
    const sent = { purpose: 'import', file, options };
    const work = await this.database.transaction(ctx, async (tx) => {
      const first = key === undefined ? null : await this.idempotency.claim(tx, ctx, key, sent);
      if (first) return { answer: first, replayed: true };
      const changes = { importId: id, object: options.object, file: file.name, size: file.size };
      const event = eventOf(ctx, {
        type: 'import.started',
        object: 'imports',
        recordId: id,
        changes,
      });
      const [, inserted] = await tx.run([
        this.files.complete(ctx, file),
        this.imports.insert(ctx, id, options, file),
        recordEvents([event]),
      ]);
      await this.queue.enqueue(tx, RunImport, { importId: id }, { jobId: `import-${id}` });
      const view = importView(inserted?.rows[0] as unknown as ImportRow);
      const answer = json(view, 202, { location: `/v1/imports/${id}` });
      if (key !== undefined) await this.idempotency.keep(tx, ctx, key, sent, answer);
      return { answer, replayed: false };
    });
    return work;
  }

  /** What the options mean. @throws Problem 403 or 422. */
  async check(ctx: RequestContext, options: ImportOptionsDto): Promise<CheckedOptions> {
    const definition = this.kit.byPlural(options.object);
    if (!definition) {
      const known = this.kit
        .all()
        .map(({ plural }) => plural)
        .join(', ');
      throw Problem.validation([
        { pointer: '/object', code: 'isIn', detail: `must be one of ${known}` },
      ]);
    }
    this.permit(ctx, definition, options);
    assertMayDate(ctx, definition, options);
    const settings = await this.kit.settings.of(ctx, definition, true);
    const errors = checkOptions(definition, settings, (object) => this.kit.get(object), options);
    if (options.defaultCountry !== undefined) {
      const country = normalizeCountry(options.defaultCountry);
      if (country.error) errors.push({ pointer: '/defaultCountry', ...country.error });
    }
    const tags = normalizeTags(options.tags ?? []);
    if (tags.error) errors.push({ ...tags.error, pointer: `/tags${tags.error.at ?? ''}` });
    if (options.ownerId !== undefined && !(await this.isUser(ctx, options.ownerId))) {
      const detail = `there is no user ${options.ownerId}`;
      errors.push({ pointer: '/ownerId', code: 'reference', detail });
    }
    if (errors.length > 0) throw Problem.validation(errors);
    return { definition, settings };
  }

  async get(ctx: RequestContext, id: string): Promise<ImportDto> {
    return importView(await this.findOrThrow(ctx, id));
  }

  async findOrThrow(ctx: RequestContext, id: string): Promise<ImportRow> {
    const row = await this.imports.find(ctx, id);
    if (!row) throw Problem.notFound('import', id);
    return row;
  }

  async list(ctx: RequestContext, page: IdPage): Promise<ImportDto[]> {
    return (await this.imports.list(ctx, page)).map(importView);
  }

  /** Asks the worker to stop; it does within a chunk. What is in stays. */
  async cancel(ctx: RequestContext, id: string): Promise<ImportDto> {
    return this.database.transaction(ctx, async (tx) => {
      const row = await this.imports.lock(tx, ctx, id);
      if (!row) throw Problem.notFound('import', id);
      if (row.status !== 'queued' && row.status !== 'running') {
        throw new Problem('conflict', `The import is ${row.status}: there is nothing to stop.`);
      }
      const [updated] = await tx.run([this.imports.requestCancel(ctx, id)]);
      const after = updated?.rows[0] as unknown as ImportRow;
      if (after.status === 'cancelled') {
        const facts = { object: 'imports', recordId: id, changes: { importId: id } };
        await tx.run([recordEvents([eventOf(ctx, { type: 'import.cancelled', ...facts })])]);
      }
      return importView(after);
    });
  }

  /** Begins to undo what the import did. */
  async revert(ctx: RequestContext, id: string): Promise<ImportDto> {
    return this.database.transaction(ctx, async (tx) => {
      const row = await this.imports.lock(tx, ctx, id);
      if (!row) throw Problem.notFound('import', id);
      this.permitRevert(ctx, row);
      const progress = {
        ...{ removed: 0, restored: 0, kept: 0 },
        ...{ startedAt: new Date().toISOString(), finishedAt: null },
        by: {
          principal: ctx.principal,
          grants: Object.fromEntries(ctx.grants),
          requestId: ctx.requestId,
        },
      };
      const [updated] = await tx.run([this.imports.beginRevert(ctx, id, progress)]);
      await this.queue.enqueue(tx, RevertImport, { importId: id }, { jobId: `revert-${id}` });
      return importView(updated?.rows[0] as unknown as ImportRow);
    });
  }

  private permitRevert(ctx: RequestContext, row: ImportRow): void {
    if (!['completed', 'failed', 'cancelled'].includes(row.status)) {
      throw new Problem('conflict', `The import is ${row.status} and cannot be reverted now.`);
    }
    if (row.options.dryRun) {
      throw new Problem('conflict', 'The import was a dry run: there is nothing to revert.');
    }
    const object = this.kit.byPlural(row.object)?.object ?? row.object;
    for (const action of ['delete', 'update']) assertGrant(ctx, `${object}:${action}`);
  }

  private permit(
    ctx: RequestContext,
    definition: ObjectDefinition,
    options: ImportOptionsDto,
  ): void {
    const { mode = 'upsert', onDuplicate = 'update' } = options;
    if (mode !== 'update') assertGrant(ctx, `${definition.object}:create`);
    if (mode !== 'create' || onDuplicate === 'update')
      assertGrant(ctx, `${definition.object}:update`);
    if (!options.createReferences) return;
    for (const object of this.madeObjects(definition, options)) {
      assertGrant(ctx, `${object}:create`);
    }
  }

  /** Objects of which an import may make records on the way. */
  private madeObjects(
    definition: ObjectDefinition,
    { mapping }: ImportOptionsDto,
  ): ReadonlySet<string> {
    if (!mapping) {
      const members = definition.lists.flatMap(({ items }) => items);
      const fields = [...definition.references, ...members];
      const objects = fields.flatMap(({ references }) => references?.object ?? []);
      return new Set(objects.filter((object) => object !== 'user'));
    }
    const find = (object: string) => this.kit.get(object);
    const targets = Object.values(mapping)
      .flatMap(pathsOf)
      .map((path) => readTarget(definition, new Map(), find, path));
    return new Set(
      targets.flatMap((target) => (target?.kind === 'link' ? target.object.object : [])),
    );
  }

  private async isUser(ctx: RequestContext, id: string): Promise<boolean> {
    const users = await this.database.query(
      ctx,
      'select id from users where workspace_id = $1 and id = $2',
      [ctx.workspaceId, id],
    );
    return users.length > 0;
  }
}

function assertGrant(ctx: RequestContext, permission: string): void {
  if (ctx.grants.has(permission)) return;
  throw new Problem('forbidden', `You need the permission ${permission}.`);
}
