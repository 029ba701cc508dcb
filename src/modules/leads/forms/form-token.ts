import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Tokens older than this are no sign of somebody who has just filled in a form. */
const LIFE = 24 * 3_600_000;

/** What a token tells: which one it is and how long it has been out, in milliseconds. */
export interface ReadToken {
  id: string;
  age: number;
}

const sign = (secret: string, formId: string, time: string, id: string): Buffer =>
  createHmac('sha256', secret).update(`${formId}.${time}.${id}`).digest();

/** A token that says when a form was asked for, signed with the form's own secret. */
export function makeToken(secret: string, formId: string, now = Date.now()): string {
  const [time, id] = [now.toString(36), randomBytes(12).toString('base64url')];
  return `${time}.${id}.${sign(secret, formId, time, id).toString('base64url')}`;
}

/** Reads a token; null for one that is forged, of another form, or more than a day old. */
export function readToken(
  secret: string,
  formId: string,
  token: unknown,
  now = Date.now(),
): ReadToken | null {
  if (typeof token !== 'string' || token.length > 200) return null;
  const [time = '', id = '', signature = ''] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = sign(secret, formId, time, id);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const age = now - parseInt(time, 36);
  return age >= 0 && age <= LIFE ? { id, age } : null;
}
