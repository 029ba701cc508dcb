import type { FieldError } from '../../../common/errors.js';
import { compile } from './engine.js';
import type { Compiled } from './engine.js';
import { numberLinks } from './links.js';
import { unknownNames } from './placeholders.js';
import type { Names } from './placeholders.js';
import { plainTextOf } from './plain-text.js';

/** What a mail is made from; empty parts are null. */
export interface MailSource {
  subject: string | null;
  html: string | null;
  text: string | null;
}

/** A mail as one receiver gets it. */
export interface RenderedMail {
  subject: string;
  html: string | null;
  text: string;
}

/** What a template is filled with; see `namesOf` in placeholders. */
export type MailScope = Record<string, unknown> & { unsubscribeUrl: string };

const LONGEST_SUBJECT = 900;
/** Longest mail that a template may make, in characters. */
const LONGEST_PART = 1_000_000;

const FOOTER_HTML = `
<p style="font-size:small"><a href="{{ unsubscribeUrl }}">Unsubscribe</a></p>
`;
const FOOTER_TEXT = '\n\nUnsubscribe: {{ unsubscribeUrl }}';

/** A mail that is ready to be filled in for each receiver. */
export class MailTemplate {
  private constructor(
    private readonly subject: Compiled,
    private readonly html: Compiled | null,
    private readonly text: Compiled,
  ) {}

  /**
   * Reads a mail. What it lacks is made: text out of the HTML, and a way to unsubscribe.
   * @param urls gets the addresses that the HTML leads to; a link's number is its place there.
   * @throws Error for what `faultsOf` would have found.
   */
  static of(source: MailSource, urls: string[]): MailTemplate {
    const html = source.html === null ? null : withFooter(source.html, FOOTER_HTML);
    const text = withFooter(source.text ?? plainTextOf(source.html ?? ''), FOOTER_TEXT);
    return new MailTemplate(
      compile(source.subject ?? '', 'text'),
      html === null ? null : compile(numberLinks(html, urls), 'html'),
      compile(text, 'text'),
    );
  }

  /**
   * @param links address of each link, by its number.
   * @param pixel address of an image that tells of opens; null for none.
   * @throws Error when a part takes too long to make, or grows too long.
   */
  render(scope: MailScope, links: readonly string[], pixel: string | null): RenderedMail {
    const numbered = Object.fromEntries(links.map((url, number) => [`l${number}`, url]));
    const html = this.html?.render({ ...scope, links: numbered }) ?? null;
    const text = this.text.render(scope);
    if (text.length > LONGEST_PART || (html?.length ?? 0) > LONGEST_PART) {
      throw new Error(`The mail is longer than ${LONGEST_PART} characters`);
    }
    return {
      subject: this.subject.render(scope).replace(/\s+/g, ' ').trim().slice(0, LONGEST_SUBJECT),
      html: html === null || pixel === null ? html : withPixel(html, pixel),
      text,
    };
  }
}

/** What is wrong with the parts of a mail, each named by a pointer below `pointer`. */
export function faultsOf(source: MailSource, names: Names, pointer: string): FieldError[] {
  const parts = ['subject', 'html', 'text'] as const;
  const errors = parts.flatMap((part) =>
    partFaults(source[part], part === 'html' ? 'html' : 'text', names, `${pointer}/${part}`),
  );
  if (errors.length > 0 || source.html === null || source.text !== null) return errors;
  return partFaults(plainTextOf(source.html), 'text', names, `${pointer}/html`).map((fault) => ({
    ...fault,
    detail: `makes no text on its own, give one as \`text\`: ${fault.detail}`,
  }));
}

function partFaults(
  source: string | null,
  kind: 'html' | 'text',
  names: Names,
  pointer: string,
): FieldError[] {
  if (source === null) return [];
  try {
    return unknownNames(compile(source, kind), names, pointer);
  } catch (error) {
    const detail = `cannot be read: ${(error as Error).message.slice(0, 300)}`;
    return [{ pointer, code: 'template', detail }];
  }
}

function withFooter(source: string, footer: string): string {
  if (source.includes('unsubscribeUrl')) return source;
  return beforeEnd(source, footer);
}

const withPixel = (html: string, url: string): string =>
  beforeEnd(html, `<img src="${url}" width="1" height="1" alt="" style="display:none">`);

/** Within the body, where there is one. */
function beforeEnd(html: string, addition: string): string {
  const end = html.toLowerCase().lastIndexOf('</body');
  return end === -1 ? html + addition : html.slice(0, end) + addition + html.slice(end);
}
