import { compile } from 'html-to-text';

/** Placeholders stay as they are: it is the template that becomes text, once, not each mail. */
const convert = compile({
  wordwrap: false,
  limits: { maxInputLength: 400_000 },
  selectors: [
    { selector: 'img', format: 'skip' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['(', ')'] } },
    { selector: 'table', format: 'block' },
  ],
});

/** Text of an HTML template, for programs that show no HTML. */
export const plainTextOf = (html: string): string => convert(html).trim();
