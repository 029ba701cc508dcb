import { accepted, refused, type Normalized } from './normalized.js';

const LONGEST_INPUT = 2048;
const LONGEST_DOMAIN = 253;
const LABELS = '(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+';
/** Bare or as a web address, in ASCII, without user name: read without parsing an address. */
const PLAIN = new RegExp(
  `^(?:https?://)?(?:www\\.)?(${LABELS}[a-z]{2,63})\\.?(?::\\d{1,5})?(?:[/?#]|$)`,
);
const DOMAIN = new RegExp(`^${LABELS}(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$`);
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//;

const NOT_DOMAIN = refused('isFQDN', 'must be a domain name such as example.com');

/**
 * A domain name, from a bare one or from a web address: lower-case, in ASCII (`xn--…`), without
 * `www.`, port, path or final dot. Addresses of machines, e-mail addresses and names without a
 * dot are refused.
 */
export function normalizeDomain(raw: unknown): Normalized<string> {
  if (typeof raw !== 'string' || raw.length > LONGEST_INPUT) return NOT_DOMAIN;
  const text = raw.trim().toLowerCase();
  const domain = PLAIN.exec(text)?.[1] ?? hostOf(text);
  if (domain === null || domain.length > LONGEST_DOMAIN || !DOMAIN.test(domain)) return NOT_DOMAIN;
  return accepted(domain);
}

/** The host of an address that needs the URL standard: other scripts, escapes, odd ports. */
function hostOf(text: string): string | null {
  const scheme = SCHEME.exec(text)?.[1];
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') return null;
  const url = URL.parse(scheme === undefined ? `https://${text}` : text);
  if (url === null || url.username !== '' || url.password !== '') return null;
  const host = url.hostname.replace(/\.$/, '');
  return host.startsWith('www.') && host.indexOf('.', 4) > 0 ? host.slice(4) : host;
}
