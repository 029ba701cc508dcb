import chardet from 'chardet';
import iconv from 'iconv-lite';
import { FileError } from '../file-error.js';
import { decoderFor, validLength } from './text-decoders.js';
import { pairStatistics } from './byte-pairs.js';
import { implausibility } from './plausible-text.js';

/** Names people give to the encodings we know well; the rest are iconv-lite's own. */
const ALIASES: Record<string, string> = {
  utf8: 'utf-8',
  'utf-8-bom': 'utf-8',
  'utf-8-sig': 'utf-8',
  utf16: 'utf-16',
  'ucs-2': 'utf-16le',
  utf16le: 'utf-16le',
  utf16be: 'utf-16be',
  // As the WHATWG's encoding standard has it: nobody means the C1 control characters.
  ascii: 'windows-1252',
  'us-ascii': 'windows-1252',
  latin1: 'windows-1252',
  'iso-8859-1': 'windows-1252',
  cp1252: 'windows-1252',
  ansi: 'windows-1252',
  gb2312: 'gb18030',
  gbk: 'gb18030',
  cp936: 'gb18030',
  'shift-jis': 'shift_jis',
  sjis: 'shift_jis',
};

/** What iconv-lite calls encodings and are ways to write bytes as text. */
const NOT_TEXT = /^(?:base64|hex|binary|internal|utf-?7)/;

const BOMS: [bytes: number[], encoding: string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe, 0x00, 0x00], 'utf-32le'],
  [[0x00, 0x00, 0xfe, 0xff], 'utf-32be'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0x84, 0x31, 0x95, 0x33], 'gb18030'],
];

/** East Asian encodings the statistics may name. */
const EAST_ASIAN = new Set(['Shift_JIS', 'EUC-JP', 'GB18030']);
/** Encodings of one byte a character, in the order in which they are believed. */
const SINGLE_BYTE = ['windows-1252', 'windows-1251', 'windows-1250'];
/** Share of odd-looking words beyond which an encoding is not believed. */
const ODD_WORDS = 0.1;
/** Bytes given to the statistics. */
const STATISTICS_BYTES = 32 * 1024;

/**
 * The name we use for an encoding.
 * @throws FileError `unknown-encoding`
 */
export function encodingName(label: string): string {
  const lower = label.trim().toLowerCase();
  const name = ALIASES[lower] ?? lower;
  if (name === 'utf-16') return name;
  if (!NOT_TEXT.test(name) && iconv.encodingExists(name)) return name;
  throw new FileError('unknown-encoding', `There is no encoding called "${label}".`);
}

/** The byte order mark at the start of a file. */
export function byteOrderMark(sample: Buffer): { encoding: string; length: number } | null {
  for (const [bytes, encoding] of BOMS) {
    if (bytes.every((byte, index) => sample[index] === byte)) {
      return { encoding, length: bytes.length };
    }
  }
  return null;
}

/**
 * UTF-16 without a byte order mark shows in the zero bytes of its separators, digits and line ends,
 * all on the same side. Stray NULs in other text do not follow its line ends.
 */
export function utf16Order(sample: Buffer): 'utf-16le' | 'utf-16be' | null {
  const pairs = Math.min(sample.length, 8192) >> 1;
  const zeros = [0, 0];
  const lineEnds = [0, 0];
  let lineFeeds = 0;
  for (let at = 0; at < pairs * 2; at += 1) {
    const byte = sample[at]!;
    if (byte === 0) zeros[at & 1]! += 1;
    if (byte !== 10) continue;
    lineFeeds += 1;
    if (sample[at ^ 1] === 0) lineEnds[at & 1]! += 1;
  }
  const isOn = (side: 0 | 1) =>
    zeros[side]! > pairs * 0.05 &&
    // Characters such as U+4E00, the Chinese "one", have a zero byte on the other side.
    zeros[side]! > zeros[1 - side]! * 3 &&
    lineEnds[1 - side]! * 2 >= lineFeeds;
  if (isOn(1)) return 'utf-16le';
  return isOn(0) ? 'utf-16be' : null;
}

/** Multi-byte sequences of UTF-8 in a sample, and bytes that are none. */
export function utf8Evidence(sample: Buffer): { valid: number; invalid: number } {
  let valid = 0;
  let invalid = 0;
  // The last three bytes may be the start of a sequence that was cut.
  for (let at = 0; at < sample.length - 3;) {
    if (sample[at]! < 0x80) {
      at += 1;
      continue;
    }
    const length = validLength(sample, at);
    if (length === 0) invalid += 1;
    else valid += 1;
    at += length || 1;
  }
  return { valid, invalid };
}

/**
 * The encoding of text that has bytes beyond ASCII and no byte order mark. UTF-8 that is broken
 * here and there stays UTF-8: its broken rows are rejected. East Asian encodings are told by
 * statistics, those of one byte a character by whether the words they give look like words.
 * Central European (1250) and Turkish text can look like Western text: say `encoding` for those.
 * @throws FileError `unknown-encoding` when nothing fits, rather than importing garbage
 */
export function guessEncoding(sample: Buffer): string {
  const { valid, invalid } = utf8Evidence(sample);
  if (invalid === 0 || valid > invalid * 3) return 'utf-8';
  const lines = linesBeyondAscii(sample);
  const guess = eastAsian(lines) ?? SINGLE_BYTE.find((name) => oddWords(lines, name) <= ODD_WORDS);
  if (guess !== undefined) return guess;
  const detail =
    'The encoding of the file cannot be told. Save it as UTF-8, or name its encoding in `encoding`.';
  throw new FileError('unknown-encoding', detail);
}

/**
 * Characters of two high bytes tell themselves by the evenness of their runs, and which language
 * they are by the ranges its syllables and common characters are in. Shift_JIS is left to chardet.
 */
function eastAsian(lines: Buffer): string | undefined {
  const seen = pairStatistics(lines);
  if (seen.evenRuns >= 0.9 && seen.commonChinese + seen.kana >= 0.75) {
    if (seen.kana >= 0.15) return 'euc-jp';
    return seen.hangul >= 0.98 && seen.pairs >= 6 ? 'euc-kr' : 'gb18030';
  }
  const isBig5 = seen.pairs >= 4 && seen.commonBig5 >= 0.75;
  if (isBig5 && seen.lowSeconds > 0.1 && seen.lowSeconds < 0.8) return fitting(lines, 'big5');
  const match = chardet.analyse(lines).find(({ name }) => EAST_ASIAN.has(name));
  if (match === undefined || match.confidence < 40) return undefined;
  return fitting(lines, match.name.toLowerCase());
}

function fitting(lines: Buffer, encoding: string): string | undefined {
  return oddWords(lines, encoding) <= ODD_WORDS ? encoding : undefined;
}

function oddWords(lines: Buffer, encoding: string): number {
  return implausibility(decoderFor(encoding).decode(lines, true));
}

/** The lines that tell something; most lines of most files are plain ASCII. */
function linesBeyondAscii(sample: Buffer): Buffer {
  const lines: Buffer[] = [];
  let bytes = 0;
  for (let from = 0; from < sample.length && bytes < STATISTICS_BYTES;) {
    const end = sample.indexOf(10, from);
    const line = sample.subarray(from, Math.min(end === -1 ? sample.length : end + 1, from + 4096));
    if (line.some((byte) => byte >= 0x80)) {
      lines.push(line);
      bytes += line.length;
    }
    from = end === -1 ? sample.length : end + 1;
  }
  return Buffer.concat(lines);
}
