import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded, type EmbeddedServer } from '../../src/platform/embedded/embedded.js';
import { listDescendants, listLiving, makeDataDir } from '../support/keel-process.js';

const running: EmbeddedServer[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function start(dataDir: string, signal?: AbortSignal): Promise<EmbeddedServer> {
  folders.push(dataDir);
  const server = await startEmbedded({ dataDir, isDurable: false, signal });
  running.push(server);
  return server;
}

async function ask<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** A server in a process of its own, which can be killed. */
async function startElsewhere(dataDir: string): Promise<{ keel: ChildProcess; postgres: number }> {
  folders.push(dataDir);
  const module = join(process.env.KEEL_TEST_BUILD ?? '', 'platform/embedded/embedded.js');
  const script =
    `const { startEmbedded } = await import(${JSON.stringify(module)});` +
    `const { pid } = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} });` +
    'console.log(pid); setInterval(() => {}, 1000);';
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const postgres = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (text: Buffer) => resolve(Number(text)));
    child.stderr.once('data', (text: Buffer) => reject(new Error(text.toString())));
  });
  return { keel: child, postgres };
}

describe('the database', () => {
  let dataDir: string;
  let server: EmbeddedServer;

  beforeAll(async () => {
    dataDir = makeDataDir();
    server = await startEmbedded({ dataDir });
  });

  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true });
  });

  test('sorts text the same on every machine', async () => {
    const database = await ask(
      server.url,
      `select datlocprovider as provider, datlocale as locale,
         pg_encoding_to_char(encoding) as encoding
       from pg_database where datname = current_database()`,
    );
    expect(database).toEqual([{ provider: 'b', locale: 'C.UTF-8', encoding: 'UTF8' }]);
  });

  test('belongs to a role that may make roles and databases and is no superuser', async () => {
    const role = 'rolsuper, rolcreaterole, rolcreatedb, rolbypassrls';
    const statement = `select ${role} from pg_roles where rolname = current_user`;
    expect(await ask(server.url, statement)).toEqual([
      { rolsuper: false, rolcreaterole: true, rolcreatedb: true, rolbypassrls: false },
    ]);
  });

  test('has the extensions that search and filters stand on', async () => {
    const found = await ask<{ extname: string }>(server.url, 'select extname from pg_extension');
    const names = found.map((row) => row.extname);
    expect(names).toEqual(expect.arrayContaining(['btree_gin', 'pg_trgm']));
  });

  test('brings commits to the disk unless a test asked otherwise', async () => {
    const settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
    for (const [name, value] of Object.entries(settings)) {
      expect(await ask(server.url, `show ${name}`)).toEqual([{ [name]: value }]);
    }
  });

  test('listens on this machine alone and asks for the password', async () => {
    expect(await ask(server.superuserUrl, 'show listen_addresses')).toEqual([
      { listen_addresses: '127.0.0.1' },
    ]);
    const wrong = Object.assign(new URL(server.url), { password: 'wrong' }).href;
    await expect(ask(wrong, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  test('keeps the passwords from other users of the machine', async () => {
    expect((await stat(join(dataDir, 'credentials.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'postgresql-18'))).mode & 0o777).toBe(0o700);
  });
});

describe('the data folder', () => {
  test('keeps its data over a restart', async () => {
    const dataDir = makeDataDir();
    const first = await start(dataDir);
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await start(dataDir);
    expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('is never used by two at once: the second is refused in one line', async () => {
    const dataDir = makeDataDir();
    const { url } = await start(dataDir);
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringMatching(/^Another Keel is running on the data folder [^\n]+$/),
    });
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is taken over, with its data, from a Keel that was killed', async () => {
    const dataDir = makeDataDir();
    const killed = await startElsewhere(dataDir);
    killed.keel.kill('SIGKILL');
    await once(killed.keel, 'exit');
    expect(await listLiving([killed.postgres])).toEqual([killed.postgres]);
    const server = await start(dataDir);
    expect(await listLiving([killed.postgres])).toEqual([]);
    expect(await ask(server.url, 'select current_user as name')).toEqual([{ name: 'keel' }]);
  });

  test('is usable when the postmaster was killed and its number now is another program', async () => {
    const dataDir = makeDataDir();
    folders.push(dataDir);
    const first = await startEmbedded({ dataDir });
    await ask(first.url, 'create table kept as select 42 as answer');
    const pidFile = join(dataDir, 'postgresql-18', 'postmaster.pid');
    const lines = (await readFile(pidFile, 'utf8')).split('\n');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    await first.stop();
    const { uid, gid } = await stat(pidFile);
    const bystander = spawn('sleep', ['60'], { uid, gid });
    await writeFile(pidFile, [bystander.pid, ...lines.slice(1)].join('\n'));
    try {
      const second = await start(dataDir);
      expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    } finally {
      bystander.kill();
    }
  });

  test('is usable after a first start that was killed half-way', async () => {
    const dataDir = makeDataDir();
    await mkdir(join(dataDir, 'postgresql-18.new', 'base'), { recursive: true, mode: 0o711 });
    await writeFile(join(dataDir, 'postgresql-18.new', 'PG_VERSION'), '18\n');
    const { url } = await start(dataDir);
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('of another version of PostgreSQL is refused, not shadowed by an empty one', async () => {
    const dataDir = makeDataDir();
    await mkdir(join(dataDir, 'postgresql-17'), { recursive: true });
    await expect(start(dataDir)).rejects.toThrow(/postgresql-17/);
  });

  test.each(['/dev/null/keel', '/proc/keel', '/dev/null'])(
    '%s, which cannot be one, is refused in one line',
    async (dataDir) => {
      await expect(startEmbedded({ dataDir })).rejects.toMatchObject({
        name: 'OperatorError',
        message: expect.stringMatching(/^The data folder [^\n]+KEEL_DATA_DIR[^\n]+$/),
      });
    },
  );

  test('that may not be entered is refused in one line', async () => {
    // For root it is PostgreSQL's account that may not enter; for others it is themselves.
    const outer = await mkdtemp(join(tmpdir(), `keel-test-${process.pid}-`));
    folders.push(outer);
    if (process.getuid?.() !== 0) await mkdir(join(outer, 'locked'), { mode: 0o500 });
    await expect(start(join(outer, 'locked', 'data'))).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringMatching(/^[^\n]*set KEEL_DATA_DIR[^\n]*$/),
    });
    const first = startEmbedded({ dataDir: join(outer, 'locked', 'data') });
    await expect(first).rejects.toMatchObject({ name: 'OperatorError' });
  });
});

test('a start that is called off leaves no process and a folder that can be used', async () => {
  const dataDir = makeDataDir();
  const controller = new AbortController();
  const before = await listDescendants(process.pid);
  setTimeout(() => controller.abort(), 400);
  await expect(start(dataDir, controller.signal)).rejects.toThrow();
  const after = await listDescendants(process.pid);
  expect(after.filter((pid) => !before.includes(pid))).toEqual([]);
  const { url } = await start(dataDir);
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);
});
