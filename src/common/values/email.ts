import { domainToASCII } from 'node:url';
import { isEmail } from 'class-validator';
import { accepted, refused, type Normalized } from './normalized.js';

const LONGEST = 254;
// A subset of what isEmail accepts that covers nearly every real address. Words and labels are
// separated by a sign they cannot hold, so a match backtracks within one label of 63 characters.
const PLAIN =
  /^(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$/;
// eslint-disable-next-line no-control-regex
const BEYOND_ASCII = /[^\x00-\x7f]/;

const NOT_EMAIL = refused('isEmail', 'must be an email address');

/**
 * An e-mail address: trimmed, lower-case, the domain in its ASCII form (`xn--…`), so that equal
 * mailboxes are equal texts. Judged as class-validator's `isEmail` does.
 */
export function normalizeEmail(raw: unknown): Normalized<string> {
  if (typeof raw !== 'string' || raw.length > LONGEST * 2) return NOT_EMAIL;
  let email = raw.trim().toLowerCase();
  if (email.length > LONGEST) return NOT_EMAIL;
  if (PLAIN.test(email)) return accepted(email);
  if (BEYOND_ASCII.test(email)) email = withAsciiDomain(email);
  return isEmail(email) ? accepted(email) : NOT_EMAIL;
}

function withAsciiDomain(email: string): string {
  const at = email.lastIndexOf('@');
  return email.slice(0, at + 1).normalize('NFC') + domainToASCII(email.slice(at + 1));
}
