import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { made } from '../support/belongings.js';
import { query } from '../support/database.js';
import { membersOf } from '../support/segment-fixture.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

/** Segments, when those who keep them die: each record enters once, and leaves once. */
let server: TestServer;
let owner: Client;
const workers: ChildProcess[] = [];
const CONTACTS = 23_000;

beforeAll(async () => {
  server = await startServer();
  owner = await server.createWorkspace('Kept');
}, 60_000);

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await server.close();
});

function startWorker(env: Record<string, string> = {}): ChildProcess {
  const program = join(import.meta.dirname, '..', 'support', 'programs', 'segment-worker.mjs');
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, DATABASE_URL: server.database.url, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  workers.push(child);
  return child;
}

/** Runs a worker until it kills itself. */
async function untilDead(env: Record<string, string>): Promise<void> {
  const [, signal] = (await once(startWorker(env), 'exit')) as [number, string];
  expect(signal).toBe('SIGKILL');
}

/** How often each record of a segment entered and left, as the log tells it. */
async function told(segmentId: string): Promise<Record<string, number>> {
  const [row] = await query(
    server.database.superuserUrl,
    `select count(*) filter (where type like '%entered')::int as entered,
        count(distinct id) filter (where type like '%entered')::int as "differentEntered",
        count(*) filter (where type like '%left')::int as left,
        (select member_count from segments where id = '${segmentId}') as count,
        (select count(*)::int from segment_members where segment_id = '${segmentId}') as members
      from (select type, unnest(coalesce(record_ids, array[record_id])) as id
        from events where changes ->> 'segmentId' = '${segmentId}') e`,
  );
  return row;
}

test('a worker killed in a fill, and one in the upkeep, leave each record in once', async () => {
  await query(
    server.database.superuserUrl,
    `insert into contacts (workspace_id, id, last_name, source)
      select '${owner.workspaceId}', gen_random_uuid(), 'Name ' || n, 'file'
      from generate_series(1, ${CONTACTS}) n`,
  );
  const where = { field: 'source', op: 'eq', value: 'file' };
  const body = { name: 'From files', object: 'contacts', kind: 'dynamic', where };
  const { id } = await made(owner, '/v1/segments', body);
  await untilDead({ KIND: 'fill', DIE: '3' });
  const between = await told(id);
  // It was in the middle of the work, or the test tests nothing.
  expect(between['members']).toBeGreaterThan(0);
  expect(between['members']).toBeLessThan(CONTACTS);
  expect(between).toMatchObject({ entered: between['members'], count: between['members'] });

  startWorker();
  const segment = () => owner.expect(200, 'GET', `/v1/segments/${id}`);
  await eventually(
    async () => (await segment()).body.status,
    (status) => status === 'current',
    120_000,
  );
  const all = { entered: CONTACTS, differentEntered: CONTACTS, members: CONTACTS, count: CONTACTS };
  expect(await told(id)).toMatchObject({ ...all, left: 0 });
  for (const worker of workers.splice(0)) worker.kill('SIGKILL');

  const [first] = await membersOf(owner, id);
  await owner.expect(200, 'PATCH', `/v1/contacts/${first}`, { source: 'web' });
  const late = await made(owner, '/v1/contacts', { lastName: 'Late', source: 'file' });
  await untilDead({ KIND: 'follow', DIE: '1' });
  expect(await told(id)).toMatchObject({ ...all, left: 0 });
  for (let more = 0; more < 2; more += 1) startWorker();
  const done = { entered: CONTACTS + 1, left: 1, members: CONTACTS, count: CONTACTS };
  await eventually(
    () => told(id),
    (events) => events['left'] === 1 && events['entered'] === CONTACTS + 1,
    120_000,
  );
  expect(await told(id)).toMatchObject(done);
  const members = `/v1/segments/${id}/members?filter[lastName]=Late`;
  expect((await owner.expect(200, 'GET', members)).body.data).toMatchObject([{ id: late.id }]);
}, 600_000);
