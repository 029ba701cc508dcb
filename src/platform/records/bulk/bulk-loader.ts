import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import type { Transaction } from '../../database/transaction.js';
import type { CustomProperty } from '../custom-properties.js';
import type { MatchKey } from '../match-key.js';
import { valueIn } from '../match-key.js';
import type { ObjectDefinition } from '../object-definition.js';
import type { RecordKit } from '../record-kit.js';
import { changesBetween } from '../record-row.js';
import type { RecordRow } from '../record-row.js';
import { applyRules, draftOf } from '../record-rules.js';
import type { Questions } from '../record-rules.js';
import { keyOfRow } from './bulk-job.js';
import type { BulkJob, ChunkResult, Outcome } from './bulk-job.js';
import { BulkMemory } from './bulk-memory.js';
import type { RememberedKey } from './bulk-memory.js';
import { lookAround, watchesDuplicates } from './chunk-lookups.js';
import { ChunkPlan } from './chunk-plan.js';
import type { Planned } from './chunk-plan.js';
import { ChunkReferences } from './chunk-references.js';
import type { MadeReferences } from './chunk-references.js';
import { ChunkWriter } from './chunk-writer.js';
import type { Changed } from './chunk-writer.js';
import type { ParsedRow } from './row-parser.js';
import type { Target } from './targets.js';

/** Loads the rows of an import, a chunk at a time, with set-based statements. */
export class BulkLoader {
  private readonly memory: BulkMemory;
  private readonly references: ChunkReferences;
  private readonly writer: ChunkWriter;

  constructor(
    private readonly kit: RecordKit,
    private readonly job: BulkJob,
  ) {
    this.memory = new BulkMemory(job);
    this.references = new ChunkReferences(kit, job, this.memory);
    const { definition, settings } = job;
    this.writer = new ChunkWriter(job, definition, settings.properties, usedColumns(job));
  }

  /**
   * Writes a chunk as part of the transaction: records, index entries, events and what is queued
   * for the search; nothing for rows that are rejected.
   * @throws ChunkConflict, or the database's error, when the chunk has to be tried again.
   */
  async load(tx: Transaction, rows: readonly ParsedRow[]): Promise<ChunkResult> {
    // A chunk that is tried again begins with rows as they were read.
    const fresh = rows.map((row) => ({ ...row, errors: [...row.errors] }));
    const made = await this.references.resolve(tx, fresh);
    const around = await lookAround(tx, this.job, this.memory, fresh);
    const plan = new ChunkPlan(this.job, around);
    const outcomes = fresh.map((row) => plan.take(row));
    await this.applyRules(tx, plan, outcomes);
    if (this.job.dryRun) await this.draft(tx, plan);
    else await this.write(tx, plan, made);
    await this.noteSeen(tx, fresh, outcomes);
    return summary(outcomes, made);
  }

  /** Applies the domain's rules; all rows of a record that they find wrong are rejected. */
  private async applyRules(tx: Transaction, plan: ChunkPlan, outcomes: Outcome[]): Promise<void> {
    const { definition, ctx, dryRun, automations } = this.job;
    if (!definition.prepare && !definition.derive) return;
    const drafts = [...plan.records.values()].map(({ before, after, rows, ownerIsDefault }) => ({
      ...draftOf(before, after, ''),
      rows,
      ownerIsDefault,
    }));
    const run: Questions['run'] = (statements) => tx.run(statements);
    await applyRules(definition, { run, dryRun, automations }, { ...ctx, tx }, drafts);
    for (const { before, after, rows, errors } of drafts) {
      // Rules may find that a row says what is stored already.
      const isSame = before !== null && !differ(definition, before, after);
      if (errors.length === 0 && !isSame) continue;
      plan.records.delete(after.id);
      for (const row of rows) outcomes[row] = errors.length > 0 ? errors : 'unchanged';
    }
  }

  private async write(tx: Transaction, plan: ChunkPlan, made: MadeReferences[]): Promise<void> {
    const statements = [];
    for (const { object, rows } of made) {
      await this.completeReferences(tx, object, rows);
      const writer = await this.referenceWriter(object);
      statements.push(...(await writer.insert(tx, rows)));
    }
    const planned = [...plan.records.values()];
    const fresh = planned.filter(({ before }) => before === null).map(({ after }) => after);
    const changed = planned.filter((item): item is Planned & Changed => item.before !== null);
    statements.push(...(await this.writer.insert(tx, fresh)));
    statements.push(...(await this.writer.update(tx, changed, this.memory)));
    if (statements.length > 0) await tx.run(statements);
  }

