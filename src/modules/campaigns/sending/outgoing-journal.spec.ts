import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from '../../../common/uuid.js';
import { OutgoingJournal } from './outgoing-journal.js';

/** What a run that died has left on its machine. */
let folder: string;
let lease: string;
const [first, second, third] = [uuidv7(), uuidv7(), uuidv7()];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keel-journal-'));
  lease = uuidv7();
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (id: string) => OutgoingJournal.read(lease, folder)?.(id);

describe('the journal of a dead run', () => {
  test('knows what was not ended, what was, and what it died with', () => {
    const journal = OutgoingJournal.begin(lease, folder);
    journal.ending(first);
    journal.ended(first);
    journal.ending(second);
    expect([first, second, third].map(read)).toEqual(['yes', 'perhaps', 'no']);
    journal.leave();
    journal.ended(second);
    expect(read(second)).toBe('perhaps');
  });

  test('does not take the end of a refused attempt for that of the next one', () => {
    const journal = OutgoingJournal.begin(lease, folder);
    journal.ending(first);
    journal.ended(first);
    journal.refused(first);
    expect(read(first)).toBe('no');
    journal.ending(first);
    expect(read(first)).toBe('perhaps');
    journal.ended(first);
    expect(read(first)).toBe('yes');
    journal.end();
    expect(existsSync(join(folder, `${lease}.journal`))).toBe(false);
    expect(OutgoingJournal.read(lease, folder)).toBeNull();
  });

  test('is not believed after a start of the machine, nor where half a note is its last', () => {
    const journal = OutgoingJournal.begin(lease, folder);
    journal.ending(first);
    journal.leave();
    const file = join(folder, `${lease}.journal`);
    appendFileSync(file, Buffer.alloc(7, 1));
    expect(read(first)).toBe('perhaps');
    const bytes = readFileSync(file);
    bytes.write('another', 0);
    writeFileSync(file, bytes);
    expect(OutgoingJournal.read(lease, folder)).toBeNull();
  });
});
