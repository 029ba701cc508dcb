import { editDistance } from './suggest.js';

const SHORTEST = 6;
/** From this length on two mistakes still leave no doubt. */
const LONG = 11;
const LONGEST = 64;
const DIGITS = /\d+/g;

/** Words one letter away from a usual header that mean something else. */
const OTHER_WORDS = new Set(['contract', 'county', 'counties', 'mobility', 'product', 'strict']);

/**
 * What a name means that is no known one but surely one of them misspelt (`adress`, `comapny`,
 * `postalcdoe`): one letter wrong in six to ten, two in longer ones, never the first letter, never
 * a digit. Undefined when several meanings are equally near.
 * @param name in the form of the known names: folded, without spaces and punctuation
 * @param known names to meanings
 */
export function misspelt<T>(name: string, known: ReadonlyMap<string, T>): T | undefined {
  if (name.length < SHORTEST || name.length > LONGEST || OTHER_WORDS.has(name)) return undefined;
  const digits = digitsOf(name);
  let nearest = name.length < LONG ? 1 : 2;
  let meanings = new Set<T>();
  for (const [candidate, meaning] of known) {
    if (candidate[0] !== name[0] || candidate.length < SHORTEST) continue;
    const distance = editDistance(name, candidate, nearest);
    if (distance > nearest || digitsOf(candidate) !== digits) continue;
    if (distance < nearest) meanings = new Set();
    nearest = distance;
    meanings.add(meaning);
  }
  return meanings.size === 1 ? [...meanings][0] : undefined;
}

const digitsOf = (text: string): string => text.match(DIGITS)?.join() ?? '';
