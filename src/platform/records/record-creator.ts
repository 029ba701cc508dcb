import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import type { Statement } from '../database/pipeline.js';
import type { Transaction } from '../database/transaction.js';
import type { RecordJson } from '../http/answers.js';
import { failed } from './outcome.js';
import type { Outcomes, WriteItem } from './outcome.js';
import { ownerOfNew } from './reach.js';
import type { RecordKit } from './record-kit.js';
import { checkComplete, parseRecord } from './record-input.js';
import type { ColumnValues } from './field-types.js';
import { newRow } from './record-row.js';
import type { RecordRow } from './record-row.js';
import { RecordInserter } from './record-inserter.js';
import type { Prepared } from './record-inserter.js';
import { applyRules, assertSound, draftOf } from './record-rules.js';
import type { WorkspaceSettings } from './record-settings.js';
import { recordsById } from './record-store.js';
import type { RecordStore } from './record-store.js';
import { explainViolation } from './record-violations.js';
import { lookupStatements, missing, missingReferences, referencesOf } from './references.js';
import type { ReferenceUse } from './references.js';
import { eventStatements, indexStatements, newSearchStatement, tagsOf } from './side-statements.js';

/** Values that the server gives a new record whatever the body says. */
export interface GivenValues {
  values?: ColumnValues;
  ownerId?: string | null;
  /** The body comes from where nobody can be asked: required custom properties may be missing. */
  mayLackProperties?: boolean;
}

const NO_PROPERTIES: WorkspaceSettings['properties'] = new Map();

/** Makes records: one in a single round trip, or many with one statement each kind. */
export class RecordCreator {
  private readonly inserter: RecordInserter;

  constructor(
    private readonly kit: RecordKit,
    private readonly store: RecordStore,
  ) {
    this.inserter = new RecordInserter(store);
  }

  /**
   * Makes one record with its event, or throws why not.
   * @param given what the server says of it besides, read-only fields too.
   */
  async one(ctx: RequestContext, body: unknown, given: GivenValues = {}): Promise<RecordJson> {
    const { definition } = this.store;
    const { prepared, settings } = await this.prepareOne(ctx, body, given);
    const { row, uses } = prepared;
    Object.assign(row.values, given.values);
    if (given.ownerId !== undefined) row.ownerId = given.ownerId;
    const ownerIsDefault = prepared.ownerIsDefault && given.ownerId === undefined;
    await this.assertReferences(ctx, uses);
    if (definition.prepare || definition.follow) {
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
    assertSound(draft);
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
    const sidesOf = (rows: readonly RecordRow[]) => this.sides(ctx, rows, settings);
    const { rows, sides } = await this.inserter.insert(tx, ctx, pending, {
      ...{ settings, outcomes, sidesOf },
    });
    if (rows.length === 0) return;
    await tx.run(sides);
    const ids = rows.map(({ id }) => id);
    tx.touch(tagsOf(this.store.definition, ids));
  }

  /** A new record's event, index entries and search document. */
  private sides(ctx: RequestContext, rows: readonly RecordRow[], settings: WorkspaceSettings) {
    const { definition } = this.store;
    const written = rows.map(({ id }) => ({ id, version: 1, changes: null }));
    const made = rows.map((after) => ({ before: null, after }));
    return [
      ...eventStatements(ctx, definition, 'created', written, made),
      ...indexStatements(ctx, definition, rows, settings.properties),
      ...(definition.sides?.(ctx, made) ?? []),
      newSearchStatement(ctx, definition, rows),
    ];
  }

  private async prepareOne(
    ctx: RequestContext,
    body: unknown,
    given: GivenValues,
  ): Promise<{ prepared: Prepared; settings: WorkspaceSettings }> {
    const item: WriteItem = { index: 0, body, pointer: '' };
    let settings = await this.kit.settings.of(ctx, this.store.definition);
    let { prepared, errors } = this.prepare(ctx, item, settings, given);
    if (
      errors.some(({ pointer, code }) => code === 'unknownField' && pointer.includes('/custom/'))
    ) {
      // The property may have been defined a moment ago on another server.
      settings = await this.kit.settings.of(ctx, this.store.definition, true);
      ({ prepared, errors } = this.prepare(ctx, item, settings, given));
    }
    if (errors.length > 0) throw Problem.validation(errors);
    return { prepared, settings };
  }

  private prepare(
    ctx: RequestContext,
    item: WriteItem,
    settings: WorkspaceSettings,
    { mayLackProperties }: GivenValues = {},
  ): { prepared: Prepared; errors: FieldError[] } {
    const { definition } = this.store;
    const errors: FieldError[] = [];
    const { pointer } = item;
    const input = { ...settings, lenient: false };
    const patch = parseRecord(definition, item.body, input, errors, pointer);
    const needed = mayLackProperties ? NO_PROPERTIES : settings.properties;
    checkComplete(definition, patch.values, patch.custom, needed, errors, pointer);
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
