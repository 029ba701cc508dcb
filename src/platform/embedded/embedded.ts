import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findAccount } from './account.js';
import { findPackage, prepareBinaries } from './binaries.js';
import { createCluster, writeSettings, type Cluster } from './cluster.js';
import { checkMajor, openDataFolder, type DataFolder } from './data-folder.js';
import { PostmasterFailure, settleOrphan, startPostmaster } from './postmaster.js';
import { ownerUrl, provision, superuserUrl } from './provision.js';

export interface EmbeddedOptions {
  /** Folder of the database (KEEL_DATA_DIR); absent: a place chosen for the user. */
  dataDir?: string;
  /** Port on 127.0.0.1; absent: a free one. */
  port?: number;
  /** False in tests only: commits are not forced to the disk. */
  isDurable?: boolean;
  /** Ends a start that may take minutes, such as one that recovers from a crash. */
  signal?: AbortSignal;
}

/** A PostgreSQL server of our own, running until `stop` or until it dies. */
export interface EmbeddedServer {
  /** Connection string of the role that owns the tables: not a superuser. */
  url: string;
  /** Connection string of the superuser, for maintenance and tests. */
  superuserUrl: string;
  port: number;
  pid: number;
  /** Settles when the server is gone, whoever ended it. */
  exited: Promise<void>;
  /** Stops the server if it still runs and frees the data folder. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL from the binaries npm installed, on a folder only this process uses; makes
 * the database on the first start and stops a server that a killed Keel left behind.
 * @throws OperatorError with one line; nothing is left running then.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const folder = await openDataFolder(options.dataDir);
  try {
    const cluster = await prepare(folder, options);
    const { postmaster, port } = await startSomewhere(cluster, options);
    try {
      await provision(port, folder.credentials);
    } catch (error) {
      await postmaster.stop();
      throw error;
    }
    return {
      url: ownerUrl(port, folder.credentials),
      superuserUrl: superuserUrl(port, folder.credentials, 'postgres'),
      port,
      pid: postmaster.pid,
      exited: postmaster.exited,
      stop: () => postmaster.stop().finally(() => folder.release()),
    };
  } catch (error) {
    folder.release();
    throw error;
  }
}

async function prepare(folder: DataFolder, options: EmbeddedOptions): Promise<Cluster> {
  const installed = await findPackage();
  await checkMajor(folder.path, installed.major);
  const pgdata = join(folder.path, `postgresql-${installed.major}`);
  const account = await findAccount(pgdata);
  const binaries = await prepareBinaries(installed, account);
  const cluster = { binaries, account, pgdata };
  await createCluster(cluster, folder.credentials.superuser, options.signal);
  await settleOrphan(cluster);
  await writeSettings(cluster, options.isDurable ?? true);
  return cluster;
}

/** Tries again where waiting or another port will do. */
async function startSomewhere(cluster: Cluster, options: EmbeddedOptions) {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await findFreePort());
    try {
      return { postmaster: await startPostmaster(cluster, port, options.signal), port };
    } catch (error) {
      if (!(error instanceof PostmasterFailure)) throw error;
      // Someone took the port since it was found free.
      const isPortTaken = options.port === undefined && /could not bind/.test(error.output);
      // Sessions of a postmaster that was killed end by themselves when they next look for it.
      const isShared = /pre-existing shared memory block/.test(error.output);
      if (attempt > (isShared ? 30 : 3) || !(isPortTaken || isShared)) throw error;
      await sleep(isShared ? 1000 : 0, undefined, { signal: options.signal });
    }
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
