import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { violationOf } from '../database/database-errors.js';
import type { Statement } from '../database/pipeline.js';
import type { Transaction } from '../database/transaction.js';
import type { RecordAction } from '../access/permissions.js';
import type { Changes } from '../outbox/event.js';
import { itemsOf } from './list-items.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordJson } from '../http/answers.js';
import { failed } from './outcome.js';
import type { Outcomes, WriteItem } from './outcome.js';
import { moveLinks } from './record-links.js';
import { assertReach, assertVersion } from './reach.js';
import { explainViolation } from './record-violations.js';
import type { RecordKit } from './record-kit.js';
import type { RecordRow } from './record-row.js';
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

/** Moves records to the bin and back, and removes them for good. */
export class RecordRemover {
  constructor(
    private readonly kit: RecordKit,
    private readonly store: RecordStore,
  ) {}

  /** Moves a record to the bin. Its unique values are free for others from then on. */
  async toBin(ctx: RequestContext, id: string, ifMatch: number | undefined): Promise<void> {
    await this.kit.database.transaction(ctx, async (tx) => {
      const row = await this.lockOne(tx, ctx, id, 'delete', false, ifMatch);
      await tx.run(this.binStatements(ctx, [row]));
      tx.touch(tagsOf(this.store.definition, [id]));
    });
  }

  /** Moves the records of a batch to the bin. */
  async manyToBin(
    tx: Transaction,
    ctx: RequestContext,
    items: readonly WriteItem[],
    outcomes: Outcomes,
  ): Promise<void> {
    const ids = items.map(({ id }) => id as string);
    const rows = await this.store.lock(tx, ctx, ids);
    const binned: RecordRow[] = [];
    for (const { index, id, ifMatch } of items) {
      try {
        const row = this.check(ctx, rows.get(id as string), id as string, 'delete', false, ifMatch);
        binned.push(row);
        outcomes.set(index, { status: 204, id: row.id });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        outcomes.set(index, failed(error));
      }
    }
    if (binned.length === 0) return;
    await tx.run(this.binStatements(ctx, binned));
    tx.touch(
      tagsOf(
        this.store.definition,
        binned.map(({ id }) => id),
      ),
    );
  }

  /** Brings a record back; its unique values must still be free. */
  async restore(ctx: RequestContext, id: string): Promise<RecordJson> {
    const { definition } = this.store;
    const settings = await this.kit.settings.of(ctx, definition);
    let row: RecordRow | undefined;
    try {
      return await this.kit.database.transaction(ctx, async (tx) => {
        row = await this.lockOne(tx, ctx, id, 'delete', true, undefined);
        const written = [{ id, version: row.version + 1, changes: null }];
        const results = await tx.run([
          this.store.setDeleted(ctx, [id], false),
          unindexStatement(ctx, definition, [id]),
          ...indexStatements(ctx, definition, [row], settings.properties),
          searchStatement(ctx, definition, [{ ...row, deletedAt: null }]),
          ...eventStatements(ctx, definition, 'restored', written),
          this.store.json(ctx, [id]),
        ]);
        tx.touch(tagsOf(definition, [id]));
        return recordsById(results.at(-1)).get(id) as RecordJson;
      });
    } catch (error) {
      if (!row || !violationOf(error)) throw error;
      throw await explainViolation(this.kit, this.store, ctx, row, settings, error);
    }
  }

  /** Removes a record for good, whether it is in the bin or not. */
  async purge(ctx: RequestContext, id: string, ifMatch: number | undefined): Promise<void> {
    const { definition } = this.store;
    await this.kit.database.transaction(ctx, async (tx) => {
      const row = await this.lockOne(tx, ctx, id, 'purge', undefined, ifMatch);
      await moveLinks(this.kit, tx, ctx, definition, [id], null);
      for (const companion of this.kit.companionsOf(definition.object)) {
        await companion.purging(tx, ctx, row);
      }
      await tx.run([
        this.store.purge(ctx, [id]),
        unindexStatement(ctx, definition, [id]),
        unsearchStatement(ctx, definition, [id]),
        ...eventStatements(ctx, definition, 'purged', [
          { id, version: row.version, changes: formerReferences(definition, row) },
        ]),
      ]);
      tx.touch(tagsOf(definition, [id]));
    });
  }

  private binStatements(ctx: RequestContext, rows: readonly RecordRow[]): Statement[] {
    const { definition } = this.store;
    const ids = rows.map(({ id }) => id);
    const written = rows.map(({ id, version }) => ({ id, version: version + 1, changes: null }));
    return [
      this.store.setDeleted(ctx, ids, true),
      unindexStatement(ctx, definition, ids, 'unique'),
      searchStatement(
        ctx,
        definition,
        rows.map((row) => ({ ...row, deletedAt: 'now' })),
      ),
      ...eventStatements(ctx, definition, 'deleted', written),
    ];
  }

  private async lockOne(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
    action: RecordAction,
    inBin: boolean | undefined,
    ifMatch: number | undefined,
  ): Promise<RecordRow> {
    const rows = await this.store.lock(tx, ctx, [id]);
    return this.check(ctx, rows.get(id), id, action, inBin, ifMatch);
  }

  private check(
    ctx: RequestContext,
    row: RecordRow | undefined,
    id: string,
    action: RecordAction,
    inBin: boolean | undefined,
    ifMatch: number | undefined,
  ): RecordRow {
    const { definition } = this.store;
    if (!row) throw Problem.notFound(definition.object, id);
    assertReach(ctx, definition, action, row);
    const isBinned = row.deletedAt !== null;
    if (inBin !== undefined && isBinned !== inBin) {
      if (!inBin) throw Problem.notFound(definition.object, id);
      throw new Problem('conflict', `The ${definition.object} is not in the bin.`);
    }
    if (row.mergedInto !== null && action !== 'purge') {
      throw new Problem('conflict', `It was merged into ${row.mergedInto}.`, {
        extra: { mergedInto: row.mergedInto },
      });
    }
    assertVersion(row, ifMatch);
    const reason = isBinned ? undefined : definition.staying?.(row);
    if (reason) throw new Problem('conflict', reason);
    return row;
  }
}

/** What a record led to: who follows the log can tell whom its end concerns. Null for nothing. */
function formerReferences(definition: ObjectDefinition, row: RecordRow): Changes | null {
  const changes: Changes = {};
  for (const { name, column } of definition.references) {
    const id = row.values[column];
    if (typeof id === 'string') changes[name] = [id, null];
  }
  for (const [key, { list, member }] of definition.indexedItems) {
    if (!member.references && member.objectIn === undefined) continue;
    const ids = itemsOf(row.values[list.column]).map((item) => item[member.name]);
    const named = [...new Set(ids.filter((id) => typeof id === 'string'))];
    if (named.length > 0) changes[key] = [named, null];
  }
  return Object.keys(changes).length > 0 ? changes : null;
}
