import { Problem } from '../../common/errors.js';
import { isUuid } from '../../common/uuid.js';

/** Where a reader of the feed stands: everything up to this position has been read. */
export type Position = number;

const encode = (text: string): string => Buffer.from(text, 'latin1').toString('base64url');

function decode(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  // Base64 forgives much; a cursor is taken only in the form it was given out.
  return encode(text) === cursor ? text : '';
}

/** Cursor of the feed. */
export const feedCursor = (position: Position): string => encode(`f${position}`);

/** @throws Problem 400 for anything {@link feedCursor} did not make. */
export function parseFeedCursor(cursor: string): Position {
  const match = /^f(\d{1,15})$/.exec(decode(cursor));
  if (!match) throw new Problem('invalid-cursor', 'The cursor is not one the feed has given out.');
  return Number(match[1]);
}

/** Cursor of the audit trail: the last entry that was shown. */
export const auditCursor = (id: string): string => encode(`a${id}`);

/** @throws Problem 400 for anything {@link auditCursor} did not make. */
export function parseAuditCursor(cursor: string): string {
  const text = decode(cursor);
  const id = text.slice(1);
  if (text[0] === 'a' && isUuid(id)) return id;
  throw new Problem('invalid-cursor', 'The cursor is not one the audit trail has given out.');
}
