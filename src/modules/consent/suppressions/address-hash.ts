import { randomBytes } from 'node:crypto';
import type { FieldError } from '../../../common/errors.js';
import { normalizeEmail } from '../../../common/values/email.js';
import { toE164 } from '../../../common/values/phone.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import type { Addressed } from '../channels.js';

/** Bytes that SHA-256 takes at a time; an HMAC's key is as long. */
const BLOCK = 64;

/**
 * The statement that makes sure that the workspace has a key for addresses. It is kept as the two
 * blocks that HMAC begins its hashes with (RFC 2104): the key with 0x36 and 0x5c in each byte.
 */
export function ensureHashKey(workspaceId: string): Statement {
  const key = randomBytes(BLOCK);
  const mixed = (pad: number): Buffer => Buffer.from(key.map((byte) => byte ^ pad));
  return {
    text: `insert into suppression_keys (workspace_id, inner_block, outer_block)
      values ($1, $2, $3) on conflict (workspace_id) do nothing`,
    params: [workspaceId, mixed(0x36), mixed(0x5c)],
  };
}

const blockSql = (block: 'inner' | 'outer', workspace: string): string =>
  `(select ${block}_block from suppression_keys where workspace_id = ${workspace})`;

/**
 * SQL of an address as it is kept: HMAC-SHA-256 under the workspace's key, 32 bytes. Null for a
 * null address, and where the workspace has no key yet, for it has no suppressed address then.
 * @param workspace SQL of the workspace's id; not a column, so that the key is looked up once.
 * @param address SQL of an address in its normal form.
 */
export const hashSql = (workspace: string, address: string): string =>
  `sha256(${blockSql('outer', workspace)} || sha256(${blockSql('inner', workspace)}
    || convert_to(${address}, 'UTF8')))`;

const BAD_EMAIL = { code: 'isEmail', detail: 'must be an email address' };
const BAD_PHONE = {
  code: 'isPhone',
  detail: 'must be a phone number with the code of its country, such as +4930901820',
};

/** An address in the form that contacts have it in, or what is wrong with it. */
export function normalAddress(
  channel: Addressed,
  address: string,
): { value: string } | { fault: Omit<FieldError, 'pointer'> } {
  if (channel === 'email') {
    const { value } = normalizeEmail(address);
    return value === undefined ? { fault: BAD_EMAIL } : { value };
  }
  const value = toE164(address.trim());
  return value === null ? { fault: BAD_PHONE } : { value };
}
