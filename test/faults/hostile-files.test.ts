import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Outcome {
  good: number;
  bad: Record<string, number>;
  error: string | null;
  /** By how much the resident memory of the process grew at most. */
  megabytes: number;
  /** Of processor time. */
  seconds: number;
}

const PROGRAM = join(import.meta.dirname, '..', 'support', 'programs', 'read-hostile-file.mjs');
/** What a worker can spare; all of it is garbage that V8 sees no reason to collect yet. */
const MOST_MEGABYTES = 256;

/** Reads a hostile file in a process of its own. */
async function read(name: string): Promise<Outcome> {
  const program = [PROGRAM, process.env.KEEL_TEST_BUILD!, name];
  const { stdout } = await promisify(execFile)(process.execPath, program);
  return JSON.parse(stdout) as Outcome;
}

describe('a hostile file', () => {
  it.each([
    ['a line of 1 GB', { good: 2, bad: { 'row-too-long': 1 } }],
    ['a line of 1 GB in quotes', { good: 2, bad: { 'row-too-long': 1 } }],
    ['a line of 1 GB of quotes', { good: 2, bad: { 'unclosed-quote': 1 } }],
    ['a header of 1 GB', { error: 'row-too-long' }],
    ['an ndjson line of 1 GB', { good: 2, bad: { 'row-too-long': 1 } }],
    ['a card with a picture of 1 GB', { good: 1, bad: {} }],
    ['a card with a note of 1 GB', { good: 0, bad: { 'row-too-long': 1 } }],
    ['100,000 columns', { error: 'too-many-columns' }],
    ['rows of 100,000 columns', { good: 0, error: null }],
    ['a gzip bomb', { error: 'decompression-bomb' }],
    ['a gzip bomb of one line', { error: 'row-too-long' }],
    ['a workbook that is a bomb', { error: 'decompression-bomb' }],
    ['256 MB of NUL', { error: 'binary-file' }],
    ['a NUL in every row', { good: 0, error: null }],
    ['an open quote in every row', { good: 0, error: null }],
    ['nothing but short rows', { good: 0, error: null }],
    ['bytes that are no text in every row', { good: 0, error: null }],
    ['256 MB of good rows', { bad: {}, error: null }],
  ])(
    'such as %s ends clearly, in flat memory',
    async (name, expected) => {
      const outcome = await read(name);
      expect(outcome).toMatchObject({ error: null, ...expected });
      expect(outcome.megabytes).toBeLessThan(MOST_MEGABYTES);
    },
    180_000,
  );
});
