const ESCAPE = /_x([\dA-Fa-f]{4})_/g;

/** Undoes `_x000D_`, by which workbooks write characters that XML cannot hold. */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(ESCAPE, (_all, code: string) => String.fromCharCode(parseInt(code, 16)));
}

/** Characters that XML 1.0 cannot hold, and what would be taken for an escape of one. */
const UNFIT = /[^\P{Cc}\t\n\r\u007f-\u009f]|[\ufffe\uffff]|_(?=x[\dA-Fa-f]{4}_)/gu;
const MARKUP = /[&<>\r]/g;
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  // XML would turn it into a line feed.
  '\r': '_x000D_',
};

/** Text as it stands between tags of a workbook. */
export function escapeText(text: string): string {
  const fit = text
    .toWellFormed()
    .replace(UNFIT, (character) => `_x${hex(character.charCodeAt(0))}_`);
  return fit.replace(MARKUP, (character) => ENTITIES[character]!);
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}
