import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import type { Statement } from '../database/pipeline.js';
import type { Transaction } from '../database/transaction.js';
import type { RecordJson } from '../http/answers.js';
import { duplicateProblem, findByKey, keysOf } from './match-key.js';
import type { MatchKey } from './match-key.js';
import { failed } from './outcome.js';
import type { Outcomes, WriteItem } from './outcome.js';
import { ownerOfNew } from './reach.js';
import type { RecordKit } from './record-kit.js';
import { checkComplete, parseRecord } from './record-input.js';
import type { ColumnValues } from './field-types.js';
import { newRow } from './record-row.js';
import type { RecordRow } from './record-row.js';
import { applyRules, draftOf } from './record-rules.js';
import type { WorkspaceSettings } from './record-settings.js';
import { recordsById } from './record-store.js';
import type { RecordStore } from './record-store.js';
import { explainViolation } from './record-violations.js';
import { lookupStatements, missing, missingReferences, referencesOf } from './references.js';
import type { ReferenceUse } from './references.js';
import { eventStatements, indexStatements, searchStatement, tagsOf } from './side-statements.js';

interface Prepared {
  item: WriteItem;
  row: RecordRow;
  uses: ReferenceUse[];
  ownerIsDefault: boolean;
}

/** Values that the server gives a new record whatever the body says. */
export interface GivenValues {
  values?: ColumnValues;
  ownerId?: string | null;
}

/** Makes records: one in a single round trip, or many with one statement each kind. */
export class RecordCreator {
  constructor(
    private readonly kit: RecordKit,
    private readonly store: RecordStore,
  ) {}

  /**
   * Makes one record with its event, or throws why not.
   * @param given what the server says of it besides, read-only fields too.
   */
  async one(ctx: RequestContext, body: unknown, given: GivenValues = {}): Promise<RecordJson> {
    const { definition } = this.store;
    const { prepared, settings } = await this.prepareOne(ctx, body);
    const { row, uses } = prepared;
    Object.assign(row.values, given.values);
    if (given.ownerId !== undefined) row.ownerId = given.ownerId;
    const ownerIsDefault = prepared.ownerIsDefault && given.ownerId === undefined;
    await this.assertReferences(ctx, uses);
    if (definition.prepare) {
      // What the database is asked for must still be so when the record is written.
      return this.kit.database.transaction(ctx, (tx) =>
        this.writeOne({ ...ctx, tx }, row, settings, ownerIsDefault),
      );
    }
    return this.writeOne(ctx, row, settings, ownerIsDefault);
  }

  private async writeOne(
    ctx: RequestContext,
    row: RecordRow,
    settings: WorkspaceSettings,
    ownerIsDefault: boolean,
  ): Promise<RecordJson> {
    const { definition } = this.store;
    const draft = { ...draftOf(null, row, ''), ownerIsDefault };
    const db = { run: (statements: Statement[]) => this.kit.database.run(ctx, statements) };
    await applyRules(definition, db, ctx, [draft]);
    if (draft.errors.length > 0) throw Problem.validation(draft.errors);
    const statements = [this.store.insert(ctx, [row]), ...this.sides(ctx, [row], settings)];
    try {
      const tags = tagsOf(definition, []);
      const [result] = await this.kit.database.run(ctx, statements, tags);
      return recordsById(result).get(row.id) as RecordJson;
    } catch (error) {
      throw await this.explain(ctx, row, settings, error);
    }
  }

  /** Makes records of a batch; those that cannot be made say why in their outcome. */
  async many(
    tx: Transaction,
    ctx: RequestContext,
    items: readonly WriteItem[],
    settings: WorkspaceSettings,
    outcomes: Outcomes,
  ): Promise<void> {
    let pending = this.prepareMany(ctx, items, settings, outcomes);
    pending = await this.dropMissing(tx, ctx, pending, outcomes);
    pending = await this.dropFaulty(tx, ctx, pending, outcomes);
    pending = await this.dropTaken(tx, ctx, pending, settings, outcomes);
    if (pending.length === 0) return;
    const rows = pending.map(({ row }) => row);
    const [result] = await tx.run([this.store.insert(ctx, rows, 'skip')]);
    const records = recordsById(result);
    const made = pending.filter(({ row }) => records.has(row.id));
    for (const { item, row } of made) {
      outcomes.set(item.index, { status: 201, id: row.id, record: records.get(row.id) });
    }
    const skipped = pending.filter(({ row }) => !records.has(row.id));
    await this.nameTaken(tx, ctx, skipped, settings, outcomes);
    if (made.length === 0) return;
    await tx.run(
      this.sides(
        ctx,
        made.map(({ row }) => row),
        settings,
      ),
    );
    tx.touch(
      tagsOf(
        this.store.definition,
        made.map(({ row }) => row.id),
      ),
    );
  }

