import { Problem } from '../../../common/errors.js';
import type { Statement } from '../../database/pipeline.js';
import type { Transaction } from '../../database/transaction.js';
import type { CustomProperty } from '../custom-properties.js';
import { itemsOf, storedItems } from '../list-items.js';
import type { MatchKey } from '../match-key.js';
import { valueIn } from '../match-key.js';
import type { ObjectDefinition } from '../object-definition.js';
import type { RecordKit } from '../record-kit.js';
import type { RecordRow } from '../record-row.js';
import { applyRules, draftOf } from '../record-rules.js';
import { RecordStore } from '../record-store.js';
import { keyOfRow } from './bulk-job.js';
import type { BulkJob, ChunkResult, Outcome, Warnings } from './bulk-job.js';
import { BulkMemory } from './bulk-memory.js';
import type { RememberedKey } from './bulk-memory.js';
import { ChunkLists } from './chunk-lists.js';
import { lookAround, watchesDuplicates } from './chunk-lookups.js';
import type { Surroundings } from './chunk-lookups.js';
import { ChunkPlan } from './chunk-plan.js';
import type { Planned } from './chunk-plan.js';
import { ChunkReferences } from './chunk-references.js';
import type { MadeReferences } from './chunk-references.js';
import { ChunkRules } from './chunk-rules.js';
import { ChunkWriter } from './chunk-writer.js';
import type { Changed } from './chunk-writer.js';
import { GroupedPlan } from './grouped-plan.js';
import type { ParsedRow } from './row-parser.js';
import type { Target } from './targets.js';

/** Records whose lists are shortened in one transaction. */
const TRIMMED = 200;

/** Loads the rows of an import, a chunk at a time, with set-based statements. */
export class BulkLoader {
  private readonly memory: BulkMemory;
  private readonly references: ChunkReferences;
  private readonly writer: ChunkWriter;
  private readonly rules: ChunkRules;

  constructor(
    private readonly kit: RecordKit,
    private readonly job: BulkJob,
  ) {
    this.memory = new BulkMemory(job);
    this.references = new ChunkReferences(kit, job, this.memory);
    this.rules = new ChunkRules(job);
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
    const warnings: Warnings = { count: 0, samples: [] };
    const made = await this.references.resolve(tx, fresh, warnings);
    const around = await lookAround(tx, this.job, this.memory, fresh);
    const plan = this.planOf(around, warnings);
    const outcomes = fresh.map((row) => plan.take(row));
    // Rules may complete records from those they refer to.
    const statements = this.job.dryRun ? [] : await this.writeReferences(tx, made);
    await this.rules.apply(tx, plan, outcomes);
    if (this.job.dryRun) await this.draft(tx, plan);
    else await this.write(tx, plan, statements);
    await this.noteSeen(tx, plan, fresh, outcomes);
    return { ...summary(outcomes, made), warnings };
  }

  /**
   * Once the whole file is in: takes from lists what they held before the import and the file does
   * not have, some records at a time, as part of the transaction.
   * @returns false when there is nothing left to do.
   */
  async trim(tx: Transaction): Promise<boolean> {
    const { list, definition, dryRun } = this.job;
    if (!list || dryRun) return false;
    const longer = await this.memory.takeLonger(tx, TRIMMED);
    if (longer.size === 0) return false;
    const rows = await new RecordStore(definition).lock(tx, this.job.ctx, [...longer.keys()]);
    const shortened = [...rows.values()].flatMap((before): (Planned & Changed)[] => {
      const items = itemsOf(before.values[list.column]).slice(0, longer.get(before.id));
      const values = { ...before.values, [list.column]: storedItems(items) };
      return before.deletedAt === null ? [{ before, after: { ...before, values }, rows: [] }] : [];
    });
    const taken = await this.rules.accept(tx, shortened);
    const statements = await this.writer.update(tx, taken, this.memory);
    if (statements.length > 0) await tx.run(statements);
    return true;
  }

  private planOf(around: Surroundings, warnings: Warnings): ChunkPlan {
    const { job } = this;
    if (!job.list) return new ChunkPlan(job, around);
    const lists = new ChunkLists(job.list, job.targets, around.given);
    return new GroupedPlan(job, around, lists, warnings);
  }

  /** Returns what is left to do for the records made. */
  private async writeReferences(
    tx: Transaction,
    made: readonly MadeReferences[],
  ): Promise<Statement[]> {
    const statements = [];
    for (const { object, rows } of made) {
      await this.completeReferences(tx, object, rows);
      const writer = await this.referenceWriter(object);
      statements.push(...(await writer.insert(tx, rows)));
    }
    return statements;
  }

  private async write(tx: Transaction, plan: ChunkPlan, statements: Statement[]): Promise<void> {
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
    plan: ChunkPlan,
    rows: readonly ParsedRow[],
    outcomes: readonly Outcome[],
  ): Promise<void> {
    if (plan instanceof GroupedPlan) await tx.run(this.memory.keepGiven(plan.progress()));
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

function summary(
  outcomes: readonly Outcome[],
  made: readonly MadeReferences[],
): Omit<ChunkResult, 'warnings'> {
  const result: Omit<ChunkResult, 'warnings'> = {
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

/** Columns beside an object's own, by the kind of target that gives them. */
const SIDES = {
  ...{ tags: 'tags', custom: 'custom', external: 'external_ids', created: 'created_at' },
} as const;

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
    else if (target.kind === 'item') columns.add(target.list.column);
    else if (target.kind === 'link') columns.add((target.list ?? target.field).column);
    else if (target.kind in SIDES) sides.add(SIDES[target.kind as keyof typeof SIDES]);
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
