import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyTree } from './tree-copy.js';

let work: string;
let source: string;
let target: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'keel-tree-'));
  source = join(work, 'source');
  target = join(work, 'shared', 'deep', 'copy');
  await mkdir(join(source, 'bin'), { recursive: true, mode: 0o700 });
  await writeFile(join(source, 'bin', 'program'), 'run me', { mode: 0o700 });
  await writeFile(join(source, 'text'), 'read me', { mode: 0o600 });
  await symlink('text', join(source, 'link'));
});

afterEach(() => rm(work, { recursive: true }));

async function modeOf(...path: string[]): Promise<string> {
  return ((await stat(join(target, ...path))).mode & 0o777).toString(8);
}

test('a copy may be read and run by every account, whatever the umask', async () => {
  const umask = process.umask(0o077);
  try {
    await copyTree(source, target);
  } finally {
    process.umask(umask);
  }
  expect(await modeOf('bin', 'program')).toBe('755');
  expect(await modeOf('text')).toBe('644');
  expect([
    await modeOf(),
    await modeOf('bin'),
    await modeOf('..'),
    await modeOf('..', '..'),
  ]).toEqual(['755', '755', '755', '755']);
  expect(await readlink(join(target, 'link'))).toBe('text');
});

test('copies made at once end as one whole copy with nothing beside it', async () => {
  await Promise.all([copyTree(source, target), copyTree(source, target), copyTree(source, target)]);
  expect(await readdir(join(work, 'shared', 'deep'))).toEqual(['copy']);
  expect(await readFile(join(target, 'bin', 'program'), 'utf8')).toBe('run me');
});

test('a copy a crash cut short is replaced', async () => {
  await copyTree(source, target);
  await writeFile(join(target, 'bin', 'program'), '');
  await copyTree(source, target);
  expect(await readFile(join(target, 'bin', 'program'), 'utf8')).toBe('run me');
  expect(await readdir(join(work, 'shared', 'deep'))).toEqual(['copy']);
});

test('a whole copy is left alone: a server may be running from it', async () => {
  await copyTree(source, target);
  const before = (await stat(target)).ino;
  await copyTree(source, target);
  expect((await stat(target)).ino).toBe(before);
});
