import { normalizeText } from '../../common/values/text.js';
import type { ColumnValues, FieldKind } from './field-types.js';

const MOST_NAMES = 50;

/** The names that a column holds. */
export function namesOf(stored: ColumnValues[string] | undefined): string[] {
  return typeof stored === 'string' ? (JSON.parse(stored) as string[]) : [];
}

/** A list of short names in one column, as JSON text; a cell of a file separates them by `;`. */
export const names: FieldKind = {
  columns: (_name, column) => [{ column, sql: 'json' }],
  parse(raw, field, target, context) {
    const given: unknown = context.lenient && typeof raw === 'string' ? raw.split(';') : raw;
    if (!Array.isArray(given)) return { code: 'isArray', detail: 'must be a list of names' };
    const most = field.maxItems ?? MOST_NAMES;
    if (given.length > most) {
      return { code: 'arrayMaxSize', detail: `must hold at most ${most} names` };
    }
    const found = new Set<string>();
    for (const [index, entry] of given.entries()) {
      const { value, error } = normalizeText(entry, field.maxLength);
      if (error) return { ...error, at: `/${index}` };
      if (value !== '') found.add(value);
    }
    target[field.column] = JSON.stringify([...found]);
    return undefined;
  },
  json: (name, column) => ({ [name]: `r.${column}` }),
  value: (column, values) => namesOf(values[column]),
  schema: (field) => ({
    type: 'array',
    maxItems: field.maxItems ?? MOST_NAMES,
    items: { type: 'string' },
  }),
};
