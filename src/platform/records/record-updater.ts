import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import type { Transaction } from '../database/transaction.js';
import type { RecordJson } from '../http/answers.js';
import { duplicateProblem, findByKey, keysOf } from './match-key.js';
import { failed, isFailure } from './outcome.js';
import type { Outcomes, WriteItem } from './outcome.js';
import { assertReach, assertVersion } from './reach.js';
import { explainViolation } from './record-violations.js';
import type { RecordKit } from './record-kit.js';
import { parseRecord } from './record-input.js';
import { changesBetween, patched } from './record-row.js';
import type { RecordRow } from './record-row.js';
import { applyRules, asksRules, draftOf, problemOf } from './record-rules.js';
import type { WorkspaceSettings } from './record-settings.js';
import { recordsById } from './record-store.js';
import type { RecordStore } from './record-store.js';
import { missingReferences, referencesOf } from './references.js';
import type { ReferenceUse } from './references.js';
import { saveChanges } from './save-changes.js';

interface Change {
  item: WriteItem;
  before: RecordRow;
  after: RecordRow;
  changes: Record<string, [unknown, unknown]>;
  uses: ReferenceUse[];
}

/** Changes records by merge patch: one, or many with one statement each kind. */
export class RecordUpdater {
  constructor(
    private readonly kit: RecordKit,
    private readonly store: RecordStore,
  ) {}

  /** Patches one record, or throws why not. A patch that changes nothing writes nothing. */
  async one(
    ctx: RequestContext,
    id: string,
    body: unknown,
    ifMatch: number | undefined,
  ): Promise<RecordJson> {
    const settings = await this.kit.settings.of(ctx, this.store.definition, hasCustom(body));
    const outcomes: Outcomes = new Map();
    let attempted: RecordRow | undefined;
    try {
      await this.kit.database.transaction(ctx, async (tx) => {
        const item: WriteItem = { index: 0, id, body, ifMatch, pointer: '' };
        await this.many(tx, ctx, [item], settings, outcomes, (row) => (attempted = row));
        const outcome = outcomes.get(0);
        if (outcome && isFailure(outcome)) throw outcome.problem;
      });
    } catch (error) {
      if (!attempted) throw error;
      throw await explainViolation(this.kit, this.store, ctx, attempted, settings, error);
    }
    return (outcomes.get(0) as { record: RecordJson }).record;
  }

  /**
   * Patches the records of a batch; items must name different ids.
   * @param attempt told each row before it is written.
   */
  async many(
    tx: Transaction,
    ctx: RequestContext,
    items: readonly WriteItem[],
    settings: WorkspaceSettings,
    outcomes: Outcomes,
    attempt?: (row: RecordRow) => void,
  ): Promise<void> {
    const rows = await this.store.lock(
      tx,
      ctx,
      items.map(({ id }) => id as string),
    );
    let changes = this.plan(ctx, items, rows, settings, outcomes);
    changes = await this.dropMissing(tx, ctx, changes, outcomes);
    changes = await this.dropFaulty(tx, ctx, changes, outcomes);
    changes = await this.dropTaken(tx, ctx, changes, settings, outcomes);
    const changed = changes.filter((change) => Object.keys(change.changes).length > 0);
    for (const { after } of changed) attempt?.(after);
    await this.readUnchanged(tx, ctx, changes, outcomes);
    if (changed.length > 0) await this.write(tx, ctx, changed, settings, outcomes);
  }

  private plan(
    ctx: RequestContext,
    items: readonly WriteItem[],
    rows: ReadonlyMap<string, RecordRow>,
    settings: WorkspaceSettings,
    outcomes: Outcomes,
  ): Change[] {
    const changes: Change[] = [];
    for (const item of items) {
      try {
        changes.push(this.planOne(ctx, item, rows.get(item.id as string), settings));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        outcomes.set(item.index, failed(error));
      }
    }
    return changes;
  }

  private planOne(
    ctx: RequestContext,
    item: WriteItem,
    before: RecordRow | undefined,
    settings: WorkspaceSettings,
  ): Change {
    const { definition } = this.store;
    if (!before || before.deletedAt !== null) {
      throw Problem.notFound(definition.object, item.id as string);
    }
    assertReach(ctx, definition, 'update', before);
    assertVersion(before, item.ifMatch);
    const errors: FieldError[] = [];
    const country = countryOf(before) ?? settings.country;
    const input = { ...settings, country, lenient: false };
    const patch = parseRecord(definition, item.body, input, errors, item.pointer);
    const after = patched(definition, before, patch);
    const fault = errors.length === 0 ? definition.check?.(after.values) : undefined;
    if (fault) errors.push({ pointer: item.pointer, code: 'incomplete', detail: fault });
    errors.push(...emptiedProperties(patch.custom, settings, item.pointer));
    if (errors.length > 0) throw Problem.validation(errors);
    const uses = referencesOf(this.kit, definition, patch, settings.properties, item.pointer);
    return { item, before, after, changes: changesBetween(definition, before, after), uses };
  }

