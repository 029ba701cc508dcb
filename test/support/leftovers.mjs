import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How the data folders of test runs begin, in the system's temporary folder. */
export const TEMPORARY = 'keel-test-';

/**
 * Stops the servers and removes the folders of test runs that were killed; those of runs that
 * still go on are locked and left alone.
 * @param load imports a compiled file of `src`.
 */
export async function removeLeftovers(load) {
  const { openDataFolder } = await load('platform/embedded/data-folder.js');
  const { settleOrphan } = await load('platform/embedded/postmaster.js');
  const { OperatorError } = await load('common/operator-error.js');
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(TEMPORARY)) continue;
    try {
      const folder = await openDataFolder(join(tmpdir(), name));
      for (const cluster of await readdir(folder.path)) {
        if (!/^postgresql-\d+$/.test(cluster)) continue;
        await settleOrphan({ pgdata: join(folder.path, cluster) });
      }
      await rm(folder.path, { recursive: true, force: true });
      folder.release();
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
    }
  }
}
