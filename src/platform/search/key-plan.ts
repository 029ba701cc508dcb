import { keyOf, keySpace } from './keys.js';
import type { SearchQuery, WordTerms } from './search-query.js';

/** How common keys are among the documents of an object in a workspace. */
export interface Frequencies {
  /** Share of the documents that have the key, 0 to 1; 0 also for keys too rare to be known. */
  shareOf(key: number): number;
  /** So many documents that reading all that a part of a word leads to takes noticeable time. */
  isLarge: boolean;
}

/** Keys of the index that lead to the documents of a query; all of a list at once. */
export interface KeyPlan {
  /** To those that have the words as parts. */
  part: number[];
  /** The same in the sample. */
  sample: number[];
  /** To those with words that begin so; null when that tells no more than `part`. */
  beginning: number[] | null;
  /** Whether parts inside words are worth reading when others have been found. */
  isThorough: boolean;
}

/** Terms taken of a word, and of the only one. Each further one costs more than it excludes. */
const TERMS_OF_WORD = 2;
const TERMS_OF_ONLY_WORD = 3;

/** How much more common a first letter may be than the rarest word beside it, to be of use. */
const COMMON_INITIAL = 10;

/**
 * Chooses the terms by which the index is asked: reading the documents of a key takes as long as
 * there are such documents, so the rarest ones are chosen where it is known which they are. What
 * the others say is left to the comparison with the text.
 */
export function planKeys(
  query: SearchQuery,
  workspaceId: string,
  object: string,
  frequencies?: Frequencies,
): KeyPlan {
  const space = keySpace(workspaceId, object);
  const shareOf = (term: string): number => frequencies?.shareOf(keyOf(space.all, term)) ?? 0;
  const most = frequencies ? TERMS_OF_WORD : Infinity;
  const count = query.terms.length > 1 ? most : Math.max(most, TERMS_OF_ONLY_WORD);
  const part = choose(query.terms, (word) => word.part, count, shareOf);
  const hasBeginning = query.terms.some(({ beginning }) => beginning.length > 0);
  const beginning = hasBeginning
    ? choose(query.terms, (word) => [...word.beginning, ...word.part], count, shareOf)
    : null;
  const hasNumber = query.terms.some(({ isNumber }) => isNumber);
  return {
    part: part.map((term) => keyOf(space.all, term)),
    sample: part.map((term) => keyOf(space.sample, term)),
    beginning: beginning && beginning.map((term) => keyOf(space.all, term)),
    isThorough: !frequencies?.isLarge || hasNumber || !hasBeginning,
  };
}

function choose(
  words: readonly WordTerms[],
  termsOf: (word: WordTerms) => string[],
  count: number,
  shareOf: (term: string) => number,
): string[] {
  const chosen = new Set<string>();
  let rarest = 1;
  for (const word of words.filter(({ isInitial }) => !isInitial)) {
    const terms = termsOf(word).toSorted((left, right) => shareOf(left) - shareOf(right));
    for (const term of terms.slice(0, count)) chosen.add(term);
    rarest = Math.min(rarest, shareOf(terms[0] ?? ''));
  }
  for (const word of words.filter(({ isInitial }) => isInitial)) {
    const [term = ''] = termsOf(word);
    if (chosen.size === 0 || shareOf(term) <= rarest * COMMON_INITIAL) chosen.add(term);
  }
  return [...chosen];
}