  /** Applies the domain's rules to what really changes and drops what they find wrong. */
  private async dropFaulty(
    tx: Transaction,
    ctx: RequestContext,
    changes: Change[],
    outcomes: Outcomes,
  ): Promise<Change[]> {
    const { definition } = this.store;
    if (!asksRules(definition)) return changes;
    const drafts = changes
      .filter((change) => Object.keys(change.changes).length > 0)
      .map((change) => ({ ...draftOf(change.before, change.after, change.item.pointer), change }));
    await applyRules(definition, tx, { ...ctx, tx }, drafts);
    const faulty = new Set<Change>();
    for (const draft of drafts) {
      const { change } = draft;
      change.changes = changesBetween(definition, change.before, change.after);
      const problem = problemOf(draft);
      if (!problem) continue;
      outcomes.set(change.item.index, failed(problem));
      faulty.add(change);
    }
    return changes.filter((change) => !faulty.has(change));
  }

  private async dropMissing(
    tx: Transaction,
    ctx: RequestContext,
    changes: Change[],
    outcomes: Outcomes,
  ): Promise<Change[]> {
    const uses = changes.flatMap((change) => change.uses);
    const lost = new Set(await missingReferences(tx, ctx, uses));
    return changes.filter((change) => {
      const errors = change.uses.filter((use) => lost.has(use)).map(({ error }) => error);
      if (errors.length === 0) return true;
      outcomes.set(change.item.index, failed(Problem.validation(errors)));
      return false;
    });
  }

  /** Drops changes to a unique value that another record has, or an item before this one takes. */
  private async dropTaken(
    tx: Transaction,
    ctx: RequestContext,
    changes: Change[],
    settings: WorkspaceSettings,
    outcomes: Outcomes,
  ): Promise<Change[]> {
    const { definition } = this.store;
    const newKeys = ({ before, after }: Change) => {
      const old = new Set(
        keysOf(definition, settings.properties, before).map(({ key, value }) => key.name + value),
      );
      return keysOf(definition, settings.properties, after).filter(
        ({ key, value }) => !old.has(key.name + value),
      );
    };
    const holders = new Map<string, string>();
    const wanted = changes.flatMap(newKeys);
    for (const group of Map.groupBy(wanted, ({ key }) => key.name).values()) {
      const key = (group[0] as (typeof wanted)[number]).key;
      const values = group.map(({ value }) => value);
      const [found] = await tx.run([findByKey(ctx, definition, key, values)]);
      for (const row of found?.rows ?? []) {
        holders.set(`${key.name}\n${String(row['value'])}`, row['id'] as string);
      }
    }
    return changes.filter((change) => {
      for (const { key, value } of newKeys(change)) {
        const at = `${key.name}\n${value}`;
        const holder = holders.get(at);
        if (holder !== undefined && holder !== change.before.id) {
          const problem = duplicateProblem(definition, key, value, holder);
          outcomes.set(change.item.index, failed(problem));
          return false;
        }
        holders.set(at, change.before.id);
      }
      return true;
    });
  }

  private async readUnchanged(
    tx: Transaction,
    ctx: RequestContext,
    changes: readonly Change[],
    outcomes: Outcomes,
  ): Promise<void> {
    const unchanged = changes.filter((change) => Object.keys(change.changes).length === 0);
    if (unchanged.length === 0) return;
    const ids = unchanged.map(({ before }) => before.id);
    const [result] = await tx.run([this.store.json(ctx, ids)]);
    const records = recordsById(result);
    for (const { item, before } of unchanged) {
      outcomes.set(item.index, { status: 200, id: before.id, record: records.get(before.id) });
    }
  }

  private async write(
    tx: Transaction,
    ctx: RequestContext,
    changed: readonly Change[],
    settings: WorkspaceSettings,
    outcomes: Outcomes,
  ): Promise<void> {
    const records = await saveChanges(this.store, tx, ctx, changed, settings, 'updated');
    for (const { item, after } of changed) {
      outcomes.set(item.index, { status: 200, id: after.id, record: records.get(after.id) });
    }
  }
}

/** Required properties that a patch would leave without a value. */
function emptiedProperties(
  custom: Record<string, unknown>,
  { properties }: WorkspaceSettings,
  pointer: string,
): FieldError[] {
  return Object.entries(custom)
    .filter(([name, value]) => value === null && properties.get(name)?.required)
    .map(([name]) => ({
      pointer: `${pointer}/custom/${name}`,
      code: 'isNotEmpty',
      detail: 'must not be empty',
    }));
}

const hasCustom = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'custom' in body;

function countryOf(row: RecordRow): string | null {
  return (row.values['address_country'] ?? null) as string | null;
}
