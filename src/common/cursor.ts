import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Problem } from './errors.js';

/** Where a page ended: the values of its last row by the keys of the order, the id among them. */
export interface CursorContent {
  /** Signature of the order, such as `-createdAt,-id`; a cursor fits only its own order. */
  sort: string;
  values: (string | number | boolean | null)[];
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
 * Reads a cursor back.
 * @throws Problem 400 `invalid-cursor` for one that was made up, altered, or made for another order.
 */
export function decodeCursor(cursor: string, sort: string, key: string | KeyObject): CursorContent {
  const payload = payloadOf(cursor, key);
  if (payload === null) {
    const detail = 'Take `cursor` from `page.nextCursor` of the page before, unchanged.';
    throw new Problem('invalid-cursor', detail);
  }
  const [madeFor, ...values] = JSON.parse(payload) as [string, ...CursorContent['values']];
  if (madeFor !== sort) {
    const detail = `The cursor was made for sort=${madeFor}; use the same order for every page.`;
    throw new Problem('invalid-cursor', detail);
  }
  return { sort, values };
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
