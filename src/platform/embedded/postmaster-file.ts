import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { undefinedIfMissing } from './missing-file.js';

const run = promisify(execFile);

/** What PostgreSQL's main process (the postmaster) tells of itself in `postmaster.pid`. */
export interface PostmasterFile {
  pid: number;
  port: number;
  /** `starting`, `ready`, `stopping` or empty. */
  status: string;
}

/** @returns undefined when there is no such file. */
export async function readPostmasterFile(pgdata: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(pathOf(pgdata), 'utf8').catch(undefinedIfMissing);
  if (text === undefined) return undefined;
  const lines = text.split('\n').map((line) => line.trim());
  return { pid: Number(lines[0]), port: Number(lines[3] ?? 0), status: lines[7] ?? '' };
}

/**
 * Whether the process is alive and the postmaster of this folder; another program may have got
 * its number since. A zombie counts as dead.
 */
export async function isPostmasterOf(pid: number, pgdata: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return args.split('\0').includes(pgdata);
  }
  if (process.platform === 'win32') {
    const { stdout } = await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
    return stdout.includes('postgres');
  }
  // `ps` fails when there is no such process.
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.includes(` ${pgdata}`);
}

/**
 * Puts right a file whose number was given to another program since: PostgreSQL would refuse to
 * start for ever. With our own number in it (its parent's, which it knows not to be a rival) it
 * goes on to its second check, the shared memory of processes that may still live.
 */
export async function disownPostmasterFile(pgdata: string): Promise<void> {
  const path = pathOf(pgdata);
  const [first, ...rest] = (await readFile(path, 'utf8')).split('\n');
  // Without a number it was cut short while being written, before there was shared memory.
  if (!/^-?\d+$/.test(first ?? '')) await rm(path);
  else await writeFile(path, [process.pid, ...rest].join('\n'));
}

function pathOf(pgdata: string): string {
  return join(pgdata, 'postmaster.pid');
}
