import { Problem } from '../errors.js';
import { OPERATORS } from './condition.js';
import type { Condition, Operator } from './condition.js';

/** Deepest nesting of `where`. */
export const MAX_DEPTH = 5;
/** Most comparisons of one request. */
export const MAX_CONDITIONS = 100;

const FILTER_KEY = /^filter\[([^[\]]{1,128})\](?:\[([^[\]]{1,32})\])?$/;

const invalid = (detail: string): Problem => new Problem('invalid-filter', detail);

function operatorOf(text: unknown): Operator {
  const operator = OPERATORS.find((known) => known === text);
  if (operator) return operator;
  const shown = String(text).slice(0, 32);
  throw invalid(`There is no operator ${shown}. Operators: ${OPERATORS.join(', ')}.`);
}

/**
 * Reads `filter[field]=value` and `filter[field][op]=value` from a query string.
 * @param query the query string, flat: keys literally as written, repeated ones as a list.
 * @returns all of them together, or null when there are none.
 * @throws Problem 400 `invalid-filter`.
 */
export function parseFilterParams(query: Record<string, unknown>): Condition | null {
  const conditions: Condition[] = [];
  for (const [key, raw] of Object.entries(query)) {
    if (!key.startsWith('filter')) continue;
    const match = FILTER_KEY.exec(key);
    if (!match) {
      const detail = `${key.slice(0, 64)} cannot be read. Write filter[field]=value or filter[field][operator]=value.`;
      throw invalid(detail);
    }
    const [, field = '', operator = 'eq'] = match;
    const op = operatorOf(operator);
    for (const value of Array.isArray(raw) ? (raw as unknown[]) : [raw]) {
      conditions.push({ field, op, value: op === 'in' || op === 'nin' ? splitList(value) : value });
    }
  }
  if (conditions.length > MAX_CONDITIONS) {
    throw invalid(`A list takes at most ${MAX_CONDITIONS} filters.`);
  }
  return conditions.length === 0 ? null : { and: conditions };
}

/** `gold,silver`; a comma inside a value is written `\,`. */
function splitList(value: unknown): string[] {
  const text = String(value);
  const parts: string[] = [''];
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index] as string;
    if (letter === '\\' && text[index + 1] === ',') {
      parts[parts.length - 1] += ',';
      index += 1;
    } else if (letter === ',') parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts;
}

/**
 * Reads the JSON form: `{"and": [{"field", "op", "value"}, {"or": […]}, {"not": {…}}]}`.
 * @throws Problem 400 `invalid-filter` with a JSON pointer to what cannot be read.
 */
export function parseWhere(json: unknown): Condition {
  const budget = { left: MAX_CONDITIONS };
  return parseNode(json, '/where', 1, budget);
}

function parseNode(
  node: unknown,
  pointer: string,
  depth: number,
  budget: { left: number },
): Condition {
  if (depth > MAX_DEPTH) throw invalid(`${pointer}: conditions nest at most ${MAX_DEPTH} deep.`);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    throw invalid(
      `${pointer} must be an object: {"field", "op", "value"}, {"and"}, {"or"}, {"not"}.`,
    );
  }
  const keys = Object.keys(node).sort().join();
  const members = node as Record<string, unknown>;
  if (keys === 'and') return { and: parseList(members['and'], `${pointer}/and`, depth, budget) };
  if (keys === 'or') return { or: parseList(members['or'], `${pointer}/or`, depth, budget) };
  if (keys === 'not') {
    return { not: parseNode(members['not'], `${pointer}/not`, depth + 1, budget) };
  }
  if (keys === 'field,op,value' || keys === 'field,value') {
    return parseComparison(members, pointer, budget);
  }
  throw invalid(
    `${pointer} has the members ${keys.slice(0, 100) || '(none)'}; it takes field, op and value, or one of and, or, not.`,
  );
}

function parseList(
  list: unknown,
  pointer: string,
  depth: number,
  budget: { left: number },
): Condition[] {
  if (!Array.isArray(list) || list.length === 0) {
    throw invalid(`${pointer} must be a list with at least one condition.`);
  }
  return list.map((item, index) => parseNode(item, `${pointer}/${index}`, depth + 1, budget));
}

function parseComparison(
  members: Record<string, unknown>,
  pointer: string,
  budget: { left: number },
): Condition {
  budget.left -= 1;
  if (budget.left < 0) throw invalid(`A filter has at most ${MAX_CONDITIONS} conditions.`);
  const { field, op = 'eq', value } = members;
  if (typeof field !== 'string' || field === '' || field.length > 128) {
    throw invalid(`${pointer}/field must be the name of a field.`);
  }
  return { field, op: operatorOf(op), value };
}
