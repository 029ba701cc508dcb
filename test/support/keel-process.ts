import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Keel that a test started and watches. */
export interface WatchedProcess {
  pid: number;
  /** Whole lines printed so far. */
  stdout: string[];
  stderr: string[];
  /** Exit code, or the name of the signal that ended it. */
  exited: Promise<number | string | null>;
  /** Settles with the URL of the ready line. @throws Error with the output when it ends first. */
  ready(): Promise<string>;
  signal(name: NodeJS.Signals): void;
}

/**
 * Starts `node start.js`, as `npm start` does.
 * @param build folder of compiled files that holds `start.js`.
 * @param env settings; variables of the test's own environment that Keel reads are not passed on.
 * @param cwd folder whose `.env` is read; not the project, where a developer may keep one.
 */
export function startKeel(
  build: string,
  env: Record<string, string>,
  cwd = tmpdir(),
): WatchedProcess {
  const flags = ['--enable-source-maps', join(build, 'start.js')];
  // As under npm: it ends by itself when the test that started it was killed.
  const own = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    npm_lifecycle_event: 'start',
  };
  return watchProcess(spawn(process.execPath, flags, { env: { ...own, ...env }, cwd }));
}

export function watchProcess(child: ChildProcessWithoutNullStreams): WatchedProcess {
  const stdout = collectLines(child.stdout);
  const stderr = collectLines(child.stderr);
  let isGone = false;
  const exited = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => {
      isGone = true;
      resolve(code ?? signal);
    });
  });
  const ready = async () => {
    for (;;) {
      const line = stdout.find((text) => text.startsWith('ready '));
      if (line !== undefined) return line.slice('ready '.length);
      if (isGone) throw new Error(`Keel ended: ${[...stdout, ...stderr].join('\n')}`);
      await sleep(20);
    }
  };
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  return { pid: child.pid as number, stdout, stderr, exited, ready, signal };
}

/** A data folder for one test; those of killed runs are removed by the next one. */
export function makeDataDir(): string {
  return join(tmpdir(), `keel-test-${process.pid}-${randomUUID()}`);
}

/** Ids of every living process the given one started, directly or not. */
export async function listDescendants(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    const parent = /^\d+$/.test(name) ? await readParent(name) : undefined;
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const found = [pid];
  for (const ancestor of found) {
    for (const [child, parent] of parents) if (parent === ancestor) found.push(child);
  }
  return found.slice(1);
}

/** Those that still live; a zombie does not. */
export async function listLiving(pids: number[]): Promise<number[]> {
  const parents = await Promise.all(pids.map((pid) => readParent(String(pid))));
  return pids.filter((_, index) => parents[index] !== undefined);
}

/** Polls until the check holds. @throws Error after `limit` milliseconds. */
export async function until(check: () => Promise<boolean> | boolean, limit = 15_000) {
  const deadline = Date.now() + limit;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`Not within ${limit} ms: ${check.toString()}`);
    await sleep(25);
  }
}

/** @returns undefined for a process that is gone or a zombie. */
async function readParent(pid: string): Promise<number | undefined> {
  return (await readStat(pid))?.parent;
}

/** The session a living process belongs to. */
export async function sessionOf(pid: number): Promise<number | undefined> {
  return (await readStat(String(pid)))?.session;
}

async function readStat(pid: string): Promise<{ parent: number; session: number } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in brackets, may hold spaces.
  const [state, parent, , session] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (text === '' || state === 'Z') return undefined;
  return { parent: Number(parent), session: Number(session) };
}

function collectLines(stream: NodeJS.ReadableStream): string[] {
  const lines: string[] = [];
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  stream.on('end', () => rest !== '' && lines.push(rest));
  return lines;
}
