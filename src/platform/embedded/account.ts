import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { OperatorError } from '../../common/operator-error.js';
import { undefinedIfMissing } from './missing-file.js';

const run = promisify(execFile);

/** The unprivileged account PostgreSQL runs as when root starts Keel. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** Accounts that exist on common systems, best first; none is ever created. */
const CANDIDATES = ['postgres', '_postgres', 'nobody'];

/** Whether this process is root, as which PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The account PostgreSQL must run as, or undefined where the user who started Keel will do.
 * A cluster that exists keeps its owner, whatever accounts were added to the machine since.
 * @param pgdata folder of the cluster; need not exist.
 * @throws OperatorError when root has no account to lend.
 */
export async function findAccount(pgdata: string): Promise<Account | undefined> {
  if (!isRoot()) return undefined;
  const owner = await stat(pgdata).catch(undefinedIfMissing);
  if (owner !== undefined && owner.uid !== 0) {
    return { name: `with id ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  }
  for (const name of CANDIDATES) {
    const account = await lookUp(name);
    if (account !== undefined) return account;
  }
  throw new OperatorError(
    `PostgreSQL refuses to run as root and no account ${CANDIDATES.join(', ')} exists: ` +
      'start Keel as an ordinary user, or set DATABASE_URL.',
  );
}

async function lookUp(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // `id` fails for an account that does not exist: the next candidate is tried.
    return undefined;
  }
}
