import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  listDescendants,
  listLiving,
  makeDataDir,
  until,
  watchProcess,
  type WatchedProcess,
} from '../support/keel-process.js';
import { findFreePort } from '../support/tools.js';

/** `npm start` as its readers type it, in a checkout of its own. */
const project = join(import.meta.dirname, '..', '..');
const ADMIN = { email: 'owner@example.com', password: 'correct horse battery staple' };
/** Building and the first start are slow on a busy machine. */
const LIMIT = 120_000;

let checkout: string;
let dataDir: string;
let keel: WatchedProcess | undefined;

beforeAll(async () => {
  checkout = makeDataDir();
  dataDir = makeDataDir();
  await mkdir(checkout, { mode: 0o755 });
  for (const name of ['src', 'package.json', '.swcrc']) {
    await cp(join(project, name), join(checkout, name), { recursive: true });
  }
  await symlink(join(project, 'node_modules'), join(checkout, 'node_modules'));
});

afterEach(async () => {
  keel?.signal('SIGTERM');
  await keel?.exited;
});

afterAll(async () => {
  await rm(checkout, { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
});

async function npmStart(): Promise<WatchedProcess> {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PORT: String(await findFreePort()),
    KEEL_DATA_DIR: dataDir,
    KEEL_ADMIN_EMAIL: ADMIN.email,
    KEEL_ADMIN_PASSWORD: ADMIN.password,
  };
  const started = watchProcess(spawn('npm', ['start'], { cwd: checkout, env }));
  keel = started;
  return started;
}

async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ADMIN),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { accessToken: string }).accessToken;
}

async function stopCleanly(started: WatchedProcess): Promise<void> {
  const processes = await listDescendants(started.pid);
  expect(processes.length).toBeGreaterThan(3);
  started.signal('SIGTERM');
  expect(await started.exited).toBe(0);
  expect(await listLiving(processes)).toEqual([]);
}

test(
  'what is written survives a restart, and nothing outlives npm, stopped or killed',
  async () => {
    const first = await npmStart();
    const url = await first.ready();
    expect(first.stdout.filter((line) => line.startsWith('ready '))).toEqual([`ready ${url}`]);
    const authorization = `Bearer ${await signIn(url)}`;
    const created = await fetch(`${url}/v1/companies`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Kept Brewing' }),
    });
    expect(created.status).toBe(201);
    const path = created.headers.get('location') ?? '';
    await stopCleanly(first);

    const second = await npmStart();
    const again = await second.ready();
    // The same token: the keys it is signed with are kept as well.
    const found = await fetch(new URL(path, again), { headers: { authorization } });
    expect(found.status).toBe(200);
    expect(await found.json()).toMatchObject({ name: 'Kept Brewing' });
    const processes = await listDescendants(second.pid);
    second.signal('SIGKILL');
    await until(async () => (await listLiving(processes)).length === 0, 30_000);
  },
  LIMIT,
);
