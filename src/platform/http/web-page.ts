import { Problem } from '../../common/errors.js';
import { Answer } from './answers.js';
import { securityHeaders } from './security-headers.js';

/** Text that is HTML already, and may stand in a page as it is. */
export class Html {
  constructor(readonly source: string) {}

  toString(): string {
    return this.source;
  }
}

type Part = Html | string | number | null | undefined | readonly Part[];

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Template tag: what is filled in is text, unless it was made by this tag itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => text + sourceOf(parts[index])).join(''));
}

function sourceOf(part: Part): string {
  if (part === null || part === undefined) return '';
  if (part instanceof Html) return part.source;
  if (typeof part === 'object') return part.map(sourceOf).join('');
  return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character] as string);
}

/** Nothing loads, frames or runs; forms come back to this server alone. */
const HEADERS = securityHeaders({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'unsafe-inline'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  },
  // The address of such a page is a credential.
  referrerPolicy: { policy: 'no-referrer' },
});

const STYLE = `
  :root { color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif; }
  body { max-width: 34rem; margin: 3rem auto; padding: 0 1rem; }
  button { font: inherit; padding: .5rem 1.2rem; cursor: pointer; }
  fieldset { border: 1px solid #8886; border-radius: .4rem; margin: 1rem 0; padding: .6rem 1rem; }
  label { display: block; padding: .25rem 0; }
  textarea { font: inherit; width: 100%; box-sizing: border-box; }`;

/**
 * A small page for people who followed a link: no script, nothing from elsewhere, never kept.
 * @param lang language of its words, such as `en`.
 */
export function webPage(title: string, body: Html, { status = 200, lang = 'en' } = {}): Answer {
  const page = html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `;
  return new Answer(status, page.source, {
    ...HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
  });
}

/** Whether a client would rather have a page than JSON: a browser, not a program. */
export function prefersPage(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const first = accept
    .split(',')
    .map((part) => part.split(';')[0]?.trim().toLowerCase())
    .find((type) => type === 'text/html' || type === 'application/json');
  return first === 'text/html';
}

/** People who follow a link that leads nowhere get a page as well. */
export async function orPage<T>(
  accept: string | undefined,
  work: () => Promise<T>,
): Promise<T | Answer> {
  try {
    return await work();
  } catch (error) {
    const isTold = error instanceof Problem && error.status < 500;
    if (!isTold || !prefersPage(accept)) throw error;
    return webPage('This did not work', html`<p>${error.detail}</p>`, { status: error.status });
  }
}
