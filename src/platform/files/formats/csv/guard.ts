/**
 * Cells that a spreadsheet would run. CSV has no types: Excel, LibreOffice and Google Sheets take a
 * cell that begins with `=`, `+`, `-` or `@` for a formula (OWASP "CSV injection"; a tab, a line
 * break or a full-width sign before it does not save it). A formula can call a server or a program.
 *
 * Keel puts one apostrophe before such a text, as OWASP advises. It also does so where apostrophes
 * already stand before such a sign, so that taking one away always gives the text back, and its
 * reader takes it away: what Keel wrote comes back as it was.
 *
 * Not guarded: a plain negative number (`-5`, `-1250.00`, `-1e3`), which runs to nothing but itself
 * and is of use as a number. Guarded all the same: `+49 30 1234`. A spreadsheet would add it up, or
 * drop the plus and the zeros when it saves the file, and the phone number would be lost.
 */

const APOSTROPHE = 39;
const NEGATIVE_NUMBER = /^-\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/;

function isTrigger(code: number): boolean {
  switch (code) {
    case 61: // =
    case 43: // +
    case 45: // -
    case 64: // @
    case 9: // tab
    case 13: // CR
    case 10: // LF
    case 0xff1d: // ＝
    case 0xff0b: // ＋
    case 0xff0d: // －
    case 0xff20: // ＠
      return true;
    default:
      return false;
  }
}

/** The text with an apostrophe before it if a spreadsheet would run it. */
export function guard(text: string): string {
  const first = text.charCodeAt(0);
  if (first === APOSTROPHE) return GUARDED.test(text) ? `'${text}` : text;
  if (!isTrigger(first)) return text;
  return NEGATIVE_NUMBER.test(text) ? text : `'${text}`;
}

/** Takes away the apostrophe `guard` put there; leaves every other text as it is. */
export function unguard(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text;
}
