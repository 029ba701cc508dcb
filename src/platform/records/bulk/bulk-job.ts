import type { RequestContext } from '../../../common/context.js';
import type { FieldError } from '../../../common/errors.js';
import type { FieldSpec } from '../field-types.js';
import type { MatchKey } from '../match-key.js';
import type { ObjectDefinition } from '../object-definition.js';
import type { WorkspaceSettings } from '../record-settings.js';
import type { ParsedRow } from './row-parser.js';
import type { Target } from './targets.js';

export const BULK_MODES = ['create', 'update', 'upsert'] as const;
export type BulkMode = (typeof BULK_MODES)[number];

export const DUPLICATE_RULES = ['update', 'skip', 'error'] as const;
export type DuplicateRule = (typeof DUPLICATE_RULES)[number];

/** What a bulk load does with its rows; the same for all of its chunks. */
export interface BulkJob {
  /** Who acts, with what they may do. */
  ctx: RequestContext;
  importId: string;
  /** What events name as their cause, such as `import:<id>`. */
  source: string;
  definition: ObjectDefinition;
  settings: WorkspaceSettings;
  targets: readonly Target[];
  /** The list that each row gives an item of; rows with the same key are then one record. */
  list: FieldSpec | null;
  mode: BulkMode;
  /** What rows are matched on; null: every row is new. */
  match: MatchKey | null;
  /** Every key a row may hold, the one it is matched on among them. */
  keys: readonly MatchKey[];
  /** A row whose key the file had before (and, with `create`, one that a record has). */
  onDuplicate: DuplicateRule;
  /** Whether records that references name are made when there are none. */
  createReferences: boolean;
  /** Added to the tags of each record. */
  tags: readonly string[];
  /** Owner of new records whose row names none; undefined: the acting user. */
  ownerId: string | undefined;
  /** Nothing is written but what later rows have to meet. */
  dryRun: boolean;
  /** Whether rules of the workspace, such as those that assign leads, see to new records. */
  automations: boolean;
}

/** A row that was not taken, with all that is wrong with it. */
export interface Reject {
  /** Place among the rows of the chunk. */
  index: number;
  errors: FieldError[];
}

/** What became of the rows of a chunk: together as many as it had. */
export interface ChunkResult {
  created: number;
  updated: number;
  unchanged: number;
  rejects: Reject[];
  /** Records made because rows referred to them. */
  createdReferences: number;
  warnings: Warnings;
}

/** What rows said against what was there before them, which stayed. */
export interface Warnings {
  count: number;
  /** The first of them. */
  samples: Warning[];
}

export interface Warning {
  /** Line of the file. */
  line: number;
  /** What the row says otherwise: `orderDate`, `lines.product.name`. */
  property: string;
  kept: unknown;
  given: unknown;
}

/** Warnings of which more than the number is kept. */
export const MOST_SAMPLES = 100;

/** Adds a warning to those of a chunk. */
export function warn(warnings: Warnings, warning: Warning): void {
  warnings.count += 1;
  if (warnings.samples.length < MOST_SAMPLES) warnings.samples.push(warning);
}

export type Outcome = 'created' | 'updated' | 'unchanged' | FieldError[];

/** Something changed under the chunk between looking and writing: it has to be tried again. */
export class ChunkConflict extends Error {
  override name = 'ChunkConflict';
}

/** A value of a key in a parsed row; null when it has none. */
export function keyOfRow(key: MatchKey, row: ParsedRow): string | null {
  switch (key.kind) {
    case 'id':
      return row.id;
    case 'column':
      return (row.patch.values[key.field.column] ?? null) as string | null;
    case 'custom': {
      const value = row.patch.custom[key.property.name];
      return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
    }
    case 'external':
      return row.patch.externalIds[key.source] ?? null;
  }
}

/** Faults of a row in words, each with what it is about. */
export function describeErrors(errors: readonly FieldError[]): string {
  return errors
    .map(({ pointer, detail }) => {
      const name = pointer.slice(1).replaceAll('/', '.');
      return name === '' ? detail : `${name}: ${detail}`;
    })
    .join('; ');
}
