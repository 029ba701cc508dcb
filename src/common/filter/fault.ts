import { Problem } from '../errors.js';

const LONGEST_SHOWN = 64;

/** 400 `invalid-filter`; `at` is a JSON pointer into the query string or the body. */
export function invalidFilter(code: string, detail: string, at: string): Problem {
  return new Problem('invalid-filter', detail, { errors: [{ pointer: at, code, detail }] });
}

/** A client's text or value, short enough and on one line, for a detail. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const line = text.toWellFormed().replace(/\p{Cc}/gu, '·');
  return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN).toWellFormed()}…` : line;
}

/** A member's name as a step of a JSON pointer. */
export function step(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
