/** Kinds of files that people may send each other, by what their bytes say, with their endings. */
const BINARY: Record<string, readonly string[]> = {
  'image/png': ['png'],
  'image/apng': ['png', 'apng'],
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/bmp': ['bmp'],
  'image/tiff': ['tif', 'tiff'],
  'image/heic': ['heic', 'heif'],
  'image/heif': ['heif', 'heic'],
  'image/avif': ['avif'],
  'application/pdf': ['pdf'],
  'application/rtf': ['rtf'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/vnd.oasis.opendocument.presentation': ['odp'],
  'application/zip': ['zip'],
  'application/gzip': ['gz'],
  'application/pgp-encrypted': ['asc', 'pgp', 'gpg'],
  'audio/mpeg': ['mp3'],
  'audio/mp4': ['m4a', 'mp4'],
  'audio/x-m4a': ['m4a'],
  'audio/wav': ['wav'],
  'audio/ogg': ['ogg', 'oga'],
  'audio/ogg; codecs=opus': ['opus', 'ogg'],
  'audio/amr': ['amr'],
  'audio/aac': ['aac'],
  'video/mp4': ['mp4', 'm4v'],
  'video/x-m4v': ['m4v', 'mp4'],
  'video/quicktime': ['mov', 'qt'],
  'video/webm': ['webm'],
  'video/3gpp': ['3gp'],
  'text/calendar': ['ics'],
  'text/vcard': ['vcf'],
};

/** Kinds of text, by the ending that tells them apart. */
const TEXT: Record<string, string> = {
  ...{ txt: 'text/plain', log: 'text/plain', md: 'text/markdown', csv: 'text/csv' },
  ...{ tsv: 'text/tab-separated-values', json: 'application/json', eml: 'message/rfc822' },
  ...{ ics: 'text/calendar', vcf: 'text/vcard', asc: 'text/plain', yaml: 'text/yaml' },
};

/** Text that something would run or show as a page, and what it is called. */
const ACTIVE: readonly [RegExp, string][] = [
  [/<svg[\s>]/i, 'image/svg+xml'],
  [/<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<script[\s>]|<iframe[\s>]/i, 'text/html'],
  [/^\s*<\?xml/i, 'application/xml'],
  [/^\s*<\?php/i, 'application/x-php'],
  [/^#!/, 'a script'],
];

/** What a file was found to be. */
export interface FileKind {
  /** Its type; where it is refused, what was found. */
  found: string;
  /** Endings that its name may have; undefined when files of the kind are not taken. */
  endings?: readonly string[];
}

const endingOf = (name: string): string => /\.([^.]{1,16})$/.exec(name)?.[1]?.toLowerCase() ?? '';

/**
 * What a file is by its first bytes.
 * @param mime what a signature says; undefined when there is none.
 */
export function kindOf(start: Buffer, mime: string | undefined, name: string): FileKind {
  if (mime === 'application/xml') return { found: activeIn(start) ?? mime };
  if (mime !== undefined) return { found: mime, endings: BINARY[mime] };
  if (!isText(start)) return { found: 'unknown binary data' };
  const active = activeIn(start);
  if (active !== undefined) return { found: active };
  const type = TEXT[endingOf(name)];
  return type === undefined
    ? { found: 'text/plain', endings: Object.keys(TEXT) }
    : { found: type, endings: [endingOf(name)] };
}

/** The name with an ending that fits; null when it has one that does not. */
export function fittingName(name: string, endings: readonly string[]): string | null {
  const ending = endingOf(name);
  if (ending === '') return `${name}.${endings[0] ?? 'bin'}`;
  return endings.includes(ending) ? name : null;
}

/** Names that mean a place, or hide what they are, lose what does it. */
export function plainName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  // Control characters, and those that turn the direction of writing.
  const plain = last.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '').trim();
  const cut = plain.length > 200 ? plain.slice(0, 150) + plain.slice(-50) : plain;
  return cut.replace(/^\.+/, '') || 'file';
}

function activeIn(start: Buffer): string | undefined {
  const text = start.toString('utf8').replace(/^\uFEFF/, '');
  return ACTIVE.find(([pattern]) => pattern.test(text))?.[1];
}

/** UTF-8 without control characters; the last character may be cut off. */
function isText(start: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true });
    // eslint-disable-next-line no-control-regex -- what text files do not have
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}
