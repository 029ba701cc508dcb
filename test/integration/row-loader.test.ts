import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { RequestContext } from '../../src/common/context.js';
import { Config } from '../../src/config/config.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import type { Row } from '../../src/platform/database/pipeline.js';
import { RowLoader } from '../../src/platform/records/row-loader.js';
import { createTestDatabase, query, type TestDatabase } from '../support/database.js';

type Contact = Row & { id: string; last_name: string };

const textFor = (condition: string): string =>
  `select r.id, r.last_name from contacts r where ${condition}`;

let server: TestDatabase;
let database: Database;
let loader: RowLoader<Contact>;
/** Two workspaces, each with its contacts: `0 of <workspace>`, `1 of <workspace>` ... */
const workspaces = [randomUUID(), randomUUID()] as const;
const ids = new Map<string, string[]>();
/** How many ids each statement read, by workspace. */
let sent: { workspaceId: string; count: number }[];

beforeAll(async () => {
  server = await createTestDatabase();
  for (const workspace of workspaces) {
    await query(
      server.superuserUrl,
      `insert into workspaces (id, name) values ('${workspace}', 'Loader');
      insert into contacts (workspace_id, id, last_name)
        select '${workspace}', gen_random_uuid(), n || ' of ${workspace}' from generate_series(0, 499) n`,
    );
    const rows = await query(
      server.superuserUrl,
      `select id from contacts where workspace_id = '${workspace}'
        order by split_part(last_name, ' ', 1)::int`,
    );
    ids.set(
      workspace,
      rows.map(({ id }) => id as string),
    );
  }
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  database = await openDatabase(config, 'keel-test');
  const run = database.run.bind(database);
  database.run = (scope, statements, tags) => {
    for (const { params } of statements) {
      const [workspaceId, asked] = params as [string, string | string[]];
      sent.push({ workspaceId, count: [asked].flat().length });
    }
    return run(scope, statements, tags);
  };
  loader = new RowLoader(database, textFor);
}, 60_000);

beforeEach(() => {
  sent = [];
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

const inside = (workspaceId: string, tx?: RequestContext['tx']): RequestContext =>
  ({ workspaceId, tx }) as RequestContext;

const idOf = (workspaceId: string, index: number): string => ids.get(workspaceId)?.[index] ?? '';

const nameOf = async (workspaceId: string, id: string): Promise<string | undefined> =>
  (await loader.get(inside(workspaceId), id))?.last_name;

describe('a row asked for by its id', () => {
  const [one, other] = workspaces;

  test('alone is read at once, as it is now', async () => {
    const id = idOf(one, 3);
    expect(await nameOf(one, id)).toBe(`3 of ${one}`);
    expect(await nameOf(one, id.toUpperCase())).toBe(`3 of ${one}`);
    const scope = { workspaceId: one };
    await database.transaction(scope, (tx) =>
      tx.query('update contacts set last_name = $3 where workspace_id = $1 and id = $2', [
        ...[one, id, 'changed'],
      ]),
    );
    expect(await nameOf(one, id)).toBe('changed');
    expect(sent).toEqual(Array.from({ length: 3 }, () => ({ workspaceId: one, count: 1 })));
  });

  test('goes with others that are asked for meanwhile, and each gets its own', async () => {
    const asked = Array.from({ length: 450 }, (_, index) => idOf(one, 10 + index));
    const names = await Promise.all(asked.map((id) => nameOf(one, id)));
    expect(names).toEqual(asked.map((_, index) => `${10 + index} of ${one}`));
    // Two at once; what came meanwhile, in pieces of bounded size.
    expect(sent.map(({ count }) => count)).toEqual([1, 1, 200, 200, 48]);
  });

  test('twice at once is answered twice; one that is not there, not', async () => {
    const found = [idOf(one, 1), randomUUID(), idOf(one, 1), idOf(one, 2), idOf(one, 1)];
    const names = await Promise.all(found.map((id) => nameOf(one, id)));
    expect(names).toEqual([`1 of ${one}`, undefined, `1 of ${one}`, `2 of ${one}`, `1 of ${one}`]);
  });

  test('of one workspace never goes with those of another, nor is it found there', async () => {
    const asked = [...Array(20).keys()].flatMap((index) => [
      [one, idOf(one, 20 + index)],
      [other, idOf(other, 20 + index)],
      [other, idOf(one, 20 + index)],
    ]) as [string, string][];
    const names = await Promise.all(asked.map(([workspace, id]) => nameOf(workspace, id)));
    const expected = [...Array(20).keys()].flatMap((index) => [
      `${20 + index} of ${one}`,
      `${20 + index} of ${other}`,
      undefined,
    ]);
    expect(names).toEqual(expected);
    const count = (workspace: string): number =>
      sent
        .filter((each) => each.workspaceId === workspace)
        .reduce((sum, each) => sum + each.count, 0);
    expect([count(one), count(other)]).toEqual([20, 40]);
  });

  test('in a transaction is read in it', async () => {
    const id = randomUUID();
    const undoing = new Error('undone');
    const work = database.transaction({ workspaceId: one }, async (tx) => {
      await tx.query('insert into contacts (workspace_id, id, last_name) values ($1, $2, $3)', [
        ...[one, id, 'inside'],
      ]);
      expect((await loader.get(inside(one, tx), id))?.last_name).toBe('inside');
      expect(await nameOf(one, id)).toBeUndefined();
      throw undoing;
    });
    await expect(work).rejects.toBe(undoing);
  });

  test('fails with those it went with when the connection is lost; later ones are read', async () => {
    const slow = new RowLoader<Contact>(database, (condition) =>
      condition.includes('any')
        ? `${textFor(condition)} and pg_sleep(30) is null`
        : textFor(condition),
    );
    const get = (index: number): Promise<unknown> =>
      slow.get(inside(one), idOf(one, index)).then(
        (row) => row?.last_name,
        (error: unknown) => error,
      );
    const asked = Array.from({ length: 12 }, (_, index) => get(30 + index));
    await expect(asked[0]).resolves.toBe(`30 of ${one}`);
    const ended = `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'keel-test' and wait_event = 'PgSleep'`;
    while ((await query(server.superuserUrl, ended)).length === 0);
    const lost = await Promise.all(asked.slice(2));
    expect(lost).toHaveLength(10);
    for (const error of lost) expect(error).toBeInstanceOf(Error);
    expect(await get(31)).toBe(`31 of ${one}`);
  });
});
