import { accepted, refused, type Normalized } from './normalized.js';

const LONGEST = 2048;
const WEB_SCHEME = /^https?:/i;
const ANY_SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const HOST_AND_PORT = /^[^/?#:]+:\d{1,5}(?:[/?#]|$)/;

const NOT_URL = refused('isUrl', 'must be a web address such as https://example.com');

/**
 * A web address: `https://` is added where no scheme is given, scheme and host are lower-case and
 * in ASCII, the rest is percent-encoded as the URL standard says. Only http and https; no user
 * names or passwords; the host has a dot or is an IPv6 address. A slash that stands for "no path"
 * is not added.
 */
export function normalizeUrl(raw: unknown): Normalized<string> {
  if (typeof raw !== 'string' || raw.length > LONGEST) return NOT_URL;
  const text = raw.trim();
  const url = parse(text);
  if (url === null || !isOnTheWeb(url) || url.href.length > LONGEST) return NOT_URL;
  const slashAdded = url.pathname === '/' && url.href.endsWith('/') && !text.endsWith('/');
  return accepted(slashAdded ? url.href.slice(0, -1) : url.href);
}

function parse(text: string): URL | null {
  if (WEB_SCHEME.test(text)) return URL.parse(text);
  if (ANY_SCHEME.test(text) && !HOST_AND_PORT.test(text)) return null;
  return URL.parse(`https://${text}`);
}

function isOnTheWeb(url: URL): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (url.hostname.startsWith('[')) return true;
  return /[^.]\.[^.]/.test(url.hostname) && !/^\.|\.\./.test(url.hostname);
}
