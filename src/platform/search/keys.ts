/** One document in this many also stands in the sample, chosen by its id. */
export const SAMPLE_RATE = 64;

/**
 * One document in this many stands in the sparse sample as well, which is part of the sample: of
 * millions of documents, the sample alone holds more than a search has time for.
 */
export const SPARSE_RATE = 4096;

/** How the ids of one in 64 end; the migration that brought the sparse sample looks for them, too. */
const SPARSE_END = /[048c]0$/;

/** Term that each document of the sample has. */
export const SAMPLED = '';

/**
 * Terms of many different values share this many keys for each object of a workspace. A write
 * touches a page of the index for each of its keys: few keys mean pages that stay in memory.
 */
const SHARED_KEYS = 4096;
const SHARING = /^[<#]/;

const SEED = 0x811c9dc5;

/** Which documents a key finds: all of a workspace's object, or a sample of them. */
export interface KeySpace {
  all: number;
  sample: number;
  sparse: number;
}

/**
 * The key space of an object in a workspace. Keys are 32-bit hashes that begin from here, so that
 * the index holds neither words nor workspaces apart and stays small. Two terms may share a key:
 * what the index finds is always compared with the document's workspace and text.
 */
export function keySpace(workspaceId: string, object: string): KeySpace {
  return {
    all: hash(SEED, `${workspaceId}/${object}`),
    sample: hash(SEED, `${workspaceId}/${object}/sample`),
    sparse: hash(SEED, `${workspaceId}/${object}/sparse`),
  };
}

/** Key of a term in a space: a signed 32-bit integer. */
export function keyOf(space: number, term: string): number {
  if (SHARING.test(term)) return mix(space ^ (mix(hash(SEED, term)) & (SHARED_KEYS - 1)));
  return mix(hash(space, term));
}

/** Whether a record stands in the sample: about one in {@link SAMPLE_RATE}, for good. */
export function isSampled(recordId: string): boolean {
  return (mix(hash(SEED, recordId)) & (SAMPLE_RATE - 1)) === 0;
}

/** Whether a record stands in the sparse sample: about one in {@link SPARSE_RATE}, for good. */
export function isSparse(recordId: string): boolean {
  return SPARSE_END.test(recordId) && isSampled(recordId);
}

/** FNV-1a over UTF-16 code units. */
function hash(seed: number, text: string): number {
  let value = seed;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value;
}

/** Spreads a hash over all its bits (the finish of MurmurHash3). */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
