import { Problem } from '../../common/errors.js';
import { parseWhere } from '../../common/filter/index.js';
import type { ValueFault } from '../../common/values/normalized.js';
import type { FieldKind } from './field-types.js';

/** Longest condition, as JSON text. */
const LONGEST = 50_000;

/**
 * A condition in the language of `where`, kept as JSON text. Its shape is checked here; whether
 * there are such fields, the domain asks that knows of which object it speaks.
 */
export const condition: FieldKind = {
  columns: (_name, column) => [{ column, sql: 'json' }],
  parse(raw, field, target, context) {
    const given: unknown = context.lenient && typeof raw === 'string' ? readJson(raw) : raw;
    const fault = faultOf(given);
    if (fault) return fault;
    const text = JSON.stringify(given);
    if (text.length > LONGEST) {
      return { code: 'maxLength', detail: `must be at most ${LONGEST} characters of JSON` };
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

function faultOf(given: unknown): ValueFault | undefined {
  try {
    parseWhere(given);
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const at = error.errors?.[0]?.pointer.replace(/^\/where/, '') ?? '';
    return { code: error.errors?.[0]?.code ?? 'condition', detail: error.detail, at };
  }
}

/** A cell of an export holds the condition as JSON. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
