import { selectNormalizer, selectReader } from '../../common/values/select.js';
import type { Normalizer } from '../../common/values/normalized.js';
import type { RecordObject } from '../access/permissions.js';
import { FIELD_KINDS } from './field-kinds.js';
import type { ColumnSpec, FieldKind, FieldKindName } from './field-kinds.js';

export interface FieldOptions {
  /** What people call it. */
  label: string;
  description?: string;
  example?: unknown;
  /** Column headers of files that mean this field, in any language. */
  synonyms?: readonly string[];
  required?: boolean;
  /** No two records outside the bin share a value; records can be upserted by it. */
  unique?: boolean;
  /** An index serves this order: `(workspace_id, column, id)`. */
  sortable?: boolean;
  /** Where search finds it: as the title or subtitle of a hit, or only as a word. */
  search?: 'title' | 'subtitle' | 'text';
  maxLength?: number;
  min?: number;
  max?: number;
  options?: readonly string[];
  /** Object that a reference leads to, and how imports may name its records. */
  references?: { object: RecordObject; include: string; by: readonly string[] };
}

/** A property of an object: the one description that validation, SQL, imports and docs come from. */
export interface FieldSpec extends FieldOptions {
  name: string;
  kind: FieldKind;
  kindName: FieldKindName;
  column: string;
  columns: readonly ColumnSpec[];
  options: readonly string[];
  selectNormalizer: Normalizer<string>;
  selectReader: Normalizer<string>;
}

/** `annualRevenue` → `annual_revenue`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Completes what a decorator was given. */
export function fieldSpec(name: string, kindName: FieldKindName, options: FieldOptions): FieldSpec {
  const kind: FieldKind = FIELD_KINDS[kindName];
  const column = snakeCase(name);
  const choices = options.options ?? [];
  const select = choices.map((value) => ({ value, label: value }));
  return {
    maxLength: 255,
    ...options,
    name,
    kind,
    kindName,
    column,
    columns: kind.columns(name, column),
    options: choices,
    selectNormalizer: selectNormalizer(select),
    selectReader: selectReader(select),
  };
}
