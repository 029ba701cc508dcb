import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ImportDto } from '../../src/modules/imports/import.dto.js';
import { signIn, type Client } from '../support/client.js';
import { upload, whenDone } from '../support/imports.js';
import { listDescendants, makeDataDir, startKeel } from '../support/keel-process.js';
import { ADMIN_EMAIL, PASSWORD, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';
import { findFreePort } from '../support/tools.js';

const ROWS = 100_000;
const BAD_EVERY = 1000;
const BAD = ROWS / BAD_EVERY;

/** Every thousandth row is bad; a row's line is its number and two more (the header, from 1). */
function file(prefix: string): string {
  const lines = ['email,last name,Company'];
  for (let row = 0; row < ROWS; row += 1) {
    const email = row % BAD_EVERY === 7 ? 'nonsense' : `${prefix}${row}@x.example`;
    lines.push(`${email},Person ${row},Company ${row % 50}`);
  }
  return `${lines.join('\n')}\n`;
}

const BAD_LINES = Array.from({ length: BAD }, (_, index) => index * BAD_EVERY + 7 + 2);

/** What a failed import could have left twice, or not at all, is counted where it is stored. */
async function expectExactlyOnce(url: string, client: Client, done: ImportDto): Promise<void> {
  expect(done).toMatchObject({
    status: 'completed',
    totals: { read: ROWS, created: ROWS - BAD, updated: 0, unchanged: 0, failed: BAD },
    createdReferences: 50,
  });
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  try {
    const count = async (sql: string): Promise<unknown[]> =>
      (await database.query({ text: sql, values: [done.id], rowMode: 'array' }))
        .rows[0] as unknown[];
    const good = String(ROWS - BAD);
    const source = `source = 'import:' || $1::text`;
    expect(
      await count(`select count(*), count(distinct email), count(company_id), max(version)
        from contacts where $1::text is not null`),
    ).toEqual([good, good, good, 1]);
    expect(
      await count(
        `select count(*), count(distinct name) from companies where $1::text is not null`,
      ),
    ).toEqual(['50', '50']);
    expect(
      await count(`select count(distinct id), count(*) from
        (select unnest(record_ids) id from events where ${source} and type = 'contact.created') e`),
    ).toEqual([good, good]);
    expect(
      await count(`select count(*) from event_records r join events e on e.id = r.event_id
        where ${source} and type = 'contact.created'`),
    ).toEqual([good]);
    expect(
      await count(
        `select array_agg(line::int order by line) from import_errors where import_id = $1::uuid`,
      ),
    ).toEqual([BAD_LINES]);
    expect(
      await count(
        `select count(*) from events where type = 'import.completed' and record_id = $1::uuid`,
      ),
    ).toEqual(['1']);
  } finally {
    await database.end();
  }
  const errors = await client.expect(200, 'GET', `/v1/imports/${done.id}/errors?format=csv`);
  expect(errors.text.trim().split('\r\n')).toHaveLength(BAD + 1);
}

describe('a worker that is killed', () => {
  let server: TestServer;
  let worker: { child: ChildProcess; gone: Promise<void> } | undefined;

  beforeAll(async () => {
    server = await startServer();
  }, 60_000);

  afterEach(async () => {
    worker?.child.kill('SIGKILL');
    await worker?.gone;
    await empty(server.database.superuserUrl);
  });

  afterAll(() => server.close());

  function start(killAt = ''): NonNullable<typeof worker> {
    const program = join(import.meta.dirname, '..', 'support', 'programs', 'import-worker.mjs');
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, DATABASE_URL: server.database.url, KILL_AT: killAt },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    worker = { child, gone };
    return worker;
  }

  const options = { object: 'contacts', createReferences: true };

  test('after COPY, before and after a commit leaves each row in once', async () => {
    const { body } = await upload(server.admin, { options, file: file('det') });
    // Before anything, with a chunk loaded but not committed, and committed but not acknowledged.
    for (const moment of [
      'begun:0',
      'loaded:0',
      'committed:20000',
      'loaded:60000',
      'committed:95000',
    ]) {
      await start(moment).gone;
    }
    start();
    const done = await whenDone(server.admin, body.id, 100_000);
    await expectExactlyOnce(server.database.superuserUrl, server.admin, done);
  }, 150_000);

  test('at random, again and again, leaves each row in once', async () => {
    const { body } = await upload(server.admin, { options, file: file('rnd') });
    const done = whenDone(server.admin, body.id, 140_000);
    for (let death = 0; death < 3; death += 1) {
      const { child, gone } = start();
      await sleep(3000 + Math.random() * 3000);
      child.kill('SIGKILL');
      await gone;
    }
    start();
    await expectExactlyOnce(server.database.superuserUrl, server.admin, await done);
  }, 180_000);
});

describe('Keel, with everything of it killed', () => {
  const dataDir = makeDataDir();
  let keel: ReturnType<typeof startKeel> | undefined;

  afterAll(async () => {
    keel?.signal('SIGTERM');
    await keel?.exited;
    await rm(dataDir, { recursive: true, force: true });
  });

  test('PostgreSQL, API and worker may die in the middle: each row is in once', async () => {
    keel = startKeel(process.env.KEEL_TEST_BUILD ?? '', {
      PORT: String(await findFreePort()),
      KEEL_DATA_DIR: dataDir,
      KEEL_ADMIN_EMAIL: ADMIN_EMAIL,
      KEEL_ADMIN_PASSWORD: PASSWORD,
      LOG_LEVEL: 'fatal',
    });
    const url = await keel.ready();
    const client = await signIn(url, ADMIN_EMAIL, PASSWORD);
    const options = { object: 'contacts', createReferences: true };
    const { body } = await upload(client, { options, file: file('all') });
    for (const victim of [/postgres\0-D\0/, /main\.js/, /worker\.js/, /postgres\0-D\0/]) {
      await sleep(1500 + Math.random() * 2500);
      const pid = await find(keel.pid, victim);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    }
    const done = await eventually(client, body.id as string);
    await expectExactlyOnce(await embeddedUrl(dataDir), client, done);
  }, 240_000);
});

/** Waits through the times when nobody answers. */
async function eventually(client: Client, id: string): Promise<ImportDto> {
  const deadline = Date.now() + 200_000;
  for (;;) {
    const { done, error } = await whenDone(client, id, 5000).then(
      (value) => ({ done: value, error: undefined }),
      (reason: unknown) => ({ done: undefined, error: reason }),
    );
    if (done) return done;
    if (Date.now() > deadline) throw error;
    await sleep(250);
  }
}

async function find(ancestor: number, pattern: RegExp): Promise<number | undefined> {
  for (const pid of await listDescendants(ancestor)) {
    const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (pattern.test(args)) return pid;
  }
  return undefined;
}

async function empty(url: string): Promise<void> {
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  await database.query(
    `truncate contacts, companies, record_index, search_documents, search_queue, events,
      event_records cascade`,
  );
  await database.end();
}

/** Of the embedded server on the folder, wherever it listens now. */
async function embeddedUrl(dataDir: string): Promise<string> {
  const credentials = JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8'));
  const pidFile = await readFile(join(dataDir, 'postgresql-18', 'postmaster.pid'), 'utf8');
  const port = pidFile.split('\n')[3] ?? '';
  return `postgres://postgres:${credentials.superuser}@127.0.0.1:${port}/keel`;
}
