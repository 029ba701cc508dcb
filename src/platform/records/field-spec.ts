import { selectNormalizer, selectReader } from '../../common/values/select.js';
import { FIELD_KINDS } from './field-kinds.js';
import type { FieldKind, FieldKindName, FieldOptions, FieldSpec } from './field-types.js';

/** `annualRevenue` → `annual_revenue`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Completes what a decorator was given. */
export function fieldSpec(
  name: string,
  kindName: FieldKindName,
  options: FieldOptions,
  items: readonly FieldSpec[] = [],
): FieldSpec {
  const kind: FieldKind = FIELD_KINDS[kindName];
  const column = options.column ?? snakeCase(name);
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
    items,
    options: choices,
    selectNormalizer: selectNormalizer(select),
    selectReader: selectReader(select),
  };
}
