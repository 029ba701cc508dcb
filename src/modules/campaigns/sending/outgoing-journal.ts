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

/**
 * Which mails a run is about to end, noted on this machine in the microseconds before their last
 * byte goes to the server. The database knows that a mail was being handed over; only its sender
 * knew how far it was. When the sender dies, its journal still knows: what is noted was handed to
 * the system, which delivers it without the sender; what is not noted was not, and can be sent.
 *
 * It outlives the process, not the machine: one from before the last start of the machine may lack
 * entries that were never written to the disk, so it is not believed.
 */
export class OutgoingJournal {
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

  /** What a run noted before it died; null when this machine cannot know. */
  static read(lease: string, folder = defaultFolder()): ReadonlySet<string> | null {
    const boot = bootId();
    const bytes = readIfThere(join(folder, `${lease}.journal`));
    if (!bytes || boot === null || bytes.toString('latin1', 0, HEADER).trim() !== boot) return null;
    const ids = new Set<string>();
    for (let at = HEADER; at + ENTRY <= bytes.length; at += ENTRY) {
      ids.add(uuidOf(bytes.toString('hex', at, at + ENTRY)));
    }
    return ids;
  }

  /** Forgets the journal of a run whose mails have been settled. */
  static forget(lease: string, folder = defaultFolder()): void {
    rmSync(join(folder, `${lease}.journal`), { force: true });
  }

  /** Notes a mail whose last byte is sent next, in the same turn of the event loop. */
  note(recipientId: string): void {
    writeSync(this.descriptor, Buffer.from(recipientId.replaceAll('-', ''), 'hex'));
  }

  /** Leaves it to whoever takes over: some mail of it has not been settled. */
  leave(): void {
    closeSync(this.descriptor);
  }

  /** Ends it; everything that it notes has been settled. */
  end(): void {
    closeSync(this.descriptor);
    rmSync(this.file, { force: true });
  }
}

const defaultFolder = (): string => join(tmpdir(), `keel-outgoing-${userInfo().uid}`);

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

const uuidOf = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
