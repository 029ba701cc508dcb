import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Statement } from '../database/pipeline.js';
import type { Transaction } from '../database/transaction.js';
import type { RecordJson } from '../http/answers.js';
import { moveLinks } from './record-links.js';
import { assertReach } from './reach.js';
import type { RecordKit } from './record-kit.js';
import { changesBetween } from './record-row.js';
import type { RecordRow } from './record-row.js';
import { applyRules, draftOf } from './record-rules.js';
import type { WorkspaceSettings } from './record-settings.js';
import { recordsById } from './record-store.js';
import type { RecordStore } from './record-store.js';
import {
  eventStatements,
  indexStatements,
  searchStatement,
  tagsOf,
  unindexStatement,
  unsearchStatement,
} from './side-statements.js';

/** A merge as the API takes it; checked by `MergeDto`. */
export interface Merge {
  duplicateIds: string[];
  /** Field to the id of the record whose value wins. */
  prefer?: Record<string, string>;
  dryRun?: boolean;
}

/** What a merge does, or would do. */
export interface MergeResult {
  /** The survivor afterwards; null in a dry run. */
  record: RecordJson | null;
  changes: Record<string, [unknown, unknown]>;
  /** Links that move to the survivor: table's object to count. */
  moved: Record<string, number>;
}

/** The result as the API answers it, with the record as PostgreSQL wrote it. */
export function mergeJson({ record, changes, moved }: MergeResult): string {
  const rest = JSON.stringify({ changes, moved }).slice(1);
  return `{"record":${record?.json ?? 'null'},${rest}`;
}

/** All members of the objects; where several have one, the first object's. */
function firstOf<T>(objects: readonly Record<string, T>[]): Record<string, T> {
  return Object.fromEntries(objects.toReversed().flatMap((object) => Object.entries(object)));
}

class DryRun extends Error {
  constructor(readonly result: MergeResult) {
    super('dry run');
  }
}

/** Merges duplicates into one record; their links follow it. */
export class RecordMerger {
  constructor(
    private readonly kit: RecordKit,
    private readonly store: RecordStore,
  ) {}

  /**
   * Fills what the survivor lacks from the duplicates, in their order, and moves them to the bin.
   * A dry run does all of it and takes it back, so what it reports is what would happen.
   */
  async merge(ctx: RequestContext, id: string, merge: Merge): Promise<MergeResult> {
    const settings = await this.kit.settings.of(ctx, this.store.definition, true);
    try {
      return await this.kit.database.transaction({ ...ctx }, (tx) => {
        const perform = () => this.perform(tx, ctx, id, merge, settings);
        // The transaction may be that of an Idempotency-Key, which goes on after a dry run.
        return merge.dryRun ? tx.savepoint(perform) : perform();
      });
    } catch (error) {
      if (error instanceof DryRun) return error.result;
      throw error;
    }
  }

  private async perform(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
    merge: Merge,
    settings: WorkspaceSettings,
  ): Promise<MergeResult> {
    const { definition } = this.store;
    const { survivor, losers } = await this.lock(tx, ctx, id, merge.duplicateIds);
    const { prefer = {} } = merge;
    const merged = this.combine(survivor, losers, prefer);
    const moves = definition.merging?.(ctx, { survivor, merged, losers, prefer }) ?? [];
    const draft = draftOf(survivor, merged, '');
    await applyRules(definition, tx, { ...ctx, tx }, [draft]);
    if (draft.errors.length > 0) throw Problem.validation(draft.errors);
    const changes = changesBetween(definition, survivor, merged);
    const lost = losers.map((loser) => loser.id);
    const moved = await moveLinks(this.kit, tx, ctx, definition, lost, id);
    for (const companion of this.kit.companionsOf(definition.object)) {
      await companion.merging(tx, ctx, merged, losers);
    }
    const results = await tx.run([
      ...this.statements(ctx, survivor, merged, losers, changes, settings.properties),
      ...moves,
    ]);
    const record = recordsById(results[2]).get(id) as RecordJson;
    tx.touch(tagsOf(definition, [id, ...lost]));
    if (merge.dryRun) throw new DryRun({ record: null, changes, moved });
    return { record, changes, moved };
  }

