import { accepted, refused, type Normalized } from './normalized.js';

/** Longest text unless the field says otherwise, in characters (code points). */
export const DEFAULT_TEXT_LENGTH = 255;

const BEYOND_PRINTABLE_ASCII = /[^\x20-\x7e]/;
// C0 and C1 control characters but tab and newline; carriage returns are gone by then.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;

const NOT_TEXT = refused('isString', 'must be text');
const HAS_CONTROL = refused('controlCharacters', 'must not contain control characters');
const NOT_UNICODE = refused('isUnicode', 'must be valid Unicode text');

/**
 * Text: trimmed, in Unicode's composed form (NFC), lines ended by `\n`. Control characters other
 * than tab and newline are refused, since PostgreSQL cannot keep NUL and the rest is a sign of a
 * wrong encoding. The empty text is a text.
 * @param max longest length in characters (code points)
 */
export function normalizeText(raw: unknown, max = DEFAULT_TEXT_LENGTH): Normalized<string> {
  if (typeof raw !== 'string') return NOT_TEXT;
  let text = raw.trim();
  if (BEYOND_PRINTABLE_ASCII.test(text)) {
    if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
    if (CONTROL.test(text)) return HAS_CONTROL;
    if (!text.isWellFormed()) return NOT_UNICODE;
    text = text.normalize('NFC');
  }
  if (text.length > max && longerThan(text, max)) {
    return refused('maxLength', `must be at most ${max} characters`);
  }
  return accepted(text);
}

function longerThan(text: string, max: number): boolean {
  // A code point takes one or two units, so only the stretch between needs counting.
  if (text.length > max * 2) return true;
  return Array.from(text).length > max;
}
