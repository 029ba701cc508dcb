import type { FieldError } from '../../../common/errors.js';
import type { FieldSpec } from '../field-types.js';
import type { RecordRow } from '../record-row.js';
import { keyOfRow, warn } from './bulk-job.js';
import type { BulkJob, Outcome, Warnings } from './bulk-job.js';
import type { ChunkLists } from './chunk-lists.js';
import type { Surroundings } from './chunk-lookups.js';
import { ChunkPlan, missingKey, taken } from './chunk-plan.js';
import type { Planned } from './chunk-plan.js';
import type { ParsedRow } from './parsed-row.js';

/**
 * Decides for rows that each give an item of a list: those with the same key are one record,
 * wherever they stand in the file. Its first row says all else of it; what later rows say otherwise
 * is counted as a warning.
 */
export class GroupedPlan extends ChunkPlan {
  constructor(
    job: BulkJob,
    around: Surroundings,
    readonly lists: ChunkLists,
    private readonly warnings: Warnings,
  ) {
    super(job, around);
  }

  /** Puts the lists into the records, for the rules and for writing. */
  completeLists(): void {
    const { column } = this.lists.list;
    for (const { id, stored } of this.lists.changed()) {
      const planned = this.records.get(id);
      if (planned) planned.after.values[column] = stored;
    }
  }

  /** How far the lists of the chunk's records are. */
  progress(): ReturnType<ChunkLists['progress']> {
    return this.lists.progress((id) => this.records.get(id)?.before === null);
  }

  /**
   * Takes the items out that the rules refuse, if it is only items of this chunk.
   * @returns the outcomes of their rows; null when the record as a whole is refused.
   */
  dropItems(planned: Planned, errors: readonly FieldError[]): Map<number, FieldError[]> | null {
    const { list } = this.lists;
    const faults = Map.groupBy(errors, ({ pointer }) => placeIn(list, pointer));
    if (faults.has(-1)) return null;
    const rows = this.lists.drop(planned.after.id, new Set(faults.keys()));
    if (!rows) return null;
    const outcomes = new Map<number, FieldError[]>();
    for (const [place, row] of rows) {
      const own = faults.get(place) ?? [];
      outcomes.set(
        row,
        own.map((error) => ({ ...error, pointer: withoutPlace(error.pointer) })),
      );
    }
    planned.rows = planned.rows.filter((row) => !outcomes.has(row));
    return outcomes;
  }

  override refuse(planned: Planned): void {
    super.refuse(planned);
    this.lists.forget(planned.after.id);
  }

  protected override decide(row: ParsedRow): Outcome {
    const { match } = this.job;
    const value = match && keyOfRow(match, row);
    if (!match || value === null) return [missingKey(match?.name ?? 'id')];
    const faults = this.lists.faultsOf(row);
    if (faults.length > 0) return faults;
    return this.decideFor(this.holder(match.name, value), row, match.name, value);
  }

  /** @param id of the record that has the key by now. */
  private decideFor(id: string | undefined, row: ParsedRow, key: string, value: string): Outcome {
    if (id !== undefined && this.lists.isBegun(id)) return this.later(id, row);
    const refusal = id === undefined ? null : this.refusalOf(id, key, value);
    if (refusal) return refusal;
    const outcome = id === undefined ? this.make(row) : this.change(id, row);
    const holder = id ?? this.holder(key, value);
    if (typeof outcome !== 'string' || holder === undefined) return outcome;
    return this.addItem(holder, row, outcome);
  }

  /** What rows of a record do that was there before the import; null for changing it. */
  private refusalOf(id: string, key: string, value: string): Outcome | null {
    const { mode, onDuplicate } = this.job;
    if (mode !== 'create' || onDuplicate === 'update') return null;
    return onDuplicate === 'skip' ? 'unchanged' : [taken(key, value, id)];
  }

  /** A further row of a record: only its item counts. */
  private later(id: string, row: ParsedRow): Outcome {
    const current = this.current(id);
    if (!current || current.deletedAt !== null) return [this.notFound(row)];
    this.assertReach(current);
    this.noteContradictions(current, row);
    return this.addItem(id, row, 'unchanged');
  }

  private addItem(id: string, row: ParsedRow, outcome: Outcome): Outcome {
    const current = this.current(id) as RecordRow;
    const added = this.lists.add(id, current.values, row, this.at);
    if (typeof added === 'object') return [added];
    if (!added || outcome === 'created') return outcome;
    this.touch(id, current);
    return 'updated';
  }

  /** Makes sure that the record is among those written. */
  private touch(id: string, current: RecordRow): void {
    const planned = this.records.get(id);
    if (!planned) {
      const after = { ...current, values: { ...current.values } };
      const isContinued = this.lists.isMade(id);
      this.records.set(id, { before: current, after, rows: [this.at], isContinued });
    } else if (planned.rows.at(-1) !== this.at) planned.rows.push(this.at);
  }

  private noteContradictions(current: RecordRow, row: ParsedRow): void {
    const { values, custom } = row.patch;
    for (const column in values) {
      const given = values[column] as unknown;
      if (given === null || given === current.values[column]) continue;
      this.note(row, this.nameOf(column), current.values[column] ?? null, given);
    }
    for (const name in custom) {
      const [given, kept] = [custom[name], current.custom[name] ?? null];
      if (given === null || JSON.stringify(given) === JSON.stringify(kept)) continue;
      this.note(row, `custom.${name}`, kept, given);
    }
  }

  private note({ source }: ParsedRow, property: string, kept: unknown, given: unknown): void {
    warn(this.warnings, { line: source.line, property, kept, given });
  }

  private nameOf(column: string): string {
    const { columns, fieldList } = this.job.definition;
    const path = columns.find((item) => item.column === column)?.path;
    return path ?? fieldList.find((field) => field.column === column)?.name ?? column;
  }
}

/** Place of the item that an error is about: `/lines/3/quantity`; -1 when it is about none. */
function placeIn(list: FieldSpec, pointer: string): number {
  const [, name, place] = pointer.split('/');
  return name === list.name && /^\d+$/.test(place ?? '') ? Number(place) : -1;
}

const withoutPlace = (pointer: string): string => pointer.replace(/^(\/[^/]*)\/\d+/, '$1');
