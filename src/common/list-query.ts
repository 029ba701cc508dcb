import { Problem } from './errors.js';
import { parseFilterParams, parseWhere } from './filter/index.js';
import type { Condition } from './filter/index.js';
import { closest } from './suggest.js';

/** A list as a client asks for it. */
export interface ListQuery {
  /** Records per page, 1 to 500. */
  limit: number;
  cursor?: string;
  sort: { field: string; direction: 'asc' | 'desc' }[];
  /** Members wanted; undefined for all. */
  fields?: string[];
  include: string[];
  count: 'none' | 'estimated' | 'exact';
  /** The bin instead of what is in use. */
  deleted: boolean;
  /** Words to search for. */
  query?: string;
  where?: Condition;
  /**
   * Whether `where` may ask for related records and relative times: searches and exports may. The
   * answers of plain lists are kept until the records of their own object change.
   */
  relations?: boolean;
}

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 500;
const MAX_SORT = 5;
const MAX_INCLUDE = 5;
const MAX_FIELDS = 100;
const MAX_QUERY = 200;
const LONGEST_NAME = 128;
const COUNTS = ['none', 'estimated', 'exact'] as const;
const NAMES = ['limit', 'cursor', 'sort', 'fields', 'include', 'count', 'deleted', 'query'];
const MEMBERS = [...NAMES, 'where'];

/** 400 that names the parameter, or the member of the body by its JSON pointer. */
function invalid(name: string, detail: string): Problem {
  const code = name === 'sort' ? 'invalid-sort' : 'invalid-parameter';
  return new Problem(code, detail, { errors: [{ pointer: `/${name}`, code: 'invalid', detail }] });
}

/** A client's name for something, short enough and safe to repeat. */
const shown = (name: string): string =>
  name
    .slice(0, 64)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '·');

function unknownName(name: string, kind: string, known: readonly string[]): string {
  const near = closest(name, known);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return `${shown(name)} is not a ${kind}.${hint} There are ${known.join(', ')}.`;
}

/**
 * Reads the parameters of a list from a query string.
 * @param params the query string, flat: keys literally as written, repeated ones as a list
 * @throws Problem 400 naming the parameter and what it may be.
 */
export function parseListQuery(params: Record<string, unknown>): ListQuery {
  for (const name of Object.keys(params)) {
    if (name.startsWith('filter') || NAMES.includes(name)) continue;
    throw invalid(shown(name), unknownName(name, 'parameter', [...NAMES, 'filter[…]']));
  }
  const { sort, fields, include } = params;
  for (const name of ['limit', 'cursor', 'count', 'deleted', 'query']) {
    if (Array.isArray(params[name])) throw invalid(name, `${name} is given more than once.`);
  }
  return {
    limit: readLimit(params['limit']),
    ...readTexts(params),
    sort: readSort(splitNames(sort)),
    fields: fields === undefined ? undefined : readFields(splitNames(fields)),
    include: readNames('include', splitNames(include), MAX_INCLUDE),
    deleted: readFlag(params['deleted']),
    where: parseFilterParams(params) ?? undefined,
  };
}

/**
 * Reads the body of a search into the same shape. `sort`, `fields` and `include` are lists of
 * names, or one text with commas as in a query string.
 * @throws Problem 422 for a member there is none of, 400 for one that cannot be read.
 */
export function parseSearchBody(body: unknown): ListQuery {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem('bad-request', 'The body must be a JSON object.');
  }
  const members: Record<string, unknown> = { ...body };
  const unknown = Object.keys(members).filter((name) => !MEMBERS.includes(name));
  if (unknown.length > 0) throw unknownMembers(unknown);
  const { sort, fields, include, where } = members;
  return {
    limit: readLimit(members['limit']),
    ...readTexts(members),
    sort: readSort(namesIn('sort', sort)),
    fields: fields === undefined ? undefined : readFields(namesIn('fields', fields)),
    include: readNames('include', namesIn('include', include), MAX_INCLUDE),
    deleted: readFlag(members['deleted']),
    where: where === undefined ? undefined : parseWhere(where),
    relations: true,
  };
}

function unknownMembers(names: readonly string[]): Problem {
  return Problem.validation(
    names.slice(0, MAX_FIELDS).map((name) => ({
      pointer: `/${shown(name).replaceAll('~', '~0').replaceAll('/', '~1')}`,
      code: 'unknownField',
      detail: unknownName(name, 'member', MEMBERS),
    })),
  );
}

function readLimit(raw: unknown): number {
  if (raw === undefined) return DEFAULT_LIMIT;
  const limit = typeof raw === 'string' && /^\d{1,6}$/.test(raw) ? Number(raw) : raw;
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) {
    return limit;
  }
  throw invalid('limit', `limit must be a whole number from 1 to ${MAX_LIMIT}.`);
}

function readTexts(params: Record<string, unknown>): Pick<ListQuery, 'cursor' | 'count' | 'query'> {
  const { cursor, count = 'none', query } = params;
  if (cursor !== undefined && typeof cursor !== 'string') {
    throw new Problem('invalid-cursor', '`cursor` must be text: `page.nextCursor` of a page.');
  }
  const known = COUNTS.find((item) => item === count);
  if (!known) throw invalid('count', `count must be one of ${COUNTS.join(', ')}.`);
  return { cursor: cursor === '' ? undefined : cursor, count: known, query: readWords(query) };
}

function readWords(raw: unknown): string | undefined {
  if (raw === undefined) return undefined;
  if (typeof raw !== 'string' || raw.length > MAX_QUERY) {
    throw invalid('query', `query must be text of at most ${MAX_QUERY} characters.`);
  }
  const words = raw
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return words === '' ? undefined : words;
}

function readFlag(value: unknown): boolean {
  if (value === undefined || value === 'false' || value === false) return false;
  if (value === 'true' || value === true) return true;
  throw invalid('deleted', 'deleted must be true or false.');
}

function readSort(keys: string[]): ListQuery['sort'] {
  const sort = keys.map((key) =>
    key.startsWith('-')
      ? { field: key.slice(1), direction: 'desc' as const }
      : { field: key, direction: 'asc' as const },
  );
  const fields = readNames(
    'sort',
    sort.map(({ field }) => field),
    MAX_SORT,
  );
  if (fields.length < sort.length) throw invalid('sort', 'sort names a field twice.');
  return sort;
}

function readFields(names: string[]): string[] {
  if (names.length === 0) throw invalid('fields', 'fields must name at least one field.');
  return readNames('fields', names, MAX_FIELDS);
}

/** The different names of a list, none of them empty. */
function readNames(parameter: string, names: string[], most: number): string[] {
  if (names.length > most) throw invalid(parameter, `${parameter} takes at most ${most} names.`);
  for (const name of names) {
    if (name !== '' && name.length <= LONGEST_NAME) continue;
    const detail = `${parameter} must be names of 1 to ${LONGEST_NAME} characters.`;
    throw invalid(parameter, detail);
  }
  return [...new Set(names)];
}

function splitNames(raw: unknown): string[] {
  const parts: unknown[] = Array.isArray(raw) ? raw : [raw];
  return parts
    .filter((part) => typeof part === 'string')
    .flatMap((part) => (part === '' ? [] : part.split(',')))
    .map((part) => part.trim());
}

function namesIn(member: string, raw: unknown): string[] {
  if (raw === undefined || typeof raw === 'string') return splitNames(raw);
  if (Array.isArray(raw) && raw.every((item) => typeof item === 'string')) return raw;
  throw invalid(member, `${member} must be a list of names.`);
}
