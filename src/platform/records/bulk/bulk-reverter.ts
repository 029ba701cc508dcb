import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { Transaction } from '../../database/transaction.js';
import { eventOf } from '../../outbox/event.js';
import { recordEventRecords, recordEvents } from '../../outbox/record-events.js';
import { findByKey, keysOf } from '../match-key.js';
import type { ObjectDefinition } from '../object-definition.js';
import { assertReach } from '../reach.js';
import type { RecordKit } from '../record-kit.js';
import type { RecordRow } from '../record-row.js';
import { draftOf } from '../record-rules.js';
import { RecordStore } from '../record-store.js';
import { tagsOf, unindexStatement, unsearchStatement } from '../side-statements.js';
import { ChunkWriter } from './chunk-writer.js';
import type { Changed } from './chunk-writer.js';

/** A record as it was before an import changed it, and the version that the import left. */
export interface Before {
  id: string;
  version: number;
  before: Pick<RecordRow, 'ownerId' | 'values' | 'tags' | 'custom' | 'externalIds'>;
}

/** A record that was left alone, and why. */
export interface Kept {
  id: string;
  reason: 'changed' | 'deleted' | 'forbidden' | 'valueTaken';
}

export interface Reverted {
  done: number;
  kept: Kept[];
}

/** Undoes what a bulk load did to up to 1,000 records at a time. */
export class BulkReverter {
  constructor(
    private readonly kit: RecordKit,
    private readonly ctx: RequestContext,
    private readonly importId: string,
  ) {}

  /** Moves records that the load made to the bin, unless somebody has changed them since. */
  async bin(
    tx: Transaction,
    definition: ObjectDefinition,
    ids: readonly string[],
  ): Promise<Reverted> {
    const store = new RecordStore(definition);
    const rows = await store.lock(tx, this.ctx, ids);
    // A record that the load made and a later row of it changed counts as made.
    const versions = await this.takeChanges(tx, ids);
    const kept: Kept[] = [];
    const binned: RecordRow[] = [];
    for (const id of ids) {
      const row = rows.get(id);
      const reason = this.reasonToKeep(definition, 'delete', row, versions.get(id) ?? 1);
      if (!reason) binned.push(row as RecordRow);
      else if (reason !== 'deleted') kept.push({ id, reason });
    }
    if (binned.length > 0) await this.writeBinned(tx, store, binned);
    return { done: binned.length, kept };
  }

  /** Gives changed records their former values back, unless somebody has changed them since. */
  async restore(
    tx: Transaction,
    definition: ObjectDefinition,
    changes: readonly Before[],
  ): Promise<Reverted> {
    const store = new RecordStore(definition);
    const ids = changes.map(({ id }) => id);
    const rows = await store.lock(tx, this.ctx, ids);
    const kept: Kept[] = [];
    let changed: Changed[] = [];
    for (const { id, version, before } of changes) {
      const row = rows.get(id);
      const reason = this.reasonToKeep(definition, 'update', row, version);
      if (reason) kept.push({ id, reason });
      else changed.push({ before: row as RecordRow, after: { ...(row as RecordRow), ...before } });
    }
    const taken = await this.findTaken(tx, definition, changed);
    for (const id of taken) kept.push({ id, reason: 'valueTaken' });
    changed = changed.filter(({ before }) => !taken.has(before.id));
    if (changed.length > 0) {
      const drafts = changed.map(({ before, after }) => draftOf(before, after, ''));
      await definition.follow?.(tx, { ...this.ctx, tx }, drafts);
    }
    const writer = await this.writerOf(definition);
    const statements = await writer.update(tx, changed, null);
    if (statements.length > 0) await tx.run(statements);
    return { done: changed.length, kept };
  }

  private reasonToKeep(
    definition: ObjectDefinition,
    action: 'delete' | 'update',
    row: RecordRow | undefined,
    version: number,
  ): Kept['reason'] | null {
    if (!row || row.deletedAt !== null) return 'deleted';
    if (row.version !== version) return 'changed';
    try {
      assertReach(this.ctx, definition, action, row);
      return null;
    } catch (error) {
      if (error instanceof Problem) return 'forbidden';
      throw error;
    }
  }

  private async takeChanges(tx: Transaction, ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await tx.query<{ id: string; version: number }>(
      `delete from import_changes
       where workspace_id = $1 and import_id = $2 and record_id = any($3::uuid[])
       returning record_id as id, version`,
      [this.ctx.workspaceId, this.importId, ids],
    );
    return new Map(rows.map(({ id, version }) => [id, version]));
  }

  private async writeBinned(
    tx: Transaction,
    store: RecordStore,
    rows: readonly RecordRow[],
  ): Promise<void> {
    const { definition } = store;
    const { ctx } = this;
    const recordIds = rows.map(({ id }) => id);
    const type = `${definition.object}.deleted` as const;
    const source = `revert:${this.importId}`;
    const event = eventOf(ctx, { type, object: definition.plural, recordIds, source });
    const records = rows.map(({ id, version }) => ({ recordId: id, version: version + 1 }));
    await tx.run([
      store.setDeleted(ctx, recordIds, true),
      unindexStatement(ctx, definition, recordIds, 'unique'),
      unsearchStatement(ctx, definition, recordIds),
      recordEvents([event]),
      recordEventRecords(event, records),
    ]);
    tx.touch(tagsOf(definition, recordIds));
  }

  /** Records whose former unique values somebody else has now. */
  private async findTaken(
    tx: Transaction,
    definition: ObjectDefinition,
    changed: readonly Changed[],
  ): Promise<Set<string>> {
    const { properties } = await this.kit.settings.of(this.ctx, definition);
    const wanted = changed.flatMap(({ after }) =>
      keysOf(definition, properties, after).map((held) => ({ ...held, id: after.id })),
    );
    const taken = new Set<string>();
    for (const group of Map.groupBy(wanted, ({ key }) => key.name).values()) {
      const { key } = group[0] as (typeof group)[number];
      const values = group.map(({ value }) => value);
      const [found] = await tx.run([findByKey(this.ctx, definition, key, values)]);
      const holders = new Map(
        (found?.rows ?? []).map((row) => [row['value'] as string, row['id'] as string]),
      );
      for (const { id, value } of group) {
        const holder = holders.get(value);
        if (holder !== undefined && holder !== id) taken.add(id);
      }
    }
    return taken;
  }

  private async writerOf(definition: ObjectDefinition): Promise<ChunkWriter> {
    const { properties } = await this.kit.settings.of(this.ctx, definition);
    const columns = new Set(definition.columns.map(({ column }) => column));
    const sides = new Set(['tags', 'custom', 'external_ids']);
    const job = { ctx: this.ctx, source: `revert:${this.importId}` };
    return new ChunkWriter(job, definition, properties, { columns, sides });
  }
}
