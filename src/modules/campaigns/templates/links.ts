/** A start tag of an anchor, and the address in it; both without anything that backtracks. */
const ANCHOR = /<a\s[^<>]*>/gi;
const HREF = /(\shref\s*=\s*)("[^"]*"|'[^']*')/i;

/** What a link of the web can be read as; what holds placeholders is left as it is. */
function trackable(quoted: string): string | undefined {
  const address = quoted.slice(1, -1).trim().replaceAll('&amp;', '&');
  if (/[{}]/.test(address) || !/^https?:\/\//i.test(address)) return undefined;
  return URL.canParse(address) ? address : undefined;
}

/**
 * Puts placeholders (`{{ links.l0 }}`) where HTML leads somewhere by an address that is written out.
 * @param urls addresses that have a number already; new ones are added at its end.
 */
export function numberLinks(html: string, urls: string[]): string {
  return html.replace(ANCHOR, (tag) =>
    tag.replace(HREF, (whole, before: string, quoted: string) => {
      const url = trackable(quoted);
      if (url === undefined) return whole;
      const known = urls.indexOf(url);
      const number = known === -1 ? urls.push(url) - 1 : known;
      return `${before}"{{ links.l${number} }}"`;
    }),
  );
}
