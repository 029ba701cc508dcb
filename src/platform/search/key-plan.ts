import { keyOf, keySpace } from './keys.js';
import type { SearchQuery } from './search-query.js';

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
  /** The same in the sparse sample; null where that holds too few to tell anything. */
  sparse: number[] | null;
  /** To those with words that begin so; null when that tells no more than `part`. */
  beginning: number[] | null;
  /** Whether `beginning` is worth reading when something, but less than asked for, was found. */
  seeksBeginnings: boolean;
  /** Whether `part` is. */
  seeksParts: boolean;
}

/** Share taken for keys too rare to be known. */
const RARE = 0.001;

/** What a further term of the same word leaves of the documents: letters often go together. */
const SAME_WORD = 0.2;

/**
 * How many documents of a key are read in the time that it takes to look at one found. Measured
 * with 5,000,000 documents: of those in memory a look costs less, of those on a disk far more.
 */
const READ_IN_ONE_LOOK = 1000;

/**
 * Chooses the terms by which the index is asked: reading the documents of a key takes as long as
 * there are such documents, so the rarest ones are chosen where it is known which they are, as
 * long as each excludes more than it costs. What the others say is left to the comparison with
 * the text.
 */
export function planKeys(
  query: SearchQuery,
  workspaceId: string,
  object: string,
  frequencies?: Frequencies,
): KeyPlan {
  const space = keySpace(workspaceId, object);
  const shareOf =
    frequencies && ((term: string): number => frequencies.shareOf(keyOf(space.all, term)));
  const part = choose(
    query.terms.map((word) => word.part),
    shareOf,
  );
  const hasBeginning = query.terms.some(({ beginning }) => beginning.length > 0);
  const beginning = choose(
    query.terms.map((word) => [...word.beginning, ...word.part]),
    shareOf,
  );
  const isLarge = frequencies?.isLarge === true;
  const hasNumber = query.terms.some(({ isNumber }) => isNumber);
  return {
    part: part.map((term) => keyOf(space.all, term)),
    sample: part.map((term) => keyOf(space.sample, term)),
    sparse: isLarge ? part.map((term) => keyOf(space.sparse, term)) : null,
    beginning: hasBeginning ? beginning.map((term) => keyOf(space.all, term)) : null,
    // Who gives several words and is shown titles that begin with them, has what they look for.
    seeksBeginnings: !isLarge || query.terms.length === 1,
    seeksParts: !isLarge || hasNumber || !hasBeginning,
  };
}

function choose(words: readonly string[][], shareOf?: (term: string) => number): string[] {
  const terms = new Map(words.flatMap((word, place) => word.map((term) => [term, place])));
  if (!shareOf) return [...terms.keys()];
  const ranked = [...terms]
    .map(([term, place]) => ({ term, place, share: shareOf(term) || RARE }))
    .sort((left, right) => left.share - right.share);
  const chosen: typeof ranked = [];
  let left = 1;
  for (const candidate of ranked) {
    if (candidate.share > left * READ_IN_ONE_LOOK) break;
    const isSameWord = chosen.some(({ place }) => place === candidate.place);
    left *= isSameWord ? SAME_WORD : candidate.share;
    chosen.push(candidate);
  }
  return chosen.map(({ term }) => term);
}
