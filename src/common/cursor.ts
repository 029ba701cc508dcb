import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from './errors.js';

/** Where a page ended: the values of its last row by the keys of the order. */
export interface CursorContent {
  /** Signature of the order, such as `-createdAt,-id`; a cursor fits only its own order. */
  sort: string;
  values: (string | number | boolean | null)[];
}

const MAC_BYTES = 12;
const LONGEST = 4096;

const macOf = (payload: string, key: string): Buffer =>
  createHmac('sha256', `keel cursor ${key}`).update(payload).digest().subarray(0, MAC_BYTES);

/**
 * Makes an opaque cursor.
 * @param key what the cursor is bound to, such as the workspace: it fits no other.
 */
export function encodeCursor(content: CursorContent, key: string): string {
  const payload = JSON.stringify([content.sort, ...content.values]);
  return Buffer.concat([macOf(payload, key), Buffer.from(payload)]).toString('base64url');
}

/**
 * Reads a cursor back.
 * @throws Problem 400 `invalid-cursor` for one that was made up, altered, or made for another order.
 */
export function decodeCursor(cursor: string, sort: string, key: string): CursorContent {
  const bytes = Buffer.from(cursor.slice(0, LONGEST), 'base64url');
  const payload = bytes.subarray(MAC_BYTES).toString();
  const isOurs =
    bytes.length > MAC_BYTES &&
    cursor.length <= LONGEST &&
    timingSafeEqual(bytes.subarray(0, MAC_BYTES), macOf(payload, key));
  if (!isOurs) {
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
