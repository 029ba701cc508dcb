import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { uuidOf } from '../../../common/uuid.js';

const HEADER = 36;
const ENTRY = 16;

/** Differs after each start of the machine; null where the system does not tell. */
function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return null; // another system: journals are kept, but never believed
  }
}

/** How far a mail was: not ended, so that no server took it; about to be; or ended. */
export type Ended = 'no' | 'perhaps' | 'yes';

/**
 * Which mails a run has ended, noted on this machine directly before their last bytes
 * are written to the connection, and directly after: three system calls in a row. The database knows that a mail was being handed over; only its
 * sender knew how far it was. When the sender dies, its journal still knows: what is noted twice was
 * handed to the system, which delivers it without the sender; what is not noted was not, and can be
 * sent. Nobody knows of a mail whose sender died between its two notes: no call does
 * both at once, and no server could be asked. What a server refused is noted as undone, so that
 * the notes of one attempt say nothing of the next.
 *
 * It outlives the process, not the machine: one from before the last start of the machine may lack
 * entries that were never written to the disk, so it is not believed.
 */
export class OutgoingJournal {
  private isClosed = false;

  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
  ) {}

  /** Begins the journal of a run. @throws Error where the folder is somebody else's. */
  static begin(lease: string, folder = defaultFolder()): OutgoingJournal {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (lstatSync(folder).uid !== userInfo().uid) {
      throw new Error(`${folder} belongs to somebody else`);
    }
    const file = join(folder, `${lease}.journal`);
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, (bootId() ?? '').padEnd(HEADER));
    return new OutgoingJournal(file, descriptor);
  }

  /** How far a run's mails were when it died; null when this machine cannot know. */
  static read(lease: string, folder = defaultFolder()): ((id: string) => Ended) | null {
    const boot = bootId();
    const bytes = readIfThere(join(folder, `${lease}.journal`));
    if (!bytes || boot === null || bytes.toString('latin1', 0, HEADER).trim() !== boot) return null;
    const notes = new Map<string, Ended>();
    for (let at = HEADER; at + ENTRY <= bytes.length; at += ENTRY) {
      const entry = bytes.subarray(at, at + ENTRY);
      if (isVoid(entry)) notes.delete(idOf(flipped(entry)));
      else notes.set(idOf(entry), notes.has(idOf(entry)) ? 'yes' : 'perhaps');
    }
    return (id) => notes.get(id) ?? 'no';
  }

  /** Forgets the journal of a run whose mails have been settled. */
  static forget(lease: string, folder = defaultFolder()): void {
    rmSync(join(folder, `${lease}.journal`), { force: true });
  }

  /** Notes a mail whose last bytes are written next. */
  ending(recipientId: string): void {
    this.note(entryOf(recipientId));
  }

  /** Notes that the system has its last bytes. */
  ended(recipientId: string): void {
    // Its run may be over by now: a mail that was settled needs no second note.
    if (!this.isClosed) this.note(entryOf(recipientId));
  }

  /** Notes, before that is settled, that the server has refused it: it may go another time. */
  refused(recipientId: string): void {
    this.note(flipped(entryOf(recipientId)));
  }

  private note(entry: Buffer): void {
    writeSync(this.descriptor, entry);
  }

  /** Leaves it to whoever takes over: some mail of it has not been settled. */
  leave(): void {
    this.isClosed = true;
    closeSync(this.descriptor);
  }

  /** Ends it; everything that it notes has been settled. */
  end(): void {
    this.isClosed = true;
    closeSync(this.descriptor);
    rmSync(this.file, { force: true });
  }
}

const entryOf = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const idOf = (entry: Buffer): string => uuidOf(entry.toString('hex'));
const flipped = (entry: Buffer): Buffer => Buffer.from(entry.map((byte) => byte ^ 0xff));

/** The version of a UUID, seven, is eight when it is flipped. */
const isVoid = (entry: Buffer): boolean => (entry[6] ?? 0) >> 4 === 8;

const defaultFolder = (): string => join(tmpdir(), `keel-outgoing-${userInfo().uid}`);

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
