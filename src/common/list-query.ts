import { Problem } from './errors.js';
import { parseFilterParams, parseWhere } from './filter/index.js';
import type { Condition } from './filter/index.js';

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
}

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 500;
const MAX_SORT = 5;
const MAX_INCLUDE = 5;
const MAX_FIELDS = 100;
const MAX_QUERY = 200;
const COUNTS = ['none', 'estimated', 'exact'] as const;
const NAMES = ['limit', 'cursor', 'sort', 'fields', 'include', 'count', 'deleted', 'query'];

const invalid = (detail: string): Problem => new Problem('invalid-parameter', detail);

/**
 * Reads the parameters of a list from a query string.
 * @throws Problem 400 naming the parameter and what it may be.
 */
export function parseListQuery(params: Record<string, unknown>): ListQuery {
  for (const name of Object.keys(params)) {
    if (NAMES.includes(name) || name.startsWith('filter')) continue;
    throw invalid(
      `${name.slice(0, 64)} is not a parameter. Parameters: ${NAMES.join(', ')}, filter[…].`,
    );
  }
  const { limit, deleted } = params;
  return {
    ...readCommon({
      ...params,
      limit: limit === undefined ? undefined : Number(limit),
      sort: listOf(params['sort']),
      fields: params['fields'] === undefined ? undefined : listOf(params['fields']),
      include: listOf(params['include']),
    }),
    deleted: readFlag(deleted),
    where: parseFilterParams(params) ?? undefined,
  };
}

/**
 * Reads the body of a search into the same shape.
 * @throws Problem 400 naming the member and what it may be.
 */
export function parseSearchBody(body: unknown): ListQuery {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem('bad-request', 'The body must be an object.');
  }
  const members = body as Record<string, unknown>;
  for (const name of Object.keys(members)) {
    if (NAMES.includes(name) || name === 'where') continue;
    throw invalid(`/${name.slice(0, 64)} is not a member. Members: ${NAMES.join(', ')}, where.`);
  }
  return {
    ...readCommon({ ...members, include: members['include'] ?? [], sort: members['sort'] ?? [] }),
    deleted: readFlag(members['deleted']),
    where: members['where'] === undefined ? undefined : parseWhere(members['where']),
  };
}

function readCommon(params: Record<string, unknown>): Omit<ListQuery, 'deleted' | 'where'> {
  const { limit = DEFAULT_LIMIT, cursor, count = 'none', query } = params;
  if (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > MAX_LIMIT) {
    throw invalid(`limit must be a whole number from 1 to ${MAX_LIMIT}.`);
  }
  if (!COUNTS.some((known) => known === count)) {
    throw invalid(`count must be one of ${COUNTS.join(', ')}.`);
  }
  if (cursor !== undefined && typeof cursor !== 'string') throw invalid('cursor must be text.');
  return {
    limit: limit as number,
    cursor: cursor === '' ? undefined : cursor,
    sort: readSort(texts('sort', params['sort'], MAX_SORT)),
    fields:
      params['fields'] === undefined ? undefined : texts('fields', params['fields'], MAX_FIELDS),
    include: texts('include', params['include'], MAX_INCLUDE),
    count: count as ListQuery['count'],
    query: readWords(query),
  };
}

function readSort(keys: string[]): ListQuery['sort'] {
  const sort = keys.map((key) =>
    key.startsWith('-')
      ? { field: key.slice(1), direction: 'desc' as const }
      : { field: key, direction: 'asc' as const },
  );
  if (new Set(sort.map(({ field }) => field)).size < sort.length) {
    throw new Problem('invalid-sort', 'sort names a field twice.');
  }
  return sort;
}

function readWords(query: unknown): string | undefined {
  if (query === undefined) return undefined;
  if (typeof query !== 'string' || query.length > MAX_QUERY) {
    throw invalid(`query must be text of at most ${MAX_QUERY} characters.`);
  }
  return query.trim() === '' ? undefined : query.trim();
}

function readFlag(value: unknown): boolean {
  if (value === undefined || value === 'false' || value === false) return false;
  if (value === 'true' || value === true) return true;
  throw invalid('deleted must be true or false.');
}

function listOf(value: unknown): string[] {
  if (value === undefined || value === '') return [];
  const parts = Array.isArray(value) ? (value as unknown[]).map(String) : [String(value)];
  return parts.flatMap((part) => part.split(',')).map((part) => part.trim());
}

function texts(name: string, value: unknown, most: number): string[] {
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (!isList || value.length > most) {
    throw invalid(`${name} must be a list of at most ${most} names.`);
  }
  return [...new Set(value as string[])].filter((item) => item !== '');
}
