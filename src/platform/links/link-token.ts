import { createHmac, timingSafeEqual } from 'node:crypto';
import { uuidOf } from '../../common/uuid.js';
import type { LinkKey } from './link-keys.repository.js';

/** What a link says, once its signature was found right. */
export interface LinkContent {
  workspaceId: string;
  payload: unknown;
  /** Milliseconds since 1970; null: never. */
  expiresAt: number | null;
}

/** Key id, workspace, and when it expires in seconds since 1970 (0: never). */
const HEAD = 2 + 16 + 6;
/** 128 bits: nobody guesses one, and addresses stay short enough for a mail. */
const SIGNATURE = 16;

/** A token for a URL: what it says, readable to anybody, with a signature bound to its purpose. */
export function writeToken(key: LinkKey, purpose: string, content: LinkContent): string {
  const head = Buffer.alloc(HEAD);
  head.writeUInt16BE(key.id, 0);
  head.write(content.workspaceId.replaceAll('-', ''), 2, 'hex');
  head.writeUIntBE(Math.ceil((content.expiresAt ?? 0) / 1000), 18, 6);
  const body = Buffer.concat([head, Buffer.from(JSON.stringify(content.payload))]);
  return Buffer.concat([sign(key, purpose, body), body]).toString('base64url');
}

/** What a token says; null when none of the keys has signed it for this purpose. */
export function readToken(
  keys: ReadonlyMap<number, LinkKey>,
  purpose: string,
  token: string,
): LinkContent | null {
  const bytes = Buffer.from(token, 'base64url');
  // Other spellings of the same bytes are other addresses: there is one of each.
  if (bytes.length < SIGNATURE + HEAD || bytes.toString('base64url') !== token) return null;
  const body = bytes.subarray(SIGNATURE);
  const key = keys.get(body.readUInt16BE(0));
  if (!key || !timingSafeEqual(sign(key, purpose, body), bytes.subarray(0, SIGNATURE))) return null;
  const expires = body.readUIntBE(18, 6);
  return {
    workspaceId: uuidOf(body.subarray(2, 18).toString('hex')),
    payload: JSON.parse(body.subarray(HEAD).toString()) as unknown,
    expiresAt: expires === 0 ? null : expires * 1000,
  };
}

function sign(key: LinkKey, purpose: string, body: Buffer): Buffer {
  const signature = createHmac('sha256', key.secret).update(`${purpose}\0`).update(body).digest();
  return signature.subarray(0, SIGNATURE);
}
