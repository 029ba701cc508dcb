import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { uuidv7 } from '../../../common/uuid.js';
import { MOST_TAGS } from '../../../common/values/tags.js';
import type { FieldSpec } from '../field-types.js';
import { valueIn } from '../match-key.js';
import { assertReach, ownerOfNew } from '../reach.js';
import { checkComplete } from '../record-input.js';
import { changesBetween, newRow, patched } from '../record-row.js';
import type { RecordRow } from '../record-row.js';
import { keyOfRow } from './bulk-job.js';
import type { BulkJob, Outcome } from './bulk-job.js';
import type { Surroundings } from './chunk-lookups.js';
import type { ParsedRow } from './row-parser.js';

/** A record that the chunk makes or changes. */
export interface Planned {
  /** As it was before the chunk; null for a new one. */
  before: RecordRow | null;
  after: RecordRow;
  /** Places of the rows that made it so. */
  rows: number[];
  /** Neither the row nor the import names an owner. */
  ownerIsDefault?: boolean;
  /** An earlier chunk of the import made it, and it goes on. */
  isContinued?: boolean;
}

/**
 * Decides row by row, in the order of the file, what becomes of each: so that a row meets what the
 * rows before it have made or changed, whatever chunk they were in.
 */
export class ChunkPlan {
  /** By id, in the order in which rows named them. */
  readonly records = new Map<string, Planned>();
  protected at = -1;
  private readonly seen: Set<string>;
  private readonly reachesAll: boolean;
  private readonly importable: readonly FieldSpec[];

  constructor(
    protected readonly job: BulkJob,
    private readonly around: Surroundings,
  ) {
    this.seen = new Set(around.seen);
    this.importable = job.definition.fieldList.filter(({ importable }) => importable);
    this.reachesAll = ['read', 'update'].every(
      (action) => job.ctx.grants.get(`${job.definition.object}:${action}`) === 'all',
    );
  }

  /** Takes the next row. */
  take(row: ParsedRow): Outcome {
    this.at += 1;
    if (row.errors.length > 0) return row.errors;
    try {
      return this.decide(row);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return error.errors ?? [{ pointer: '', code: error.code, detail: error.detail }];
    }
  }

  protected decide(row: ParsedRow): Outcome {
    const { mode, match } = this.job;
    if (mode === 'create') return this.decideCreate(row);
    const value = match && keyOfRow(match, row);
    if (!match || value === null) {
      return match && mode === 'update' ? [missingKey(match.name)] : this.make(row);
    }
    const repeat = this.seen.has(value) ? this.repeatOf(match.name, value) : null;
    if (repeat) return repeat;
    const id = this.holder(match.name, value);
    const outcome = id === undefined ? this.make(row) : this.change(id, row);
    if (typeof outcome === 'string') this.seen.add(value);
    return outcome;
  }

  /** What a row does whose key the file had before; null for changing the record again. */
  private repeatOf(key: string, value: string): Outcome | null {
    const { onDuplicate } = this.job;
    if (onDuplicate === 'update') return null;
    return onDuplicate === 'skip' ? 'unchanged' : [repeated(key, value)];
  }

  private decideCreate(row: ParsedRow): Outcome {
    const { onDuplicate, keys } = this.job;
    for (const key of keys) {
      const value = keyOfRow(key, row);
      const id = value === null ? undefined : this.holder(key.name, value);
      if (id === undefined) continue;
      if (onDuplicate === 'skip') return 'unchanged';
      if (onDuplicate === 'error') return [taken(key.name, value as string, id)];
      return this.change(id, row);
    }
    return this.make(row);
  }

  /** The record that has the value now, after the rows before. */
  protected holder(key: string, value: string): string | undefined {
    const id = this.around.holders.get(key)?.get(value);
    if (id === undefined) return undefined;
    const matchKey = this.job.keys.find(({ name }) => name === key);
    const known = this.current(id);
    // A row before this one (or of a dry run's earlier chunk) may have given it another value.
    if (known && matchKey && valueIn(matchKey, known) !== value) return undefined;
    return id;
  }

  protected make(row: ParsedRow): Outcome {
    const { job } = this;
    const { definition, settings, ctx } = job;
    if (job.mode === 'update') return [notFound(job, row)];
    if (row.id !== null) return [notFound(job, row)];
    const { patch } = row;
    const errors: FieldError[] = [];
    checkComplete(definition, patch.values, patch.custom, settings.properties, errors);
    const clash = errors.length === 0 ? this.clash(row, null) : null;
    if (clash) errors.push(clash);
    if (errors.length > 0) return errors;
    const owner = patch.ownerId === undefined ? job.ownerId : patch.ownerId;
    const after = newRow(definition, uuidv7(), patch, ownerOfNew(ctx, definition, owner));
    if (owner !== undefined) after.ownerId = owner;
    const fault = this.addTags(after);
    if (fault) return [fault];
    const ownerIsDefault = owner === undefined;
    this.records.set(after.id, { before: null, after, rows: [this.at], ownerIsDefault });
    this.hold(after.id, row);
    return 'created';
  }