  private async completeReferences(
    tx: Transaction,
    object: string,
    rows: readonly RecordRow[],
  ): Promise<void> {
    const drafts = rows.map((row) => draftOf(null, row, ''));
    await applyRules(this.kit.get(object) as ObjectDefinition, tx, { ...this.job.ctx, tx }, drafts);
    const errors = drafts.flatMap((draft) => draft.errors);
    if (errors.length > 0) throw Problem.validation(errors);
  }

  private async referenceWriter(object: string): Promise<ChunkWriter> {
    const definition = this.kit.get(object) as ObjectDefinition;
    const { properties } = await this.kit.settings.of(this.job.ctx, definition);
    const columns = new Set(definition.columns.map(({ column }) => column));
    const used = { columns, sides: new Set(['external_ids']) };
    return new ChunkWriter(this.job, definition, properties, used);
  }

  private async draft(tx: Transaction, plan: ChunkPlan): Promise<void> {
    const rows = [...plan.records.values()].map(({ after }) => after);
    const { object } = this.job.definition;
    const keys = rows.flatMap((row) =>
      this.job.keys.flatMap((key): RememberedKey[] => {
        const value = valueIn(key, row);
        return value === null ? [] : [{ object, key: key.name, value, recordId: row.id }];
      }),
    );
    await tx.run([...this.memory.keepDrafts(rows), ...this.memory.remember(keys)]);
  }

  private async noteSeen(
    tx: Transaction,
    rows: readonly ParsedRow[],
    outcomes: readonly Outcome[],
  ): Promise<void> {
    if (!watchesDuplicates(this.job)) return;
    const { match, definition, importId } = this.job;
    const keys = rows.flatMap((row, index): RememberedKey[] => {
      const value = match && typeof outcomes[index] === 'string' ? keyOfRow(match, row) : null;
      if (value === null) return [];
      return [{ object: definition.object, key: 'seen', value, recordId: importId }];
    });
    await tx.run(this.memory.remember(keys));
  }
}

const differ = (definition: ObjectDefinition, before: RecordRow, after: RecordRow): boolean =>
  Object.keys(changesBetween(definition, before, after)).length > 0;

function summary(outcomes: readonly Outcome[], made: readonly MadeReferences[]): ChunkResult {
  const result: ChunkResult = {
    created: 0,
    updated: 0,
    unchanged: 0,
    rejects: [],
    createdReferences: made.reduce((sum, { rows }) => sum + rows.length, 0),
  };
  outcomes.forEach((outcome, index) => {
    if (typeof outcome === 'string') result[outcome] += 1;
    else result.rejects.push({ index, errors: outcome });
  });
  return result;
}

/** Columns that the mapping can set. */
function usedColumns({ definition, targets, tags }: BulkJob): {
  columns: Set<string>;
  sides: Set<string>;
} {
  // Rules may give values to any column.
  const given = definition.isDerived ? definition.columns : [];
  const columns = new Set(given.map(({ column }) => column));
  const sides = new Set<string>(tags.length > 0 ? ['tags'] : []);
  for (const target of targets) {
    if (target.kind === 'field') for (const { column } of target.field.columns) columns.add(column);
    else if (target.kind === 'link') columns.add(target.field.column);
    else if (target.kind === 'tags') sides.add('tags');
    else if (target.kind === 'custom') sides.add('custom');
    else if (target.kind === 'external') sides.add('external_ids');
  }
  return { columns, sides };
}

/**
 * Keys that rows of these targets may hold, so that each is looked up once for a chunk.
 * @param match the one that rows are matched on.
 */
export function keysOfTargets(
  definition: ObjectDefinition,
  targets: readonly Target[],
  match: MatchKey | null,
): MatchKey[] {
  const keys = new Map<string, MatchKey>(match ? [[match.name, match]] : []);
  const add = (key: MatchKey): void => void (keys.has(key.name) || keys.set(key.name, key));
  for (const target of targets) {
    if (target.kind === 'field' && target.field.unique) {
      add({ name: target.field.name, kind: 'column', field: target.field });
    } else if (target.kind === 'custom' && target.property.unique) {
      const { property } = target;
      add({ name: `custom.${property.name}`, kind: 'custom', property });
    } else if (target.kind === 'external') {
      add({ name: `externalIds.${target.source}`, kind: 'external', source: target.source });
    }
  }
  return [...keys.values()];
}

/** Custom properties by name, as the settings have them. */
export type Properties = ReadonlyMap<string, CustomProperty>;

/** Faults of a row in words, each with what it is about. */
export function describeErrors(errors: readonly FieldError[]): string {
  return errors
    .map(({ pointer, detail }) => {
      const name = pointer.slice(1).replaceAll('/', '.');
      return name === '' ? detail : `${name}: ${detail}`;
    })
    .join('; ');
}
