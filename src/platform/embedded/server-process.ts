import type { SpawnOptions } from 'node:child_process';
import type { Account } from './account.js';

/**
 * How PostgreSQL's programs are started: as the account, in a session of their own (Ctrl-C at
 * the terminal must reach them only after Keel's own processes are done), without the secrets
 * of the environment, and in a folder every account may enter.
 */
export function processOptions(account: Account | undefined): SpawnOptions & { cwd: string } {
  const isWindows = process.platform === 'win32';
  return {
    uid: account?.uid,
    gid: account?.gid,
    cwd: isWindows ? process.cwd() : '/',
    detached: !isWindows,
    windowsHide: true,
    // Windows programs need SystemRoot and the like; English messages are what we can read.
    ...(isWindows ? {} : { env: { LC_ALL: 'C' } }),
  };
}

/**
 * Turns what PostgreSQL printed before it gave up into one line for the person who started Keel.
 * @param folder the data folder it was about.
 */
export function explainOutput(
  output: string,
  account: Account | undefined,
  folder: string,
): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const cause = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1);
  const reason = (cause ?? 'no reason given').replace(/^.*?(FATAL|PANIC|error): */, '').trim();
  if (/No space left|Disk quota/.test(output)) {
    return `The embedded PostgreSQL cannot start: no space is left on the disk of ${folder}.`;
  }
  if (/Permission denied/.test(output) && account !== undefined) {
    return (
      `The embedded PostgreSQL cannot start: root runs it as the account ${account.name}, which ` +
      `may not enter ${folder}; set KEEL_DATA_DIR to a folder that account may enter.`
    );
  }
  return `The embedded PostgreSQL in ${folder} cannot start: ${reason}`;
}
