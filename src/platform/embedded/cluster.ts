import { spawn } from 'node:child_process';
import { appendFile, chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '../../common/operator-error.js';
import type { Account } from './account.js';
import type { Binaries } from './binaries.js';
import { undefinedIfMissing } from './missing-file.js';
import { explainOutput, processOptions } from './server-process.js';

/** Where a cluster lies and who may touch it. */
export interface Cluster {
  binaries: Binaries;
  account: Account | undefined;
  pgdata: string;
}

/** Megabytes that this machine, or the container, has. */
const MEMORY = Math.min(totalmem(), process.constrainedMemory() || Infinity) / 2 ** 20;

/** An eighth of them, so that the rest of the machine has its share, in megabytes. */
const BUFFERS = Math.round(Math.min(2048, Math.max(128, MEMORY / 8)));

/** Settings that let PostgreSQL sit beside Keel on a small machine without losing a commit. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  shared_buffers: `${BUFFERS}MB`,
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  effective_cache_size: `${Math.round(MEMORY / 2)}MB`,
  random_page_cost: '1.1',
  jit: 'off',
  // Workers of a report cost as much as a small one does: none without a processor of its own.
  max_parallel_workers_per_gather: String(Math.min(2, availableParallelism() - 1)),
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_compression: 'on',
  min_wal_size: '256MB',
  max_wal_size: '4GB',
  // Whoever fills an empty workspace asks for it in the next minute: by then plans must fit.
  autovacuum_naptime: '10s',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgresql-%a.log',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
  log_checkpoints: 'off',
};

/** For tests only: a machine that loses power loses the database. */
const FORGETFUL: Record<string, string> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '128MB',
  // The same plans on every machine.
  effective_cache_size: '1GB',
  max_connections: '200',
};

/**
 * Makes the cluster unless it exists. It is made beside its place and renamed, so a start that
 * was killed leaves nothing that looks like a database.
 * @param password of the superuser `postgres`.
 * @param signal stops it half-way.
 * @throws OperatorError in one line: no space, no access.
 */
export async function createCluster(
  cluster: Cluster,
  password: string,
  signal?: AbortSignal,
): Promise<void> {
  if (await stat(cluster.pgdata).catch(undefinedIfMissing)) return;
  const fresh = `${cluster.pgdata}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await giveTo(cluster.account, fresh);
  const passwordFile = `${fresh}.password`;
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    await giveTo(cluster.account, passwordFile);
    await runInitdb(cluster, fresh, passwordFile, signal);
    await appendFile(join(fresh, 'postgresql.conf'), "\ninclude_if_exists = 'keel.conf'\n");
    await rename(fresh, cluster.pgdata);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(fresh, { recursive: true, force: true });
  }
}

/**
 * Writes Keel's settings, which follow the version of Keel. An owner's own go into the database
 * with ALTER SYSTEM, which wins over this file.
 */
export async function writeSettings(cluster: Cluster, isDurable: boolean): Promise<void> {
  const settings = isDurable ? SETTINGS : { ...SETTINGS, ...FORGETFUL };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  const path = join(cluster.pgdata, 'keel.conf');
  const head = '# Written by Keel at each start. Change settings with ALTER SYSTEM.';
  await writeFile(path, `${[head, ...lines].join('\n')}\n`, { mode: 0o600 });
  await giveTo(cluster.account, path);
}

async function runInitdb(
  cluster: Cluster,
  folder: string,
  passwordFile: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const flags = [
    `--pgdata=${folder}`,
    `--pwfile=${passwordFile}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order of text on every machine, whatever its locales.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  const child = spawn(cluster.binaries.initdb, flags, {
    ...processOptions(cluster.account),
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => (output += `error: ${error.message}`)).once('close', resolve);
  });
  signal?.throwIfAborted();
  if (code !== 0) throw new OperatorError(explainOutput(output, cluster.account, cluster.pgdata));
}

async function giveTo(account: Account | undefined, path: string): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}
