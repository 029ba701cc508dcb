import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Problem } from './errors.js';
import { isUuid } from './uuid.js';
import { normalizeDate } from './values/date.js';
import { normalizeDatetime } from './values/datetime.js';
import { normalizeDecimal } from './values/decimal.js';

/** Where a page ended: the values of its last row by the keys of the order, the id among them. */
export interface CursorContent {
  /** Signature of the order, such as `-createdAt,-id`; a cursor fits only its own order. */
  sort: string;
  values: (string | number | boolean | null)[];
}

export type CursorValue = CursorContent['values'][number];

/** What a value of an order can be. */
export type CursorType =
  'text' | 'uuid' | 'integer' | 'bigint' | 'number' | 'decimal' | 'boolean' | 'date' | 'datetime';

/** One key of an order, as far as its values go. */
export interface CursorKey {
  type: CursorType;
  nullable?: boolean;
}

const MAC_BYTES = 16;
/** Enough for the longest values of five keys; a longer text is no cursor of ours. */
const LONGEST = 8192;

const macOf = (payload: Buffer | string, key: string | KeyObject): Buffer =>
  createHmac('sha256', key).update('keel cursor\0').update(payload).digest().subarray(0, MAC_BYTES);

/**
 * Makes an opaque cursor, base64url: a truncated HMAC-SHA256 and the content as JSON.
 * @param key what the cursor is bound to: it fits no other. Only a secret one keeps clients from
 *   making cursors of their own.
 * @throws TypeError for a number that JSON cannot keep
 */
export function encodeCursor(content: CursorContent, key: string | KeyObject): string {
  for (const value of content.values) {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new TypeError('A cursor holds finite numbers only.');
    }
  }
  const payload = Buffer.from(JSON.stringify([content.sort, ...content.values]));
  return Buffer.concat([macOf(payload, key), payload]).toString('base64url');
}

/**
 * Reads a cursor back. The values are of the types that the order's keys have, whoever made the
 * cursor: a key that is not secret keeps nobody from making one.
 * @param keys of the order, one for each value.
 * @throws Problem 400 `invalid-cursor` for one that was made up, altered, or made for another order.
 */
export function decodeCursor(
  cursor: string,
  sort: string,
  key: string | KeyObject,
  keys: readonly CursorKey[],
): CursorContent {
  const content = contentOf(payloadOf(cursor, key));
  if (content === null) throw madeUp();
  const [madeFor, ...values] = content;
  if (madeFor !== sort) {
    const order = madeFor.slice(0, LONGEST_SHOWN).toWellFormed();
    const detail = `The cursor was made for sort=${order}; use the same order for every page.`;
    throw new Problem('invalid-cursor', detail);
  }
  const fits = keys.every((item, index) => isValueOf(item, values[index]));
  if (values.length !== keys.length || !fits) throw madeUp();
  return { sort, values: values as CursorValue[] };
}

function madeUp(): Problem {
  const detail = 'Take `cursor` from `page.nextCursor` of the page before, unchanged.';
  return new Problem('invalid-cursor', detail);
}

const LONGEST_SHOWN = 128;
const isText = (value: unknown): value is string => typeof value === 'string';

const CHECKS: Record<CursorType, (value: unknown) => boolean> = {
  text: (value) => isText(value) && !value.includes('\0'),
  uuid: isUuid,
  integer: (value) => typeof value === 'number' && (value | 0) === value,
  bigint: (value) => Number.isSafeInteger(value),
  number: (value) => Number.isFinite(value),
  decimal: (value) => normalizeDecimal(value, { precision: 38, scale: 18 }).value !== undefined,
  boolean: (value) => typeof value === 'boolean',
  date: (value) => normalizeDate(value).value !== undefined,
  datetime: (value) => normalizeDatetime(value).value !== undefined,
};

function isValueOf({ type, nullable = false }: CursorKey, value: unknown): boolean {
  return value === null ? nullable : CHECKS[type](value);
}

function contentOf(payload: string | null): [string, ...unknown[]] | null {
  if (payload === null) return null;
  try {
    const content: unknown = JSON.parse(payload);
    return Array.isArray(content) && isText(content[0]) ? (content as [string]) : null;
  } catch {
    return null;
  }
}

function payloadOf(cursor: string, key: string | KeyObject): string | null {
  if (cursor.length > LONGEST) return null;
  const bytes = Buffer.from(cursor, 'base64url');
  // The decoder skips what is no base64url and ignores spare bits; such a text was altered.
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== cursor) return null;
  const payload = bytes.subarray(MAC_BYTES);
  const isOurs = timingSafeEqual(bytes.subarray(0, MAC_BYTES), macOf(payload, key));
  return isOurs ? payload.toString() : null;
}
