import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new path in the system's temporary folder, which tells what process it belongs to. */
export function makeTemporaryPath() {
  return join(tmpdir(), `keel-test-${process.pid}-${randomUUID()}`);
}

/** A new path for the compiled files of a run. */
export function makeBuildPath(builds) {
  return join(builds, `keel-test-${process.pid}-${randomUUID()}`);
}

/** Removes the compiled files of runs that were killed. */
export async function removeOldBuilds(builds) {
  for (const name of await listOfTheDead(builds)) {
    await rm(join(builds, name), { recursive: true, force: true });
  }
}

/**
 * Stops the servers and removes the folders of test processes that were killed.
 * @param load imports a compiled file of `src`.
 */
export async function removeLeftovers(load) {
  const { openDataFolder } = await load('platform/embedded/data-folder.js');
  const { settleOrphan } = await load('platform/embedded/postmaster.js');
  const { OperatorError } = await load('common/operator-error.js');
  for (const name of await listOfTheDead(tmpdir())) {
    try {
      const folder = await openDataFolder(join(tmpdir(), name));
      for (const cluster of await readdir(folder.path)) {
        if (!/^postgresql-\d+$/.test(cluster)) continue;
        await settleOrphan({ pgdata: join(folder.path, cluster) });
      }
      await rm(folder.path, { recursive: true, force: true });
      folder.release();
    } catch (error) {
      // A Keel the killed test had started is still stopping.
      if (!(error instanceof OperatorError)) throw error;
    }
  }
}

async function listOfTheDead(folder) {
  const names = await readdir(folder);
  return names.filter((name) => {
    const owner = /^keel-test-(\d+)-/.exec(name)?.[1];
    return owner !== undefined && !isAlive(Number(owner));
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
