import { closest } from '../suggest.js';
import { OPERATORS } from './condition.js';
import type { Condition, Operator, PlainCondition } from './condition.js';
import { invalidFilter, shown, step } from './fault.js';
import { parseRelated, relationsNotHere } from './parse-related.js';

/** Deepest nesting of `and`, `or`, `not` and `related`; a comparison itself adds none. */
export const MAX_DEPTH = 5;
/** Most comparisons of one request. */
export const MAX_CONDITIONS = 100;
const LONGEST_FIELD = 128;

const FILTER_KEY = /^filter\[([^[\]]{1,128})\](?:\[([^[\]]{1,32})\])?$/;
/** Where a repeated key means "all of these"; others can be true of one value only. */
const REPEATABLE: readonly Operator[] = ['neq', 'contains', 'startsWith', 'has'];

function operatorOf(text: unknown, at: string): Operator {
  const operator = OPERATORS.find((known) => known === text);
  if (operator) return operator;
  const near = typeof text === 'string' ? closest(text, OPERATORS) : undefined;
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  const detail = `There is no operator ${shown(text)}.${hint} Operators: ${OPERATORS.join(', ')}.`;
  throw invalidFilter('unknownOperator', detail, at);
}

/**
 * Reads `filter[field]=value` and `filter[field][op]=value` from a query string. Values of `in` and
 * `nin` are separated by commas; `\,` is a comma and `\\` a backslash inside one.
 * @param query the query string, flat: keys literally as written, repeated ones as a list.
 * @returns all of them together, or null when there are none.
 * @throws Problem 400 `invalid-filter`.
 */
export function parseFilterParams(query: Record<string, unknown>): Condition | null {
  const conditions: Condition[] = [];
  for (const [key, raw] of Object.entries(query)) {
    if (!key.startsWith('filter')) continue;
    conditions.push(...readParam(key, raw));
    if (conditions.length > MAX_CONDITIONS) {
      const detail = `A list takes at most ${MAX_CONDITIONS} filters.`;
      throw invalidFilter('tooManyConditions', detail, '');
    }
  }
  const [only] = conditions;
  if (only === undefined) return null;
  return conditions.length === 1 ? only : { and: conditions };
}

function readParam(key: string, raw: unknown): Condition[] {
  const at = `/${step(key.slice(0, LONGEST_FIELD * 2))}`;
  const match = FILTER_KEY.exec(key);
  if (!match) {
    const detail = `${shown(key)} cannot be read. Write filter[field]=value or filter[field][operator]=value.`;
    throw invalidFilter('unreadable', detail, at);
  }
  const [, field = '', operator = 'eq'] = match;
  const op = operatorOf(operator, at);
  const values: unknown[] = Array.isArray(raw) ? raw : [raw];
  if (op === 'in' || op === 'nin') {
    return [{ field, op, value: values.flatMap((value) => splitList(String(value))), at }];
  }
  if (values.length > 1 && !REPEATABLE.includes(op)) {
    const detail = `${shown(key)} is given ${values.length} times. For one of several values write filter[${field}][in]=a,b.`;
    throw invalidFilter('repeated', detail, at);
  }
  return values.map((value) => ({ field, op, value, at }));
}

function splitList(text: string): string[] {
  if (!text.includes('\\')) return text.split(',');
  const parts = [''];
  for (const [sign] of text.matchAll(/\\[,\\]|[\s\S]/g)) {
    if (sign === ',') parts.push('');
    else parts.push((parts.pop() ?? '') + (sign.length === 2 ? sign.slice(1) : sign));
  }
  return parts;
}

/**
 * Reads the JSON form: `{"and": [{"field", "op", "value"}, {"or": […]}, {"not": {…}}]}`, and
 * `{"related", "where", …}` for conditions on related records (see `parseRelated`).
 * @param at where it stands, as a JSON pointer
 * @throws Problem 400 `invalid-filter` with a JSON pointer to what cannot be read.
 */
export function parseWhere(json: unknown, at = '/where'): Condition {
  return parseNode(json, at, { depth: 0, left: MAX_CONDITIONS });
}