  private async lock(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
    duplicateIds: readonly string[],
  ): Promise<{ survivor: RecordRow; losers: RecordRow[] }> {
    const { definition } = this.store;
    if (duplicateIds.includes(id)) {
      const detail = 'a record cannot be merged into itself';
      throw Problem.validation([{ pointer: '/duplicateIds', code: 'self', detail }]);
    }
    const rows = await this.store.lock(tx, ctx, [id, ...duplicateIds]);
    const survivor = rows.get(id);
    if (!survivor || survivor.deletedAt !== null) throw Problem.notFound(definition.object, id);
    assertReach(ctx, definition, 'update', survivor);
    const losers = duplicateIds.map((duplicateId, index) => {
      const row = rows.get(duplicateId);
      if (!row || row.deletedAt !== null) {
        const detail = `there is no ${definition.object} ${duplicateId}`;
        const pointer = `/duplicateIds/${index}`;
        throw Problem.validation([{ pointer, code: 'reference', detail }]);
      }
      assertReach(ctx, definition, 'delete', row);
      return row;
    });
    return { survivor, losers };
  }

  private combine(
    survivor: RecordRow,
    losers: readonly RecordRow[],
    prefer: Record<string, string>,
  ): RecordRow {
    const merged: RecordRow = {
      ...survivor,
      values: { ...survivor.values },
      tags: [...new Set([survivor, ...losers].flatMap(({ tags }) => tags))],
      custom: firstOf([survivor, ...losers].map((row) => row.custom)),
      externalIds: firstOf([survivor, ...losers].map((row) => row.externalIds)),
      ownerId: survivor.ownerId ?? losers.find((loser) => loser.ownerId)?.ownerId ?? null,
    };
    for (const field of this.store.definition.fieldList) {
      const columns = field.columns.map(({ column }) => column);
      const isEmpty = (row: RecordRow): boolean =>
        columns.every((column) => row.values[column] === null || row.values[column] === '[]');
      const source =
        this.preferred(field.name, prefer, survivor, losers) ??
        [survivor, ...losers].find((row) => !isEmpty(row)) ??
        survivor;
      for (const column of columns) merged.values[column] = source.values[column] ?? null;
    }
    // A company that pointed to a duplicate of itself would become its own parent.
    const gone = new Set([survivor.id, ...losers.map(({ id }) => id)]);
    for (const { column } of this.store.definition.references) {
      if (gone.has(String(merged.values[column]))) merged.values[column] = null;
    }
    return merged;
  }

  private preferred(
    field: string,
    prefer: Record<string, string>,
    survivor: RecordRow,
    losers: readonly RecordRow[],
  ): RecordRow | undefined {
    const wanted = prefer[field];
    if (wanted === undefined) return undefined;
    const row = [survivor, ...losers].find(({ id }) => id === wanted);
    if (row) return row;
    const detail = 'must be the id of the survivor or of one of duplicateIds';
    throw Problem.validation([{ pointer: `/prefer/${field}`, code: 'reference', detail }]);
  }

  private statements(
    ctx: RequestContext,
    survivor: RecordRow,
    merged: RecordRow,
    losers: readonly RecordRow[],
    changes: Record<string, [unknown, unknown]>,
    properties: Parameters<typeof indexStatements>[3],
  ): Statement[] {
    const { definition } = this.store;
    const ids = losers.map(({ id }) => id);
    const all = [merged.id, ...ids];
    return [
      // First the duplicates go, so that their unique values are free for the survivor.
      this.store.setDeleted(ctx, ids, true, merged.id),
      unindexStatement(ctx, definition, all),
      this.store.update(ctx, [merged]),
      ...indexStatements(ctx, definition, [merged], properties),
      unsearchStatement(ctx, definition, ids),
      searchStatement(ctx, definition, [merged]),
      ...(definition.sides?.(ctx, [{ before: survivor, after: merged }]) ?? []),
      ...eventStatements(ctx, definition, 'merged', [
        { id: merged.id, version: merged.version + 1, changes: { ...changes, mergedIds: ids } },
      ]),
      ...eventStatements(
        ctx,
        definition,
        'deleted',
        losers.map(({ id, version }) => ({
          id,
          version: version + 1,
          changes: { mergedInto: [null, merged.id] },
        })),
      ),
    ];
  }
}