  protected change(id: string, row: ParsedRow): Outcome {
    const { definition } = this.job;
    const planned = this.records.get(id);
    const current = this.current(id);
    if (!current || current.deletedAt !== null) return [this.notFound(row)];
    this.assertReach(current);
    const after = patched(definition, current, row.patch);
    const fixed = this.fixedBy(current, after);
    if (fixed) return [fixed];
    const tagFault = this.addTags(after);
    if (tagFault) return [tagFault];
    const changes = changesBetween(definition, current, after);
    if (!hasAny(changes)) return 'unchanged';
    const errors = this.checkChanged(row, after);
    const clash = errors.length === 0 ? this.clash(row, id) : null;
    if (clash) errors.push(clash);
    if (errors.length > 0) return errors;
    if (planned) Object.assign(planned, { after, rows: [...planned.rows, this.at] });
    else this.records.set(id, { before: current, after, rows: [this.at] });
    this.hold(id, row);
    return 'updated';
  }

  /** Leaves a record out after all. */
  refuse(planned: Planned): void {
    this.records.delete(planned.after.id);
  }

  /** The record as the rows before leave it. */
  protected current(id: string): RecordRow | undefined {
    return this.records.get(id)?.after ?? this.around.records.get(id);
  }

  protected assertReach(row: RecordRow): void {
    if (!this.reachesAll) assertReach(this.job.ctx, this.job.definition, 'update', row);
  }

  protected notFound(row: ParsedRow): FieldError {
    return notFound(this.job, row);
  }

  /** What files may say of new records only. */
  private fixedBy(before: RecordRow, after: RecordRow): FieldError | null {
    for (const { name, column } of this.importable) {
      if (before.values[column] === after.values[column]) continue;
      const detail = `is ${String(before.values[column])} and cannot be changed by a file`;
      return { pointer: `/${name}`, code: 'readOnly', detail };
    }
    return null;
  }

  private checkChanged(row: ParsedRow, after: RecordRow): FieldError[] {
    const { definition } = this.job;
    const fault = definition.check?.(after.values);
    return fault ? [{ pointer: '', code: 'incomplete', detail: fault }] : [];
  }

  /** A unique value that another record has. */
  private clash(row: ParsedRow, id: string | null): FieldError | null {
    for (const key of this.job.keys) {
      if (key.kind === 'id') continue;
      const value = keyOfRow(key, row);
      const other = value === null ? undefined : this.holder(key.name, value);
      if (other !== undefined && other !== id) return taken(key.name, value as string, other);
    }
    return null;
  }

  /** Notes which record has the row's unique values from now on. */
  private hold(id: string, row: ParsedRow): void {
    for (const key of this.job.keys) {
      const value = keyOfRow(key, row);
      if (value !== null) this.around.holders.get(key.name)?.set(value, id);
    }
  }

  private addTags(after: RecordRow): FieldError | null {
    if (this.job.tags.length === 0) return null;
    after.tags = [...new Set([...after.tags, ...this.job.tags])];
    if (after.tags.length <= MOST_TAGS) return null;
    const detail = `must hold at most ${MOST_TAGS} different tags`;
    return { pointer: '/tags', code: 'arrayMaxSize', detail };
  }
}

function hasAny(object: object): boolean {
  for (const _ in object) return true;
  return false;
}

const pointerOf = (key: string): string => `/${key.replace('.', '/')}`;

export const taken = (key: string, value: string, id: string): FieldError => ({
  pointer: pointerOf(key),
  code: 'duplicate',
  detail: `${value} is taken by ${id}`,
});

const repeated = (key: string, value: string): FieldError => ({
  pointer: pointerOf(key),
  code: 'duplicate',
  detail: `${value} stands in the file before`,
});

export const missingKey = (key: string): FieldError => ({
  pointer: pointerOf(key),
  code: 'isNotEmpty',
  detail: 'must be given: the record is matched on it',
});

function notFound({ definition, match }: BulkJob, row: ParsedRow): FieldError {
  const key = match ?? null;
  const value = key ? keyOfRow(key, row) : row.id;
  const detail = `there is no ${definition.object} with the ${key?.name ?? 'id'} ${value ?? ''}`;
  return { pointer: pointerOf(key?.name ?? 'id'), code: 'notFound', detail };
}