/** As {@link parseWhere}, where there are no related records to ask for. */
export function parsePlainWhere(json: unknown, at = '/where'): PlainCondition {
  return plain(parseWhere(json, at));
}

function plain(condition: Condition): PlainCondition {
  if ('and' in condition) return { and: condition.and.map(plain) };
  if ('or' in condition) return { or: condition.or.map(plain) };
  if ('not' in condition) return { not: plain(condition.not) };
  if (!('related' in condition)) return condition;
  throw relationsNotHere(condition);
}

/** `left` is shared by all nodes: how many comparisons there may still be. */
interface Budget {
  depth: number;
  left: number;
}

function parseNode(node: unknown, at: string, budget: Budget): Condition {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    const detail = `${at} must be an object: {"field", "op", "value"}, {"and"}, {"or"}, {"not"} or {"related"}.`;
    throw invalidFilter('unreadable', detail, at);
  }
  const members = node as Record<string, unknown>;
  const names = Object.keys(members);
  if (names.length === 1 && ('and' in members || 'or' in members || 'not' in members)) {
    return parseGroup(members, at, budget);
  }
  return 'related' in members
    ? parseRelation(members, at, budget)
    : parseLeaf(members, names, at, budget);
}

function parseRelation(members: Record<string, unknown>, at: string, budget: Budget): Condition {
  return deeper(budget, at, () => {
    spend(budget, at);
    return parseRelated(members, at, (where, place) => parseNode(where, place, budget));
  });
}

function parseLeaf(
  members: Record<string, unknown>,
  names: readonly string[],
  at: string,
  budget: Budget,
): Condition {
  const unknown = names.find((name) => name !== 'field' && name !== 'op' && name !== 'value');
  if (unknown === undefined && 'field' in members && 'value' in members) {
    return parseComparison(members, at, budget);
  }
  const what = unknown === undefined ? 'lacks field or value' : `has the member ${shown(unknown)}`;
  const detail = `${at} ${what}; it takes field, op and value, or exactly one of and, or, not.`;
  throw invalidFilter('unreadable', detail, at);
}

function parseGroup(members: Record<string, unknown>, at: string, budget: Budget): Condition {
  return deeper(budget, at, () =>
    'not' in members
      ? { not: parseNode(members['not'], `${at}/not`, budget) }
      : 'and' in members
        ? { and: parseList(members['and'], `${at}/and`, budget) }
        : { or: parseList(members['or'], `${at}/or`, budget) },
  );
}

function deeper(budget: Budget, at: string, read: () => Condition): Condition {
  if (budget.depth === MAX_DEPTH) {
    const detail = `Conditions nest at most ${MAX_DEPTH} deep.`;
    throw invalidFilter('tooDeep', detail, at);
  }
  budget.depth += 1;
  const condition = read();
  budget.depth -= 1;
  return condition;
}

function spend(budget: Budget, at: string): void {
  budget.left -= 1;
  if (budget.left < 0) throw tooMany(at);
}

function parseList(list: unknown, at: string, budget: Budget): Condition[] {
  if (!Array.isArray(list) || list.length === 0) {
    throw invalidFilter('unreadable', `${at} must be a list of at least one condition.`, at);
  }
  if (list.length > MAX_CONDITIONS) throw tooMany(at);
  return list.map((item, index) => parseNode(item, `${at}/${index}`, budget));
}

function parseComparison(members: Record<string, unknown>, at: string, budget: Budget): Condition {
  spend(budget, at);
  const { field, op = 'eq', value } = members;
  if (typeof field !== 'string' || field === '' || field.length > LONGEST_FIELD) {
    throw invalidFilter('unreadable', `${at}/field must be the name of a field.`, `${at}/field`);
  }
  return { field, op: operatorOf(op, `${at}/op`), value, at };
}

function tooMany(at: string): Error {
  const detail = `A filter has at most ${MAX_CONDITIONS} conditions.`;
  return invalidFilter('tooManyConditions', detail, at);
}
