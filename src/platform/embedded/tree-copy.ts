import { randomUUID } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { undefinedIfMissing } from './missing-file.js';

/**
 * Copies a folder so that every account may read it. `target` is only ever absent or whole:
 * the copy is made beside it and renamed, and one that differs in any file's size (a crash
 * before the disk had it all) is replaced.
 */
export async function copyTree(source: string, target: string): Promise<void> {
  if (await isSameTree(source, target)) return;
  await makeEnterable(dirname(target));
  const fresh = `${target}.${randomUUID()}.new`;
  try {
    await cp(source, fresh, { recursive: true, verbatimSymlinks: true });
    await makeReadable(fresh);
    await replace(fresh, source, target);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function replace(fresh: string, source: string, target: string): Promise<void> {
  if (await movedTo(fresh, target)) return;
  // Another start of Keel was faster, or what lies there is broken.
  if (await isSameTree(source, target)) return;
  const old = `${target}.${randomUUID()}.old`;
  await rename(target, old).catch(undefinedIfMissing);
  await movedTo(fresh, target);
  await rm(old, { recursive: true, force: true });
}

/** @returns false when something is there already. */
async function movedTo(fresh: string, target: string): Promise<boolean> {
  try {
    await rename(fresh, target);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function makeEnterable(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  // mkdir obeys the umask, which may shut everyone else out.
  for (let path = folder; path.length >= first.length; path = dirname(path)) {
    await chmod(path, 0o755);
  }
}

async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile())
      await chmod(path, ((await lstat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

async function isSameTree(source: string, target: string): Promise<boolean> {
  const [wanted, found] = await Promise.all([listSizes(source), listSizes(target)]);
  return (
    wanted.size === found.size && [...wanted].every(([path, size]) => found.get(path) === size)
  );
}

async function listSizes(folder: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const names = await readdir(folder, { recursive: true }).catch(undefinedIfMissing);
  for (const name of names ?? []) {
    const entry = await lstat(join(folder, name));
    sizes.set(name, entry.isFile() ? entry.size : -1);
  }
  return sizes;
}
