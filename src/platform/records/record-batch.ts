import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { isUuid } from '../../common/uuid.js';
import { violationOf } from '../database/database-errors.js';
import type { Transaction } from '../database/transaction.js';
import type { RecordJson } from '../http/answers.js';
import { findByKey, keyValue, matchKey } from './match-key.js';
import type { MatchKey } from './match-key.js';
import { failed, isFailure } from './outcome.js';
import type { Outcomes, WriteItem } from './outcome.js';
import type { RecordCreator } from './record-creator.js';
import type { RecordKit } from './record-kit.js';
import type { RecordRemover } from './record-remover.js';
import type { WorkspaceSettings } from './record-settings.js';
import { recordsById } from './record-store.js';
import type { RecordStore } from './record-store.js';
import type { RecordUpdater } from './record-updater.js';
import { brokenCheck } from './record-violations.js';
import { reachIds } from './record-reader.js';

export const BATCH_OPERATIONS = ['create', 'update', 'upsert', 'delete', 'get'] as const;
export type BatchOperation = (typeof BATCH_OPERATIONS)[number];

/** A batch as the API takes it; checked by `BatchDto`. */
export interface Batch {
  operation: BatchOperation;
  /** Key of an upsert: a unique property, `custom.<name>` or `externalIds.<source>`. */
  matchOn?: string;
  atomic?: boolean;
  records: unknown[];
}

/** Runs batches of up to 1,000 records: set-based, with an outcome for each item. */
export class RecordBatch {
  constructor(
    private readonly kit: RecordKit,
    private readonly store: RecordStore,
    private readonly parts: {
      creator: RecordCreator;
      updater: RecordUpdater;
      remover: RecordRemover;
    },
  ) {}

  /**
   * Runs a batch.
   * @returns an outcome for each item, in order.
   * @throws Problem 422 with every fault for an atomic batch with one; nothing is written then.
   */
  async run(ctx: RequestContext, batch: Batch): Promise<Outcomes> {
    this.permit(ctx, batch.operation);
    const items = batch.records.map((body, index): WriteItem => {
      const pointer = `/records/${index}`;
      return { index, body, pointer };
    });
    try {
      return await this.attempt(ctx, batch, items);
    } catch (error) {
      // Somebody took a unique value between our look and our write: item by item then.
      if (!violationOf(error) || batch.atomic || ctx.tx) throw this.explain(error);
      return this.oneByOne(ctx, batch, items);
    }
  }

  /** Creates the record that the key names, or patches it. */
  async upsertOne(
    ctx: RequestContext,
    keyName: string,
    rawValue: string,
    body: unknown,
  ): Promise<{ record: RecordJson; isNew: boolean }> {
    this.permit(ctx, 'upsert');
    const settings = await this.kit.settings.of(ctx, this.store.definition);
    const key = matchKey(this.store.definition, settings.properties, keyName);
    const value = keyValue(key, rawValue);
    const item: WriteItem = { index: 0, body: withKey(key, value, body), pointer: '' };
    const outcomes = await this.kit.database
      .transaction(ctx, async (tx) => {
        const results: Outcomes = new Map();
        await this.upsert(tx, ctx, [{ item, value }], key, settings, results);
        return results;
      })
      .catch((error: unknown) => Promise.reject(this.explain(error) as Error));
    const outcome = outcomes.get(0);
    if (!outcome) throw new Error('The upsert has no outcome');
    if (isFailure(outcome)) throw outcome.problem;
    return { record: outcome.record as RecordJson, isNew: outcome.status === 201 };
  }

  private permit(ctx: RequestContext, operation: BatchOperation): void {
    const { object } = this.store.definition;
    const actions =
      operation === 'upsert' ? ['create', 'update'] : [operation === 'get' ? 'read' : operation];
    for (const action of actions) {
      const permission = `${object}:${action}`;
      if (!ctx.grants.has(permission)) {
        throw new Problem('forbidden', `You need the permission ${permission}.`);
      }
    }
  }

