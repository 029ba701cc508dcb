import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { OperatorError } from '../../common/operator-error.js';
import type { Cluster } from './cluster.js';
import { disownPostmasterFile, isPostmasterOf, readPostmasterFile } from './postmaster-file.js';
import { explainOutput, processOptions } from './server-process.js';

/** Milliseconds: crash recovery reads at most `max_wal_size` of log again. */
const START_LIMIT = 600_000;
/** Milliseconds a fast stop may take: it ends sessions and writes a checkpoint. */
const FAST_STOP_LIMIT = 60_000;
const POLL = 25;

/** PostgreSQL would not start; `output` is what it printed. */
export class PostmasterFailure extends OperatorError {
  constructor(
    message: string,
    readonly output: string,
  ) {
    super(message);
  }
}

/** The running server. */
export interface Postmaster {
  pid: number;
  /** Settles when the process is gone, whoever ended it. */
  exited: Promise<void>;
  /** Stops it, letting no session finish; returns when it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the server on a cluster no other process uses and waits until it takes connections.
 * @param signal stops it while it starts.
 * @throws PostmasterFailure with one line.
 */
export async function startPostmaster(
  cluster: Cluster,
  port: number,
  signal?: AbortSignal,
): Promise<Postmaster> {
  const { binaries, account, pgdata } = cluster;
  const child = spawn(binaries.postgres, ['-D', pgdata, '-p', String(port)], {
    ...processOptions(account),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-8192);
  });
  let spawnError: Error | undefined;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      spawnError = error;
      resolve();
    });
  });
  if (await becomesReady(child, pgdata, exited, signal)) {
    const pid = child.pid as number;
    return { pid, exited, stop: () => stopPostmaster(pid, cluster) };
  }
  signal?.throwIfAborted();
  const printed = spawnError?.message ?? `${output}\n${await readLogEnd(pgdata)}`;
  throw new PostmasterFailure(explainOutput(printed, account, pgdata), printed);
}

/** Stops a postmaster that an earlier, killed Keel left behind, or rids the folder of its trace. */
export async function settleOrphan(cluster: Cluster): Promise<void> {
  const file = await readPostmasterFile(cluster.pgdata);
  if (file === undefined) return;
  if (await isPostmasterOf(file.pid, cluster.pgdata)) await stopPostmaster(file.pid, cluster);
  else await disownPostmasterFile(cluster.pgdata);
}

async function stopPostmaster(pid: number, cluster: Cluster): Promise<void> {
  for (const [signal, limit] of [
    ['SIGINT', FAST_STOP_LIMIT],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ] as const) {
    if (!(await isPostmasterOf(pid, cluster.pgdata))) return;
    await sendSignal(pid, signal, cluster);
    const deadline = Date.now() + limit;
    while (Date.now() < deadline) {
      if (!(await isPostmasterOf(pid, cluster.pgdata))) return;
      await sleep(POLL);
    }
  }
  throw new OperatorError(`PostgreSQL (process ${pid}) on ${cluster.pgdata} does not stop.`);
}

async function sendSignal(pid: number, signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL', at: Cluster) {
  try {
    // Windows has no signals; pg_ctl speaks to the server's own stand-in for them.
    if (process.platform === 'win32') {
      await promisify(execFile)(at.binaries.pgCtl, ['kill', signal.slice(3), String(pid)]);
    } else {
      process.kill(pid, signal);
    }
  } catch (error) {
    // Gone already: what was wanted. Anything else shows as a process that does not stop.
    if ((error as NodeJS.ErrnoException).code === 'EPERM') {
      throw new OperatorError(
        `PostgreSQL (process ${pid}) on ${at.pgdata} belongs to another user: stop it first.`,
      );
    }
  }
}

async function becomesReady(
  child: ChildProcess,
  pgdata: string,
  exited: Promise<void>,
  signal?: AbortSignal,
): Promise<boolean> {
  let isGone = false;
  void exited.then(() => (isGone = true));
  const deadline = Date.now() + START_LIMIT;
  while (!isGone) {
    const file = await readPostmasterFile(pgdata);
    if (file?.pid === child.pid && file?.status === 'ready') return true;
    if (signal?.aborted || Date.now() > deadline) child.kill('SIGQUIT');
    await sleep(POLL);
  }
  return false;
}

/** The end of the newest log: once it logs to files, PostgreSQL prints nothing more. */
async function readLogEnd(pgdata: string): Promise<string> {
  const folder = join(pgdata, 'log');
  const names = await readdir(folder).catch(() => []);
  let newest = { path: '', time: 0 };
  for (const name of names) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (mtimeMs > newest.time) newest = { path, time: mtimeMs };
  }
  return newest.path === '' ? '' : (await readFile(newest.path, 'utf8')).slice(-2000);
}
