import { accepted, refused, type Normalized } from './normalized.js';

const LONGEST = 2048;
const WEB_SCHEME = /^https?:/i;
const ANY_SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const HOST_AND_PORT = /^[^/?#:]+:\d{1,5}(?:[/?#]|$)/;

const NOT_URL = refused('isUrl', 'must be a web address such as https://example.com');

/**
 * A web address: `https://` is added where no scheme is given, scheme and host are lower-case and
 * in ASCII, the rest is percent-encoded as the URL standard says. Only http and https, and never a
 * password. An address that names its scheme is taken as the URL standard reads it, also one that
 * leads nowhere (`http://info@example.com`, `http://tbd`): lists of customers are full of them, and
 * a record must not be lost for it. Without a scheme it must look like one: a host with a dot.
 * A slash that stands for "no path" is not added.
 */
export function normalizeUrl(raw: unknown): Normalized<string> {
  if (typeof raw !== 'string' || raw.length > LONGEST) return NOT_URL;
  const text = raw.trim();
  const url = parse(text);
  if (url === null || url.password !== '' || url.href.length > LONGEST) return NOT_URL;
  if (!WEB_SCHEME.test(text) && !isOnTheWeb(url)) return NOT_URL;
  const slashAdded = url.pathname === '/' && url.href.endsWith('/') && !text.endsWith('/');
  return accepted(slashAdded ? url.href.slice(0, -1) : url.href);
}

function parse(text: string): URL | null {
  if (WEB_SCHEME.test(text)) return URL.parse(text);
  if (ANY_SCHEME.test(text) && !HOST_AND_PORT.test(text)) return null;
  return URL.parse(`https://${text}`);
}

function isOnTheWeb(url: URL): boolean {
  if (url.username !== '') return false;
  if (url.hostname.startsWith('[')) return true;
  return /[^.]\.[^.]/.test(url.hostname) && !/^\.|\.\./.test(url.hostname);
}
