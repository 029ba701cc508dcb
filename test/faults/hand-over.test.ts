import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/database.js';
import { startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

let server: TestServer;
let worker: ChildProcess | undefined;

const RECORDS = 30_000;

beforeAll(async () => {
  server = await startServer();
}, 60_000);

afterEach(() => {
  worker?.kill('SIGKILL');
});

afterAll(() => server.close());

function startWorker(): ChildProcess {
  const program = join(import.meta.dirname, '..', 'support', 'programs', 'import-worker.mjs');
  worker = spawn(process.execPath, [program], {
    env: { ...process.env, DATABASE_URL: server.database.url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return worker;
}

test('a worker killed in a hand-over leaves each record handed over once, by the next one', async () => {
  const { admin } = server;
  const [from, to] = [await server.createUser('member'), await server.createUser('member')];
  await query(
    server.database.superuserUrl,
    `insert into contacts (workspace_id, id, owner_id, last_name, created_at)
      select '${admin.workspaceId}', gen_random_uuid(), '${from.userId}', 'Name ' || n,
        timestamptz '2026-01-01' + (n / 7) * interval '1 second'
      from generate_series(1, ${RECORDS}) n`,
  );
  const path = `/v1/users/${from.userId}/hand-over`;
  const { body: started } = await admin.expect(202, 'POST', path, { to: to.userId });
  const look = async () => {
    await sleep(50);
    const status = `/v1/users/${from.userId}/hand-overs/${started.id}`;
    return (await admin.expect(200, 'GET', status)).body;
  };
  const first = startWorker();
  const gone = new Promise<void>((resolve) => first.once('exit', () => resolve()));
  await eventually(look, ({ total }) => total >= 1000, 90_000);
  first.kill('SIGKILL');
  await gone;
  const left = await look();
  // It was in the middle of the work, or the test tests nothing.
  expect([left.status, left.total < RECORDS]).toEqual(['running', true]);
  startWorker();
  const done = await eventually(look, ({ status }) => status === 'completed', 120_000);
  expect(done).toMatchObject({ total: RECORDS, moved: { contacts: RECORDS } });
  const [counted] = await query(
    server.database.superuserUrl,
    `select count(*)::int as records, count(*) filter (where version = 2)::int as once,
        (select count(*)::int from event_records r join events e on e.id = r.event_id
          where e.source = 'hand-over:${started.id}') as noted
      from contacts where owner_id = '${to.userId}'`,
  );
  expect(counted).toEqual({ records: RECORDS, once: RECORDS, noted: RECORDS });
}, 240_000);