  private async attempt(
    ctx: RequestContext,
    batch: Batch,
    items: readonly WriteItem[],
  ): Promise<Outcomes> {
    const settings = await this.kit.settings.of(ctx, this.store.definition, true);
    return this.kit.database.transaction(ctx, async (tx) => {
      const outcomes: Outcomes = new Map();
      await this.dispatch(tx, ctx, batch, items, settings, outcomes);
      if (batch.atomic) assertAll(outcomes);
      return outcomes;
    });
  }

  private async oneByOne(
    ctx: RequestContext,
    batch: Batch,
    items: readonly WriteItem[],
  ): Promise<Outcomes> {
    const outcomes: Outcomes = new Map();
    for (const item of items) {
      try {
        const [[, outcome]] = (await this.attempt(ctx, batch, [item])) as unknown as [
          [number, ReturnType<typeof failed>],
        ];
        outcomes.set(item.index, outcome);
      } catch (error) {
        if (!violationOf(error)) throw error;
        const detail = 'Another record with the same unique value was being written.';
        const broken = brokenCheck(this.store.definition, error, item.pointer);
        outcomes.set(item.index, failed(broken ?? new Problem('conflict', detail)));
      }
    }
    return outcomes;
  }

  private explain(error: unknown): unknown {
    return brokenCheck(this.store.definition, error) ?? error;
  }

  private async dispatch(
    tx: Transaction,
    ctx: RequestContext,
    batch: Batch,
    items: readonly WriteItem[],
    settings: WorkspaceSettings,
    outcomes: Outcomes,
  ): Promise<void> {
    const { creator, updater, remover } = this.parts;
    switch (batch.operation) {
      case 'create':
        return creator.many(tx, ctx, items, settings, outcomes);
      case 'upsert': {
        const key = matchKey(this.store.definition, settings.properties, batch.matchOn ?? '');
        return this.upsert(tx, ctx, keyed(items, key, outcomes), key, settings, outcomes);
      }
      case 'get':
        return this.get(tx, ctx, identified(items, outcomes, false), outcomes);
      case 'update':
      case 'delete': {
        for (const round of rounds(identified(items, outcomes, true), ({ id }) => id as string)) {
          if (batch.operation === 'delete') await remover.manyToBin(tx, ctx, round, outcomes);
          else await updater.many(tx, ctx, round, settings, outcomes);
        }
        return undefined;
      }
    }
  }

  private async get(
    tx: Transaction,
    ctx: RequestContext,
    items: readonly WriteItem[],
    outcomes: Outcomes,
  ): Promise<void> {
    const ids = items.map(({ id }) => id as string);
    const visible = await reachIds(tx, ctx, this.store.definition, ids);
    const [result] = await tx.run([this.store.json(ctx, [...visible])]);
    const records = recordsById(result);
    for (const { index, id } of items) {
      const record = records.get(id as string);
      const missing = failed(Problem.notFound(this.store.definition.object, id as string));
      outcomes.set(index, record ? { status: 200, id: record.id, record } : missing);
    }
  }

  /** Items that name the same record follow each other: the first makes it, the next change it. */
  private async upsert(
    tx: Transaction,
    ctx: RequestContext,
    items: readonly Keyed[],
    key: MatchKey,
    settings: WorkspaceSettings,
    outcomes: Outcomes,
  ): Promise<void> {
    for (const round of rounds(items, ({ value }) => value)) {
      let pending = round;
      // A record made by somebody else since we looked turns a create into an update.
      for (let attempt = 0; attempt < 3 && pending.length > 0; attempt += 1) {
        const found = await this.find(tx, ctx, key, pending);
        const known = pending.filter(({ value }) => found.has(value));
        const fresh = pending.filter(({ value }) => !found.has(value));
        const updates = known.map(({ item, value }) => ({ ...item, id: found.get(value) }));
        if (updates.length > 0) {
          await this.parts.updater.many(tx, ctx, updates, settings, outcomes);
        }
        if (fresh.length === 0) break;
        const creates = fresh.map(({ item }) => item);
        await this.parts.creator.many(tx, ctx, creates, settings, outcomes);
        pending = fresh.filter(({ item }) => lostRace(outcomes, item.index, key));
      }
    }
  }

