import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program a test drives and that Keel itself does not need. */
export interface Tool {
  command: string;
  /** Debian packages that hold its files; libraries they depend on are found by apt. */
  packages: string[];
}

/** A program and what its process needs in the environment to find its libraries. */
export interface FoundTool {
  path: string;
  env: NodeJS.ProcessEnv;
}

const CACHE = join(import.meta.dirname, '..', '..', '.cache', 'tools');

/**
 * Finds a program on PATH, else unpacks its Debian packages under `.cache/tools`, changing
 * nothing of the system.
 * @throws Error saying what to install where neither works.
 */
export async function findTool(tool: Tool): Promise<FoundTool> {
  const installed = await findOnPath(tool.command);
  if (installed !== undefined) return { path: installed, env: process.env };
  const folder = join(CACHE, tool.command);
  try {
    await download(tool, folder);
    return { path: await locate(folder, tool.command), env: await libraryEnvironment(folder) };
  } catch (error) {
    throw new Error(
      `${tool.command} is not on PATH and could not be unpacked from Debian's packages ` +
        `(${(error as Error).message.trim()}): install ${tool.packages.join(' ')}.`,
      { cause: error },
    );
  }
}

async function findOnPath(command: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    if (await exists(join(folder, command))) return join(folder, command);
  }
  return undefined;
}

/** Renamed into place when whole, since several suites may ask at once. */
async function download(tool: Tool, target: string): Promise<void> {
  if (await exists(target)) return;
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(`${target}.`);
  try {
    const packages = await listPackages(tool);
    await run('apt-get', ['download', ...packages], { cwd: work });
    const root = join(work, 'root');
    for (const file of await readdir(work)) {
      if (file.endsWith('.deb')) await run('dpkg', ['-x', file, root], { cwd: work });
    }
    await rename(root, target).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The packages themselves and whatever apt would have to install with them. */
async function listPackages(tool: Tool): Promise<Set<string>> {
  const flags = ['install', '--simulate', '--no-install-recommends', ...tool.packages];
  const { stdout } = await run('apt-get', flags);
  const missing = stdout.matchAll(/^Inst (\S+)/gm);
  return new Set([...tool.packages, ...[...missing].map((match) => match[1] as string)]);
}

async function locate(folder: string, command: string): Promise<string> {
  for (const place of ['usr/bin', 'usr/sbin', 'bin', 'sbin']) {
    if (await exists(join(folder, place, command))) return join(folder, place, command);
  }
  throw new Error(`its packages hold no ${command}`);
}

async function libraryEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  const paths: string[] = [];
  for (const place of ['usr/lib', 'lib']) {
    const names = (await exists(join(folder, place))) ? await readdir(join(folder, place)) : [];
    const found = names.filter((name) => /-linux-gnu/.test(name));
    paths.push(join(folder, place), ...found.map((name) => join(folder, place, name)));
  }
  return { ...process.env, LD_LIBRARY_PATH: paths.join(':') };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
