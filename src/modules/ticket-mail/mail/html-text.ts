import { compile } from 'html-to-text';

/** Characters of HTML that are converted; mail programs write a tenth of it for a long letter. */
const MOST_HTML = 512 * 1024;

/** Elements inside one another; programs that show mail flatten what is deeper than 512. */
const DEEPEST = 500;

const VOID = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);
/** Elements that end where the next one of their kind begins: a run of them is not deep. */
const IMPLIED_END = new Set(
  'p li dt dd option optgroup tr td th thead tbody tfoot rt rp'.split(' '),
);

const convert = compile({
  wordwrap: false,
  limits: { maxInputLength: MOST_HTML, maxDepth: DEEPEST, maxChildNodes: 20_000 },
  selectors: [
    { selector: 'img', format: 'skip' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
      selector,
      options: { uppercase: false },
    })),
    // What is quoted is told apart by `>`, as in plain text.
    { selector: 'blockquote', options: { trimEmptyLines: false } },
  ],
});

/**
 * The text of an HTML mail, without pictures; quotes begin with `>`. Takes time in proportion to
 * the HTML: what is nested to hurt is not built up as a tree, but only rid of its tags.
 */
export function textOfHtml(html: string): string {
  const taken = html.slice(0, MOST_HTML);
  const text = isDeep(taken) ? taken.replace(/<[^<>]*>/g, ' ') : convert(taken);
  return text.trim();
}

/** Whether elements lie deeper than {@link DEEPEST}; what is closed in a wrong order counts as open. */
function isDeep(html: string): boolean {
  const open = new Map<string, number>();
  let depth = 0;
  for (const [, slash, given = ''] of html.matchAll(/<(\/?)([a-z][\w:-]*)/gi)) {
    const name = given.toLowerCase();
    if (VOID.has(name) || IMPLIED_END.has(name)) continue;
    const count = open.get(name) ?? 0;
    if (slash === '/' && count === 0) continue;
    const step = slash === '/' ? -1 : 1;
    open.set(name, count + step);
    depth += step;
    if (depth > DEEPEST) return true;
  }
  return false;
}