  private async find(
    tx: Transaction,
    ctx: RequestContext,
    key: MatchKey,
    items: readonly Keyed[],
  ): Promise<Map<string, string>> {
    const values = items.map(({ value }) => value);
    const [result] = await tx.run([findByKey(ctx, this.store.definition, key, values)]);
    return new Map(
      (result?.rows ?? []).map((row) => [row['value'] as string, row['id'] as string]),
    );
  }
}

interface Keyed {
  item: WriteItem;
  value: string;
}

function lostRace(outcomes: Outcomes, index: number, key: MatchKey): boolean {
  const outcome = outcomes.get(index);
  if (!outcome || !isFailure(outcome)) return false;
  const pointer = `/${key.name.replace('.', '/')}`;
  return outcome.problem.code === 'duplicate' && outcome.problem.errors?.[0]?.pointer === pointer;
}

/** Splits items into rounds in which no two have the same key, keeping their order. */
function rounds<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const result: T[][] = [];
  const seen = new Map<string, number>();
  for (const item of items) {
    const round = seen.get(keyOf(item)) ?? 0;
    seen.set(keyOf(item), round + 1);
    (result[round] ??= []).push(item);
  }
  return result;
}

/** Takes the id (and version) out of each item; `get` also takes plain ids. */
function identified(
  items: readonly WriteItem[],
  outcomes: Outcomes,
  objectsOnly: boolean,
): WriteItem[] {
  const ready: WriteItem[] = [];
  for (const item of items) {
    const { id, version, ...body } = asObject(item.body, objectsOnly);
    if (isUuid(id)) {
      const ifMatch = typeof version === 'number' ? version : undefined;
      ready.push({ ...item, id: id.toLowerCase(), body, ifMatch });
    } else {
      const pointer = `${item.pointer}/id`;
      const error: FieldError = { pointer, code: 'isUuid', detail: 'must be the id of a record' };
      outcomes.set(item.index, failed(Problem.validation([error])));
    }
  }
  return ready;
}

function asObject(body: unknown, objectsOnly: boolean): Record<string, unknown> {
  if (typeof body === 'string' && !objectsOnly) return { id: body };
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

/** Reads each item's key; an item without one cannot be matched. */
function keyed(items: readonly WriteItem[], key: MatchKey, outcomes: Outcomes): Keyed[] {
  const ready: Keyed[] = [];
  for (const item of items) {
    const body = asObject(item.body, true);
    const [first, second] = key.name.split('.') as [string, string | undefined];
    const raw = second === undefined ? body[first] : asObject(body[first], true)[second];
    try {
      if (raw === undefined || raw === null || raw === '') {
        const pointer = `${item.pointer}/${key.name.replace('.', '/')}`;
        const detail = 'must be given: the record is matched on it';
        throw Problem.validation([{ pointer, code: 'isNotEmpty', detail }]);
      }
      const value = keyValue(key, typeof raw === 'string' ? raw : JSON.stringify(raw));
      ready.push({ item: key.kind === 'id' ? withoutId(item) : item, value });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      outcomes.set(item.index, failed(error));
    }
  }
  return ready;
}

function withoutId(item: WriteItem): WriteItem {
  const { id: _id, ...body } = asObject(item.body, true);
  return { ...item, body };
}

/** The body of an upsert with the key of its address, unless it says another. */
function withKey(key: MatchKey, value: string, body: unknown): unknown {
  const object = asObject(body, true);
  const [first, second] = key.name.split('.') as [string, string | undefined];
  if (key.kind === 'id') return object;
  if (second === undefined) return { [first]: value, ...object };
  return { ...object, [first]: { [second]: value, ...asObject(object[first], true) } };
}

function assertAll(outcomes: Outcomes): void {
  const errors: FieldError[] = [];
  for (const [index, outcome] of outcomes) {
    if (!isFailure(outcome)) continue;
    const { problem } = outcome;
    const at = `/records/${index}`;
    const faults = problem.errors ?? [{ pointer: '', code: problem.code, detail: problem.detail }];
    for (const fault of faults) {
      const pointer = fault.pointer.startsWith(at) ? fault.pointer : at + fault.pointer;
      errors.push({ ...fault, pointer });
    }
  }
  if (errors.length === 0) return;
  const detail = `${errors.length} faults in an all-or-nothing batch. Nothing was written.`;
  throw new Problem('validation', detail, { errors });
}
