import { createHash, randomBytes } from 'node:crypto';
import {
  access,
  constants,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OperatorError } from '../../common/operator-error.js';
import { isRoot } from './account.js';
import { undefinedIfMissing } from './missing-file.js';

/** Milliseconds the locks of a Keel that was just killed may take to go. */
const LOCK_PATIENCE = 1000;

/** Passwords of the two roles people and programs sign in as. */
export interface Credentials {
  superuser: string;
  owner: string;
}

/** The folder that holds one embedded database, locked for this process. */
export interface DataFolder {
  path: string;
  credentials: Credentials;
  /** Gives the lock back; the kernel does so too when the process dies. */
  release(): void;
}

/**
 * Makes, locks and reads the data folder.
 * @param configured KEEL_DATA_DIR; absent: `.keel` in the project, or a folder of this checkout
 *   under /var/lib/keel for root, whose home PostgreSQL's account may not enter.
 * @throws OperatorError when it cannot be written or another Keel uses it.
 */
export async function openDataFolder(configured: string | undefined): Promise<DataFolder> {
  const wanted = configured ?? defaultFolder();
  try {
    // PostgreSQL's account passes through a folder of root's, but may not list it.
    await makeFolder(resolve(wanted), isRoot() ? 0o711 : 0o700);
    const path = await realpath(wanted);
    await access(path, constants.W_OK);
    const release = lock(path);
    try {
      return { path, credentials: await readCredentials(path), release };
    } catch (error) {
      release();
      throw error;
    }
  } catch (error) {
    throw explain(error, wanted);
  }
}

/** Node's own `recursive` never returns below a folder that takes none, such as /proc. */
async function makeFolder(path: string, mode: number): Promise<void> {
  const found = await stat(path).catch(undefinedIfMissing);
  if (found?.isDirectory()) return;
  if (found !== undefined) throw new Error(`${path} is a file`);
  await makeFolder(dirname(path), mode);
  await mkdir(path, { mode });
}

/** @throws OperatorError when the folder holds a cluster of another major version only. */
export async function checkMajor(folder: string, major: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^postgresql-\d+$/.test(name));
  if (names.length === 0 || names.includes(`postgresql-${major}`)) return;
  throw new OperatorError(
    `${folder} holds a database of another version (${names.join(', ')}), and this Keel brings ` +
      `PostgreSQL ${major}: bring it over with pg_upgrade, or set KEEL_DATA_DIR to a new folder.`,
  );
}

function defaultFolder(): string {
  const project = dirname(findPackageJSON(import.meta.url) ?? join(process.cwd(), 'package.json'));
  if (!isRoot()) return join(project, '.keel');
  const key = createHash('sha256').update(project).digest('hex').slice(0, 10);
  return join('/var/lib/keel/data', `${basename(project)}-${key}`);
}

/** A lock of the operating system, through SQLite because Node has no other way to one. */
function lock(folder: string): () => void {
  const file = new DatabaseSync(join(folder, 'keel.lock'), { timeout: LOCK_PATIENCE });
  try {
    file.exec('PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode !== 5) throw error;
    throw new OperatorError(
      `Another Keel is running on the data folder ${folder}: stop it, or set KEEL_DATA_DIR (and ` +
        'PORT) to start a second one.',
    );
  }
  return () => {
    if (file.isOpen) file.close();
  };
}

async function readCredentials(folder: string): Promise<Credentials> {
  const path = join(folder, 'credentials.json');
  const existing = await readFile(path, 'utf8').catch(undefinedIfMissing);
  if (existing !== undefined) return JSON.parse(existing) as Credentials;
  const credentials = { superuser: makePassword(), owner: makePassword() };
  const text = `${JSON.stringify(credentials, null, 2)}\n`;
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return credentials;
}

function makePassword(): string {
  return randomBytes(24).toString('base64url');
}

function explain(error: unknown, folder: string): OperatorError {
  if (error instanceof OperatorError) return error;
  const { message, code } = error as NodeJS.ErrnoException;
  const why = code === 'ENOSPC' ? 'the disk is full' : message;
  return new OperatorError(
    `The data folder ${folder} cannot be used (${why}): mend that, or set KEEL_DATA_DIR to a ` +
      'folder that can be written.',
    { cause: error },
  );
}