  /** A new record's event, index entries and search document. */
  private sides(ctx: RequestContext, rows: readonly RecordRow[], settings: WorkspaceSettings) {
    const { definition } = this.store;
    const written = rows.map(({ id }) => ({ id, version: 1, changes: null }));
    return [
      ...eventStatements(ctx, definition, 'created', written),
      ...indexStatements(ctx, definition, rows, settings.properties),
      ...(definition.sides?.(
        ctx,
        rows.map((after) => ({ before: null, after })),
      ) ?? []),
      searchStatement(ctx, definition, rows),
    ];
  }

  private async prepareOne(
    ctx: RequestContext,
    body: unknown,
  ): Promise<{ prepared: Prepared; settings: WorkspaceSettings }> {
    const item: WriteItem = { index: 0, body, pointer: '' };
    let settings = await this.kit.settings.of(ctx, this.store.definition);
    let { prepared, errors } = this.prepare(ctx, item, settings);
    if (
      errors.some(({ pointer, code }) => code === 'unknownField' && pointer.includes('/custom/'))
    ) {
      // The property may have been defined a moment ago on another server.
      settings = await this.kit.settings.of(ctx, this.store.definition, true);
      ({ prepared, errors } = this.prepare(ctx, item, settings));
    }
    if (errors.length > 0) throw Problem.validation(errors);
    return { prepared, settings };
  }

  private prepare(
    ctx: RequestContext,
    item: WriteItem,
    settings: WorkspaceSettings,
  ): { prepared: Prepared; errors: FieldError[] } {
    const { definition } = this.store;
    const errors: FieldError[] = [];
    const { pointer } = item;
    const input = { ...settings, lenient: false };
    const patch = parseRecord(definition, item.body, input, errors, pointer);
    checkComplete(definition, patch.values, patch.custom, settings.properties, errors, pointer);
    const row = newRow(definition, uuidv7(), patch, ownerOfNew(ctx, definition, patch.ownerId));
    const uses = referencesOf(this.kit, definition, patch, settings.properties, pointer);
    const ownerIsDefault = patch.ownerId === undefined;
    return { prepared: { item, row, uses, ownerIsDefault }, errors };
  }

  private prepareMany(
    ctx: RequestContext,
    items: readonly WriteItem[],
    settings: WorkspaceSettings,
    outcomes: Outcomes,
  ): Prepared[] {
    const ready: Prepared[] = [];
    for (const item of items) {
      try {
        const { prepared, errors } = this.prepare(ctx, item, settings);
        if (errors.length === 0) ready.push(prepared);
        else outcomes.set(item.index, failed(Problem.validation(errors)));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        outcomes.set(item.index, failed(error));
      }
    }
    return ready;
  }

  /** Foreign keys guard the object's own references; the others are looked up before. */
  private async assertReferences(ctx: RequestContext, uses: ReferenceUse[]): Promise<void> {
    const others = uses.filter(
      ({ table, id }) => !(table === 'users' && id === ctx.principal.userId),
    );
    if (others.length === 0) return;
    const results = await this.kit.database.run(ctx, lookupStatements(ctx, others));
    const lost = missing(others, results);
    if (lost.length > 0) throw Problem.validation(lost.map(({ error }) => error));
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
      const errors = drafts[index]?.errors ?? [];
      if (errors.length > 0) outcomes.set(item.index, failed(Problem.validation(errors)));
      return errors.length === 0;
    });
  }

  private async dropMissing(
    tx: Transaction,
    ctx: RequestContext,
    pending: Prepared[],
    outcomes: Outcomes,
  ): Promise<Prepared[]> {
    const lost = await missingReferences(
      tx,
      ctx,
      pending.flatMap(({ uses }) => uses),
    );
    if (lost.length === 0) return pending;
    const faults = new Set(lost);
    return pending.filter(({ item, uses }) => {
      const errors = uses.filter((use) => faults.has(use)).map(({ error }) => error);
      if (errors.length > 0) outcomes.set(item.index, failed(Problem.validation(errors)));
      return errors.length === 0;
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
    if (skipped.length === 0) return;
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

  /** Turns a broken constraint into what the client should change. */
  private async explain(
    ctx: RequestContext,
    row: RecordRow,
    settings: WorkspaceSettings,
    error: unknown,
  ): Promise<unknown> {
    return explainViolation(this.kit, this.store, ctx, row, settings, error);
  }
}
