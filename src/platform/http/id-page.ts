import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { Problem } from '../../common/errors.js';
import { isUuid } from '../../common/uuid.js';
import type { PageJson } from './answers.js';

/** A page of a short list that is always in the order of ids: the newest first. */
export interface IdPage {
  limit: number;
  /** The last id of the page before; null for the first page. */
  before: string | null;
}

const MOST = 500;
const DEFAULT = 50;

/** Documents `limit` and `cursor`. */
export const IdPageQuery = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MOST, default: DEFAULT },
    }),
    ApiQuery({
      name: 'cursor',
      required: false,
      description: '`page.nextCursor` of the page before',
      schema: { type: 'string' },
    }),
  );

/**
 * Reads `limit` and `cursor` of a list without filters.
 * @throws Problem 400 for another parameter, a limit out of range or a cursor that is not ours.
 */
export function readIdPage(query: Record<string, unknown>): IdPage {
  for (const name of Object.keys(query)) {
    if (name === 'limit' || name === 'cursor') continue;
    throw new Problem('invalid-parameter', `This list takes limit and cursor, not ${name}.`);
  }
  return { limit: limitOf(query['limit']), before: cursorOf(query['cursor']) };
}

function limitOf(value: unknown): number {
  if (value === undefined) return DEFAULT;
  const limit = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (limit >= 1 && limit <= MOST) return limit;
  throw new Problem('invalid-parameter', `limit must be a number from 1 to ${MOST}.`);
}

function cursorOf(value: unknown): string | null {
  if (value === undefined) return null;
  const id = typeof value === 'string' ? Buffer.from(value, 'base64url').toString('latin1') : '';
  if (isUuid(id) && encode(id) === value) return id;
  throw new Problem('invalid-cursor', 'The cursor must be one that this list has answered.');
}

const encode = (id: string): string => Buffer.from(id, 'latin1').toString('base64url');

/** The list's JSON, from one row more than the page holds when there is a further page. */
export function idPage(rows: readonly { id: string }[], { limit }: IdPage): PageJson {
  const data = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  const nextCursor = hasMore ? encode((data.at(-1) as { id: string }).id) : null;
  return { json: JSON.stringify({ data, page: { nextCursor, hasMore } }), nextCursor };
}
