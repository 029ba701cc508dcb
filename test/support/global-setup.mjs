import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  makeBuildPath,
  makeTemporaryPath,
  removeLeftovers,
  removeOldBuilds,
} from './leftovers.mjs';

/**
 * Before the first suite with a database: compiles `src` into a folder of this run (nothing else
 * reads or deletes it, whoever builds meanwhile), starts one PostgreSQL that forgets on power loss,
 * and migrates the database every test file clones.
 */
export default async function globalSetup({ rootDir }) {
  const builds = join(rootDir, '.cache', 'test-build');
  await mkdir(builds, { recursive: true });
  await removeOldBuilds(builds);
  const build = makeBuildPath(builds);
  const dataDir = makeTemporaryPath();
  const remove = async () => {
    await rm(build, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await compile(rootDir, build);
    const load = (path) => import(pathToFileURL(join(build, path)).href);
    const { startEmbedded } = await load('platform/embedded/embedded.js');
    const { migrate } = await load('platform/database/migrate.js');
    await removeLeftovers(load);
    const server = await startEmbedded({ dataDir, isDurable: false });
    globalThis.keelTestRun = { stop: () => server.stop().finally(remove) };
    await migrate(server.url).catch((error) => server.stop().then(() => Promise.reject(error)));
    process.env.KEEL_TEST_BUILD = build;
    process.env.KEEL_TEST_DATABASE_URL = server.url;
    process.env.KEEL_TEST_SUPERUSER_URL = server.superuserUrl;
  } catch (error) {
    await remove();
    throw error;
  }
}

async function compile(rootDir, target) {
  const swc = join(rootDir, 'node_modules', '@swc', 'cli', 'bin', 'swc.js');
  await promisify(execFile)(
    process.execPath,
    [swc, 'src', '-d', target, '--strip-leading-paths', '-q'],
    { cwd: rootDir },
  ).catch((error) => {
    // The files without faults are there: suites that need the faulty one fail and say so.
    console.error(error.stderr);
  });
}
