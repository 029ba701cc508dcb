import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Statement } from '../database/pipeline.js';
import type { Transaction } from '../database/transaction.js';
import { duplicateProblem, findByKey, keysOf } from './match-key.js';
import type { MatchKey } from './match-key.js';
import { failed, isFailure } from './outcome.js';
import type { Outcomes, WriteItem } from './outcome.js';
import type { RecordRow } from './record-row.js';
import { applyRules, draftOf, problemOf } from './record-rules.js';
import type { Draft } from './record-rules.js';
import type { WorkspaceSettings } from './record-settings.js';
import { recordsById } from './record-store.js';
import type { RecordStore } from './record-store.js';
import type { ReferenceUse } from './references.js';

/** A new record, read and checked as far as that goes without the database. */
export interface Prepared {
  item: WriteItem;
  row: RecordRow;
  uses: ReferenceUse[];
  ownerIsDefault: boolean;
}

/** How records are inserted. */
export interface Insertion {
  settings: WorkspaceSettings;
  /** Takes what becomes of each. */
  outcomes: Outcomes;
  /** The statements that write what belongs to new records. */
  sidesOf: (rows: readonly RecordRow[]) => Statement[];
}

/** Records that were inserted, with the statements that are still to be run for them. */
export interface Inserted {
  rows: RecordRow[];
  sides: Statement[];
}

/** Some of a set cannot be written; ends a savepoint. */
class SomeRefused extends Error {}

const NOTHING: Inserted = { rows: [], sides: [] };

/** As it was read, before rules gave it values. */
const copyOf = (prepared: Prepared): Prepared => ({
  ...prepared,
  row: { ...prepared.row, values: { ...prepared.row.values } },
});

/** Inserts sets of new records: those that can be, with an outcome for each. */
export class RecordInserter {
  constructor(private readonly store: RecordStore) {}

  /**
   * Inserts those that can be. What rules have drawn for the others, such as numbers
   * without gaps, is given back: the rest then begins again.
   */
  async insert(
    tx: Transaction,
    ctx: RequestContext,
    pending: Prepared[],
    insertion: Insertion,
  ): Promise<Inserted> {
    const { prepare } = this.store.definition;
    if (!prepare) return this.insertOnce(tx, ctx, pending, insertion);
    const { outcomes } = insertion;
    let left = pending.map(copyOf);
    for (;;) {
      const attempt = left.map(copyOf);
      const refused: Outcomes = new Map();
      try {
        return await tx.savepoint(async () => {
          const tried = { ...insertion, outcomes: refused };
          const inserted = await this.insertOnce(tx, ctx, attempt, tried);
          if (inserted.rows.length < attempt.length) throw new SomeRefused();
          for (const [index, outcome] of refused) outcomes.set(index, outcome);
          return inserted;
        });
      } catch (error) {
        if (!(error instanceof SomeRefused)) throw error;
      }
      for (const { item } of left) {
        const outcome = refused.get(item.index);
        if (outcome && isFailure(outcome)) outcomes.set(item.index, outcome);
      }
      left = left.filter(({ item }) => !outcomes.has(item.index));
      if (left.length === 0) return NOTHING;
    }
  }

  private async insertOnce(
    tx: Transaction,
    ctx: RequestContext,
    items: Prepared[],
    { settings, outcomes, sidesOf }: Insertion,
  ): Promise<Inserted> {
    let pending = await this.dropFaulty(tx, ctx, items, outcomes);
    pending = await this.dropTaken(tx, ctx, pending, settings, outcomes);
    if (pending.length === 0) return NOTHING;
    const rows = pending.map(({ row }) => row);
    // While the database inserts, what follows is worked out as if nothing will be skipped.
    const [[result], ahead] = await Promise.all([
      tx.run([this.store.insert(ctx, rows, 'skip')]),
      Promise.resolve(rows).then(sidesOf),
    ]);
    const records = recordsById(result);
    const made = pending.filter(({ row }) => records.has(row.id));
    for (const { item, row } of made) {
      outcomes.set(item.index, { status: 201, id: row.id, record: records.get(row.id) });
    }
    const skipped = pending.filter(({ row }) => !records.has(row.id));
    if (skipped.length === 0) return { rows, sides: ahead };
    await this.nameTaken(tx, ctx, skipped, settings, outcomes);
    const left = made.map(({ row }) => row);
    return left.length === 0 ? NOTHING : { rows: left, sides: sidesOf(left) };
  }

