import { accepted, refused, type Normalized } from './normalized.js';
import { normalizeText } from './text.js';

export const MOST_TAGS = 50;
export const LONGEST_TAG = 64;

const NOT_TAGS = refused('isArray', 'must be a list of texts');
const TOO_MANY = refused('arrayMaxSize', `must hold at most ${MOST_TAGS} different tags`);
const SEPARATORS = /[,;|\n]/;
/** Refused before it is walked; far more repeats than a person would send. */
const MOST_ENTRIES = 1000;

/** A list of at most 50 different texts of 1 to 64 characters, trimmed, in the order given. */
export function normalizeTags(raw: unknown): Normalized<string[]> {
  if (!Array.isArray(raw)) return NOT_TAGS;
  return raw.length > MOST_ENTRIES ? TOO_MANY : distinctTags(raw);
}

/** Tags from an imported cell, separated by `,` `;` `|` or a line break; blanks between are skipped. */
export function readTags(raw: unknown): Normalized<string[]> {
  if (typeof raw !== 'string') return normalizeTags(raw);
  return normalizeTags(raw.split(SEPARATORS, MOST_ENTRIES + 1).filter((tag) => tag.trim() !== ''));
}

function distinctTags(raw: readonly unknown[]): Normalized<string[]> {
  const tags = new Set<string>();
  for (let index = 0; index < raw.length; index++) {
    const tag = normalizeText(raw[index], LONGEST_TAG);
    if (tag.error) return refused(tag.error.code, tag.error.detail, `/${index}`);
    if (tag.value === '') return refused('isNotEmpty', 'must not be empty', `/${index}`);
    tags.add(tag.value);
  }
  return tags.size > MOST_TAGS ? TOO_MANY : accepted([...tags]);
}
