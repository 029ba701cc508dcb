import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { access, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  listDescendants,
  listLiving,
  makeDataDir,
  sessionOf,
  startKeel,
  until,
  type WatchedProcess,
} from '../support/keel-process.js';
import { findFreePort } from '../support/tools.js';

/** The real supervisor over programs that do nothing but live and die. */
let build: string;
let database: TestDatabase;
const started: WatchedProcess[] = [];
const folders: string[] = [];

beforeAll(async () => {
  build = `${process.env.KEEL_TEST_BUILD}-supervisor`;
  await cp(process.env.KEEL_TEST_BUILD ?? '', build, { recursive: true });
  await cp(join(import.meta.dirname, '..', 'support', 'programs'), build, { recursive: true });
  database = await createTestDatabase();
});

afterEach(async () => {
  for (const keel of started.splice(0)) {
    keel.signal('SIGTERM');
    await keel.exited;
  }
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

afterAll(async () => {
  await database.drop();
  await rm(build, { recursive: true });
});

async function start(env: Record<string, string>): Promise<WatchedProcess> {
  const PORT = env.PORT ?? String(await findFreePort());
  const keel = startKeel(build, { ...env, PORT });
  started.push(keel);
  return keel;
}

function useDataDir(): string {
  const folder = makeDataDir();
  folders.push(folder);
  return folder;
}

async function ask(url: string): Promise<{ pid: number; databaseUrl: string }> {
  return (await (await fetch(url)).json()) as { pid: number; databaseUrl: string };
}

function isAnswering(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

function accepts(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

/** The main process of the embedded PostgreSQL. */
function findPostmaster(supervisor: number): Promise<number | undefined> {
  return find(supervisor, /postgres\0-D\0/);
}

async function find(supervisor: number, command: RegExp): Promise<number | undefined> {
  for (const pid of await listDescendants(supervisor)) {
    const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.test(args)) return pid;
  }
  return undefined;
}

describe('npm start', () => {
  test('brings up a database, says where the API listens, and leaves nothing when stopped', async () => {
    const port = await findFreePort();
    const keel = await start({ PORT: String(port), KEEL_DATA_DIR: useDataDir() });
    expect(await keel.ready()).toBe(`http://127.0.0.1:${port}`);
    expect((await ask(`http://127.0.0.1:${port}`)).databaseUrl).toMatch(/^postgres:\/\/keel:/);
    const processes = await listDescendants(keel.pid);
    expect(processes.length).toBeGreaterThan(2);
    keel.signal('SIGTERM');
    expect(await keel.exited).toBe(0);
    expect(await listLiving(processes)).toEqual([]);
    expect(keel.stdout).toEqual([`ready http://127.0.0.1:${port}`]);
    expect(keel.stderr).toEqual([]);
  });

  test('uses the database it is given, and no other', async () => {
    const keel = await start({ DATABASE_URL: database.url, KEEL_DATA_DIR: useDataDir() });
    expect((await ask(await keel.ready())).databaseUrl).toBe(database.url);
    await expect(access(folders[0] ?? '')).rejects.toThrow();
  });

  test('has the worker in a session of its own, which can stand back behind the API as one', async () => {
    const keel = await start({ DATABASE_URL: database.url });
    await keel.ready();
    const worker = (await find(keel.pid, /worker\.js/)) as number;
    expect(await sessionOf(worker)).toBe(worker);
  });

  test('with port 0 names the port it took, and keeps it when the API is started again', async () => {
    const keel = await start({ DATABASE_URL: database.url, PORT: '0' });
    const url = await keel.ready();
    const { pid } = await ask(url);
    process.kill(pid, 'SIGKILL');
    await until(() => isAnswering(url).then(async (is) => is && (await ask(url)).pid !== pid));
    expect(keel.stderr).toEqual(['keel: The API ended (SIGKILL). Starting it again in 0.5 s.']);
  });

  test('stopped while it starts leaves nothing', async () => {
    const dataDir = useDataDir();
    const keel = await start({ KEEL_DATA_DIR: dataDir });
    await until(() =>
      access(dataDir).then(
        () => true,
        () => false,
      ),
    );
    await until(async () => (await listDescendants(keel.pid)).length > 0);
    const processes = await listDescendants(keel.pid);
    keel.signal('SIGINT');
    expect(await keel.exited).toBe(0);
    expect(await listLiving(processes)).toEqual([]);
    // On a busy machine it may have been ready before the signal came.
    expect(keel.stderr).toEqual([]);
  });
});

describe('what cannot work is one line and exit code 1:', () => {
  async function expectRefusal(keel: WatchedProcess, line: RegExp): Promise<void> {
    expect(await keel.exited).toBe(1);
    expect(keel.stdout).toEqual([]);
    expect(keel.stderr).toEqual([expect.stringMatching(line)]);
  }

  test('a port in use, before a data folder is made', async () => {
    const server: Server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const dataDir = useDataDir();
    const keel = await start({ PORT: String(port), KEEL_DATA_DIR: dataDir });
    await expectRefusal(keel, new RegExp(`^keel: Port ${port} of 127.0.0.1 is in use: .*PORT`));
    await expect(access(dataDir)).rejects.toThrow();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a setting that is not valid', async () => {
    await expectRefusal(await start({ PORT: 'many' }), /^keel: PORT=/);
  });

  test('a setting of .env that is not valid, which one of the environment would hide', async () => {
    const folder = useDataDir();
    await mkdir(folder);
    await writeFile(join(folder, '.env'), 'PORT=many\nHOST=nowhere.invalid\n');
    const keel = startKeel(build, { HOST: '127.0.0.1' }, folder);
    started.push(keel);
    await expectRefusal(keel, /^keel: PORT=/);
    const other = startKeel(build, { PORT: String(await findFreePort()) }, folder);
    started.push(other);
    await expectRefusal(other, /^keel: HOST=nowhere\.invalid/);
  });

  test('an address of another machine', async () => {
    await expectRefusal(await start({ HOST: '192.0.2.1' }), /^keel: HOST=192\.0\.2\.1/);
  });

  test('a database server that does not answer, whose password is not shown', async () => {
    const closed = await findFreePort();
    const keel = await start({ DATABASE_URL: `postgres://a:secret@127.0.0.1:${closed}/keel` });
    await expectRefusal(keel, new RegExp(`^keel: DATABASE_URL: .*127.0.0.1:${closed}`));
    expect(keel.stderr.join()).not.toContain('secret');
  });

  test('a wrong password for the database', async () => {
    const wrong = Object.assign(new URL(database.url), { password: 'wrong' }).href;
    await expectRefusal(await start({ DATABASE_URL: wrong }), /password authentication failed/);
  });

  test.each(['REDIS_URL', 'QUEUE_REDIS_URL'])('%s where no Redis answers', async (variable) => {
    const closed = await findFreePort();
    const keel = await start({
      DATABASE_URL: database.url,
      [variable]: `redis://:secret@127.0.0.1:${closed}`,
    });
    await expectRefusal(keel, new RegExp(`^keel: ${variable}: .*127.0.0.1:${closed}`));
    expect(keel.stderr.join()).not.toContain('secret');
  });

  test('a folder that cannot be written', async () => {
    const keel = await start({ KEEL_DATA_DIR: '/dev/null/keel' });
    await expectRefusal(keel, /^keel: The data folder \/dev\/null\/keel/);
  });

  test('a data folder another Keel uses, which goes on', async () => {
    const dataDir = useDataDir();
    const first = await start({ KEEL_DATA_DIR: dataDir });
    const url = await first.ready();
    await expectRefusal(await start({ KEEL_DATA_DIR: dataDir }), /^keel: Another Keel is running/);
    expect(await isAnswering(url)).toBe(true);
  });

  test('a migration that fails, and its database is stopped', async () => {
    const dataDir = useDataDir();
    const keel = await start({ KEEL_DATA_DIR: dataDir, TEST_MIGRATION: 'fail' });
    await expectRefusal(keel, /^keel: migration failed: on purpose$/);
    await expect(access(join(dataDir, 'postgresql-18', 'postmaster.pid'))).rejects.toThrow();
  });

  test('a process that says it cannot start', async () => {
    const keel = await start({ DATABASE_URL: database.url, TEST_API: 'refuse' });
    await expectRefusal(keel, /^keel: The API cannot start: on purpose\.$/);
  });

  test('a process that ends while it starts, three times', async () => {
    const keel = await start({ DATABASE_URL: database.url, TEST_API: 'crash' });
    expect(await keel.exited).toBe(1);
    expect(keel.stderr).toEqual([
      'keel: The API ended (exit code 3). Starting it again in 0.5 s.',
      'keel: The API ended (exit code 3). Starting it again in 1 s.',
      'keel: The API ended (exit code 3).',
    ]);
  });
});

describe('what dies', () => {
  test('the supervisor: its processes stop by themselves, and the next start takes over', async () => {
    const env = { KEEL_DATA_DIR: useDataDir() };
    const killed = await start(env);
    const { pid } = await ask(await killed.ready());
    const processes = await listDescendants(killed.pid);
    killed.signal('SIGKILL');
    expect(await killed.exited).toBe('SIGKILL');
    await until(async () => !(await listLiving(processes)).includes(pid));
    const next = await start(env);
    expect(await isAnswering(await next.ready())).toBe(true);
    expect(await listLiving(processes)).toEqual([]);
  });

  test('PostgreSQL: it is started again where it was, under processes that go on', async () => {
    const keel = await start({ KEEL_DATA_DIR: useDataDir() });
    const { pid, databaseUrl } = await ask(await keel.ready());
    const postmaster = await findPostmaster(keel.pid);
    process.kill(postmaster as number, 'SIGKILL');
    await until(async () => ![undefined, postmaster].includes(await findPostmaster(keel.pid)));
    await until(() => accepts(databaseUrl));
    expect(keel.stderr).toEqual(['keel: PostgreSQL ended unexpectedly. Starting it again.']);
    expect(await listLiving([pid])).toEqual([pid]);
  });

  test('nothing: a process that does not stop is killed by the second signal', async () => {
    const keel = await start({ DATABASE_URL: database.url, TEST_API: 'hang' });
    const { pid } = await ask(await keel.ready());
    keel.signal('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await listLiving([pid])).toEqual([pid]);
    keel.signal('SIGTERM');
    expect(await keel.exited).toBe(0);
    expect(await listLiving([pid])).toEqual([]);
  });
});
