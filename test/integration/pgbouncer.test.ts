import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { Database } from '../../src/platform/database/database.js';
import { Problem } from '../../src/common/errors.js';
import { startPgbouncer } from '../support/tools.js';
import type { RunningTool } from '../support/tools.js';
import { startServer } from '../support/server.js';
import type { Client, TestInstance, TestServer } from '../support/server.js';

/** The API behind a pooler that gives each transaction any of three connections. */
let server: TestServer;
let bouncer: RunningTool;
let pooled: TestInstance;
let workspaces: { client: Client; mark: string }[];

const POOL = 3;

beforeAll(async () => {
  server = await startServer();
  bouncer = await startPgbouncer(server.database.url, POOL);
  pooled = await server.startInstance({ databaseUrl: bouncer.url, databasePoolSize: 16 });
  const clients = [await server.createWorkspace('Left'), await server.createWorkspace('Right')];
  workspaces = clients.map((client, index) => ({
    client: client.with({ url: pooled.url }),
    mark: index === 0 ? 'left' : 'right',
  }));
}, 60_000);

afterAll(async () => {
  await server.close();
  await bouncer.stop();
});

/** Looks at what is left on the server's connections, outside of any transaction. */
async function leftovers(): Promise<unknown[]> {
  const clients = Array.from({ length: POOL }, () => new pg.Client(bouncer.url));
  try {
    await Promise.all(clients.map((client) => client.connect()));
    // Held for a moment, so that each asks another connection.
    const asked = clients.map((client) =>
      client.query(`select current_user::text as role, pg_sleep(0.1)::text as slept,
        coalesce(current_setting('app.workspace', true), '') as workspace,
        coalesce(current_setting('app.system', true), '') as system,
        current_setting('statement_timeout') as timeout,
        (select count(*)::int from pg_prepared_statements where name like 'keel%') as prepared`),
    );
    return (await Promise.all(asked)).map(({ rows }) => rows[0]);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

const clean = () => ({
  role: new URL(server.database.url).username,
  slept: '',
  workspace: '',
  system: '',
  timeout: '0',
  prepared: 0,
});

describe('behind a pooler that hands connections on after each transaction', () => {
  test('no one ever meets a row of the other workspace, however many ask at once', async () => {
    const seen = workspaces.map(() => new Set<string>());
    const jobs = workspaces.flatMap(({ client, mark }, side) =>
      Array.from({ length: 12 }, async (_, worker) => {
        for (let round = 0; round < 4; round += 1) {
          const names = [0, 1].map((item) => `${mark}-${worker}-${round}-${item}`);
          const records = names.map((name) => ({ lastName: name, email: `${name}@x.example` }));
          const batch = { operation: 'create', records };
          const { body } = await client.expect(200, 'POST', '/v1/contacts/batch', batch);
          const [made] = body.results as { id: string }[];
          const one = await client.expect(200, 'GET', `/v1/contacts/${made?.id}`);
          const list = await client.expect(200, 'GET', '/v1/contacts?limit=500');
          const found = await client.expect(200, 'GET', '/v1/search?q=x.example&limit=50');
          const { body: me } = await client.expect(200, 'GET', '/v1/auth/me');
          expect(me.workspace.id).toBe(client.workspaceId);
          const all = [one.body, ...list.body.data] as { lastName: string }[];
          for (const { lastName } of all) seen[side]?.add(lastName.split('-')[0] as string);
          for (const { title } of found.body.data as { title: string }[]) {
            seen[side]?.add(title.split('-')[0] as string);
          }
        }
      }),
    );
    await Promise.all(jobs);
    expect(seen.map((marks) => [...marks])).toEqual([['left'], ['right']]);
    for (const { client } of workspaces) {
      const { body } = await client.expect(200, 'GET', '/v1/contacts?count=exact&limit=1');
      expect(body.page.total).toBe(96);
    }
  }, 60_000);

  test('a write is whole or not at all', async () => {
    const attempts = workspaces.flatMap(({ client, mark }) =>
      Array.from({ length: 10 }, (_, attempt) => {
        const records = [0, 1, 2].map((item) => ({
          lastName: `atomic-${attempt}-${item}`,
          // The last one of every other attempt has an address that is taken.
          email: attempt % 2 === 1 && item === 2 ? `${mark}-0-0-0@x.example` : undefined,
        }));
        const batch = { operation: 'create', atomic: true, records };
        return client.api('POST', '/v1/contacts/batch', batch);
      }),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.map((status) => status === 200)).toEqual(
      statuses.map((_, place) => place % 2 === 0),
    );
    for (const { client } of workspaces) {
      const path = '/v1/contacts?count=exact&filter[lastName][startsWith]=atomic-';
      const { body } = await client.expect(200, 'GET', path);
      expect(body.page.total).toBe(15);
    }
  });

  test('statements have no names, since another connection would not know them', async () => {
    expect(await leftovers()).toEqual(Array.from({ length: POOL }, clean));
  });

  test('a timeout ends its own statement, and the next one is unaffected', async () => {
    const database = pooled.app.get(Database);
    const scope = { workspaceId: workspaces[0]?.client.workspaceId as string };
    const slow = Array.from({ length: POOL }, () =>
      database.transaction(scope, (tx) => tx.query('select pg_sleep(5)'), { timeout: 50 }),
    );
    for (const result of await Promise.allSettled(slow)) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(Problem) });
    }
    expect(await leftovers()).toEqual(Array.from({ length: POOL }, clean));
    const sleeps = Array.from({ length: POOL }, () =>
      database.query(scope, 'select pg_sleep(0.2)'),
    );
    expect(await Promise.all(sleeps)).toHaveLength(POOL);
  });

  test('neither role nor workspace is left to the next client, also after errors', async () => {
    const database = pooled.app.get(Database);
    for (const { client } of workspaces) {
      const scope = { workspaceId: client.workspaceId };
      const wrong = Array.from({ length: POOL * 2 }, (_, index) =>
        index % 2 === 0
          ? database.query(scope, 'select 1 / 0')
          : database.transaction(scope, (tx) => tx.query('select no_such_column')),
      );
      for (const { status } of await Promise.allSettled(wrong)) expect(status).toBe('rejected');
      expect(await leftovers()).toEqual(Array.from({ length: POOL }, clean));
    }
  });
});

describe('without a pooler', () => {
  test('statements do have names: the pooler was found out, not the names given up', async () => {
    const database = server.app.get(Database);
    const scope = { workspaceId: server.admin.workspaceId };
    const text = "select name from pg_prepared_statements where name like 'keel%'";
    await database.query(scope, text);
    const rows = await database.query(scope, text);
    expect(rows.length).toBeGreaterThan(0);
    const others = await pooled.app.get(Database).query(scope, text);
    expect(others).toEqual([]);
  });
});
