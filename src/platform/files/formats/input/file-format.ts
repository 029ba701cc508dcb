import { FileError } from '../file-error.js';
import type { Format } from '../row.js';
import { byteOrderMark, utf16Order } from './encoding.js';

export interface FormatHints {
  /** What the sender says; believed before anything else. */
  format?: Format;
  filename?: string;
  contentType?: string;
}

const EXTENSIONS: Record<string, Format> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  xlsx: 'xlsx',
  vcf: 'vcard',
  vcard: 'vcard',
};

const CONTENT_TYPES: Record<string, Format> = {
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'application/x-ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/vcard': 'vcard',
  'text/x-vcard': 'vcard',
};

/** First bytes of files that are often sent by mistake, and what to do instead. */
const SIGNATURES: [signature: string, what: string, binary?: true][] = [
  ['\x89PNG', 'a PNG picture'],
  ['\xff\xd8\xff', 'a JPEG picture'],
  ['GIF8', 'a GIF picture', true],
  ['%PDF-', 'a PDF document'],
  ['\xd0\xcf\x11\xe0', 'an old .xls workbook or one with a password: save it as .xlsx without one'],
  ['\x1f\x8b', 'compressed twice: decompress it once'],
  ['BZh', 'a bzip2 archive: decompress it, or use gzip', true],
  ['\xfd7zXZ', 'an xz archive: decompress it, or use gzip'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive: decompress it, or use gzip'],
  ['7z\xbc\xaf', 'a 7-Zip archive: unpack it'],
  ['Rar!', 'a RAR archive: unpack it'],
  ['\x7fELF', 'a program'],
  ['MZ', 'a program', true],
  ['SQLite format 3', 'a database'],
  ['PAR1', 'a Parquet file', true],
];

/** Whether the bytes begin a zip archive, as workbooks do. */
export function isZip(sample: Buffer): boolean {
  return sample.toString('latin1', 0, 4) === 'PK\x03\x04';
}

/**
 * Refuses files that are no tables.
 * @param encoding the file is said to be in
 * @throws FileError `unsupported-format` or `binary-file`
 */
export function refuseBinary(sample: Buffer, encoding = ''): void {
  const start = sample.toString('latin1', 0, 16);
  const controls = controlCharacters(sample.subarray(0, 8192));
  for (const [signature, what, binary] of SIGNATURES) {
    if (!start.startsWith(signature) || (binary && controls === 0)) continue;
    throw new FileError('unsupported-format', `The file is ${what}.`);
  }
  if (byteOrderMark(sample) !== null || utf16Order(sample) !== null) return;
  if (/^utf-?(?:16|32)/i.test(encoding)) return;
  if (controls < 8 || controls * 50 < Math.min(sample.length, 8192)) return;
  throw new FileError('binary-file', 'The file is not text: it is full of control characters.');
}

function controlCharacters(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32)) count += 1;
  return count;
}

/**
 * The format of a text file. What stands in it counts for more than its name.
 * @param text the beginning of the file
 * @throws FileError `wrong-format` or `unsupported-format`
 */
export function textFormat(text: string, hints: FormatHints): Format {
  const seen = seenFormat(text);
  if (hints.format !== undefined) return confirmed(hints.format, seen, text);
  if (seen === 'json' || seen === 'markup') {
    const what = seen === 'json' ? 'one JSON document: send one object a line' : 'HTML or XML';
    throw new FileError('unsupported-format', `The file is ${what}.`);
  }
  if (seen !== null) return seen;
  const hinted = hintedFormat(hints);
  return hinted === 'tsv' ? 'tsv' : 'csv';
}

/** The format that file name or content type tell of. */
export function hintedFormat({ filename, contentType }: FormatHints): Format | undefined {
  const extension = /\.([a-z]+)(?:\.gz)?$/i.exec(filename ?? '')?.[1]?.toLowerCase() ?? '';
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return EXTENSIONS[extension] ?? CONTENT_TYPES[type];
}

type Seen = 'vcard' | 'ndjson' | 'json' | 'markup' | null;

function seenFormat(text: string): Seen {
  const start = text.trimStart();
  if (/^BEGIN:VCARD\s/i.test(start)) return 'vcard';
  if (/^(?:<!doctype|<html|<\?xml|<table)/i.test(start)) return 'markup';
  if (/^\[\s*[{\]]/.test(start)) return 'json';
  if (!start.startsWith('{')) return null;
  // An object that ends on its first line is a line of NDJSON; one that goes on is a document.
  return /^\{\s*[\r\n]/.test(start) ? 'json' : 'ndjson';
}

function confirmed(format: Format, seen: Seen, text: string): Format {
  if (format === seen) return format;
  // A bad first line is a bad row, as long as there is a good one to be seen.
  if (format === 'ndjson' && seen !== 'json' && /^[ \t]*\{/m.test(text)) return format;
  if ((format === 'csv' || format === 'tsv') && (seen === null || seen === 'json')) return format;
  const looks = seen === null ? '' : ` It looks like ${seen}.`;
  throw new FileError('wrong-format', `The file is not ${format}.${looks}`, 1);
}
