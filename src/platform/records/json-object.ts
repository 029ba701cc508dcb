import type { FieldKind } from './field-types.js';

/** Longest JSON text of one field, in characters. */
const LONGEST = 50_000;

/** An object in one column, as JSON text; a cell of a file holds it as JSON. */
export const json: FieldKind = {
  columns: (_name, column) => [{ column, sql: 'json' }],
  parse(raw, field, target, context) {
    if (raw === '') {
      target[field.column] = null;
      return undefined;
    }
    const given: unknown = context.lenient && typeof raw === 'string' ? readJson(raw) : raw;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      return { code: 'isObject', detail: 'must be an object' };
    }
    const text = JSON.stringify(given);
    if (text.length > LONGEST || text.includes('\\u0000')) {
      const detail = `must be JSON of at most ${LONGEST} characters, without null characters`;
      return { code: 'maxLength', detail };
    }
    target[field.column] = text;
    return undefined;
  },
  json: (name, column) => ({ [name]: `r.${column}` }),
  value: (column, values) => {
    const stored = values[column];
    return typeof stored === 'string' ? (JSON.parse(stored) as unknown) : null;
  },
  schema: () => ({ type: 'object', additionalProperties: true }),
};

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