  /** Applies the domain's rules and drops the items that they find wrong. */
  private async dropFaulty(
    tx: Transaction,
    ctx: RequestContext,
    pending: Prepared[],
    outcomes: Outcomes,
  ): Promise<Prepared[]> {
    const drafts = pending.map(({ item, row, ownerIsDefault }) => ({
      ...draftOf(null, row, item.pointer),
      ownerIsDefault,
    }));
    await applyRules(this.store.definition, tx, { ...ctx, tx }, drafts);
    return pending.filter(({ item }, index) => {
      const problem = problemOf(drafts[index] as Draft);
      if (problem) outcomes.set(item.index, failed(problem));
      return problem === undefined;
    });
  }

  /** Drops items whose external id or unique custom value is taken, here or by one before. */
  private async dropTaken(
    tx: Transaction,
    ctx: RequestContext,
    pending: Prepared[],
    settings: WorkspaceSettings,
    outcomes: Outcomes,
  ): Promise<Prepared[]> {
    const { definition } = this.store;
    const sideKeys = (row: RecordRow) =>
      keysOf(definition, settings.properties, row).filter(({ key }) => key.kind !== 'column');
    const taken = await this.takenKeys(
      tx,
      ctx,
      pending.flatMap(({ row }) => sideKeys(row)),
    );
    return pending.filter(({ item, row }) => {
      const keys = sideKeys(row);
      const clash = keys.find(({ key, value }) => taken.has(`${key.name}\n${value}`));
      if (clash) {
        const existing = taken.get(`${clash.key.name}\n${clash.value}`) as string;
        const problem = duplicateProblem(definition, clash.key, clash.value, existing);
        outcomes.set(item.index, failed(problem));
        return false;
      }
      for (const { key, value } of keys) taken.set(`${key.name}\n${value}`, row.id);
      return true;
    });
  }

  /** Records that hold one of the keys: `name\nvalue` to id. */
  private async takenKeys(
    tx: Transaction,
    ctx: RequestContext,
    keys: readonly { key: MatchKey; value: string }[],
  ): Promise<Map<string, string>> {
    const taken = new Map<string, string>();
    for (const group of Map.groupBy(keys, ({ key }) => key.name).values()) {
      const { key } = group[0] as { key: MatchKey };
      const values = [...new Set(group.map(({ value }) => value))];
      const [found] = await tx.run([findByKey(ctx, this.store.definition, key, values)]);
      for (const row of found?.rows ?? []) {
        taken.set(`${key.name}\n${String(row['value'])}`, row['id'] as string);
      }
    }
    return taken;
  }

  /** Says of skipped items which record has their unique value. */
  private async nameTaken(
    tx: Transaction,
    ctx: RequestContext,
    skipped: readonly Prepared[],
    settings: WorkspaceSettings,
    outcomes: Outcomes,
  ): Promise<void> {
    const keys = skipped.flatMap(({ row }) =>
      keysOf(this.store.definition, settings.properties, row),
    );
    const taken = await this.takenKeys(tx, ctx, keys);
    for (const { item, row } of skipped) {
      const clash = keysOf(this.store.definition, settings.properties, row).find(({ key, value }) =>
        taken.has(`${key.name}\n${value}`),
      );
      const problem = clash
        ? duplicateProblem(
            this.store.definition,
            clash.key,
            clash.value,
            taken.get(`${clash.key.name}\n${clash.value}`) as string,
          )
        : new Problem('conflict', 'Another record with the same unique value was being written.');
      outcomes.set(item.index, failed(problem));
    }
  }
}
