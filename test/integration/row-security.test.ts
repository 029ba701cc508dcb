import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Config } from '../../src/config/config.js';
import { SYSTEM } from '../../src/platform/database/database.js';
import type { Database, Scope } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { createTestDatabase, query } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { fillTables, readTables, sampleRow } from '../support/tables.js';
import type { Table } from '../support/tables.js';

/** The second lock: what SQL that has forgotten the workspace may do, on every table there is. */
let server: TestDatabase;
let database: Database;
let tables: Table[];
let owned: Table[];

const A = randomUUID();
const B = randomUUID();
const asB: Scope = { workspaceId: B };
/** As before sign-in: neither a workspace nor the rights of upkeep. */
const nobody: Scope = { workspaceId: '' };

beforeAll(async () => {
  server = await createTestDatabase();
  tables = await readTables(server.superuserUrl);
  owned = tables.filter(({ columns }) => columns.some(({ name }) => name === 'workspace_id'));
  await fillTables(server.superuserUrl, tables, [A, B]);
  const config = Object.assign(new Config(), { databaseUrl: server.url });
  database = await openDatabase(config, 'keel-test');
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

/** Calls that every document fits, of whichever workspace it is. */
const CALLS: Record<string, string> = {
  search_find: `select count(*) as found from search_find('sample', '', '', '{}', '{}', '{}', '{}',
    '{}', '{}', '{}', 100, 100, 100)`,
  search_match: "select count(*) as found from search_match('sample', '{}', '{}', '{}')",
  search_count_sample: "select search_count_sample('sample', '{}', '{}', '{}', 100) as found",
  search_frequencies: `select coalesce(max(total), 0) as found
    from search_frequencies('sample', '{}', 100)`,
};

/** Upkeep of an index by its owner, which alone may do it: takes nothing and reads no rows. */
const UPKEEP = ['search_merge'];

/** Runs a statement, undoes it, and tells whose rows it met, or why it was refused. */
async function attempt(scope: Scope, text: string, params: unknown[] = []): Promise<string[]> {
  let met: string[] = [];
  const undone = new Error('undone');
  try {
    await database.transaction(scope, async (tx) => {
      const rows = await tx.query<{ workspace_id: string }>(text, params);
      met = [...new Set(rows.map((row) => nameOf(row.workspace_id)))];
      throw undone;
    });
  } catch (error) {
    if (error !== undone) return [reasonOf(error as pg.DatabaseError)];
  }
  return met.sort();
}

const nameOf = (id: string | null): string => (id === A ? 'A' : id === B ? 'B' : String(id));

/** 42501 is refused by row level security or for want of a privilege; all else is not meant. */
const reasonOf = ({ code, message }: pg.DatabaseError): string =>
  code === '42501' ? 'refused' : message;

/** The outcome on each table, by its name. */
async function onEach(
  list: readonly Table[],
  look: (table: Table) => Promise<unknown>,
): Promise<Record<string, unknown>> {
  const outcomes: Record<string, unknown> = {};
  for (const table of list) outcomes[table.name] = await look(table);
  return outcomes;
}

const every = (list: readonly Table[], outcome: unknown): Record<string, unknown> =>
  Object.fromEntries(list.map(({ name }) => [name, outcome]));

describe('the catalog', () => {
  test('has tables of workspaces, and each holds rows of both that upkeep or a superuser sees', async () => {
    expect(owned.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['contacts', 'companies', 'events', 'imports', 'files', 'users']),
    );
    const held = await onEach(owned, async ({ name }) => {
      const rows = await query(server.superuserUrl, `select workspace_id from ${name}`);
      return rows.map((row) => nameOf(row.workspace_id)).sort();
    });
    expect(held).toEqual(every(owned, ['A', 'B']));
  });

  test('locks every table the runtime role may touch, also against its owner', () => {
    const open = tables.filter(({ usable, secured, forced }) => usable && !(secured && forced));
    expect(open.map(({ name }) => name)).toEqual([]);
    const unlocked = owned.filter(({ secured, forced }) => !secured || !forced);
    expect(unlocked.map(({ name }) => name)).toEqual([]);
  });

  test('has no view that reads with the rights of its owner', async () => {
    const views = await query(
      server.superuserUrl,
      `select relname from pg_class where relnamespace = 'public'::regnamespace
        and (relkind = 'm' or relkind = 'v'
          and not coalesce(reloptions::text like '%security_invoker=true%', false))`,
    );
    expect(views).toEqual([]);
  });

  test('has a runtime role that owns nothing and bypasses nothing, in every statement', async () => {
    const [role] = await query(
      server.superuserUrl,
      `select rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb,
        (select count(*)::int from pg_class where relowner = r.oid) as owns,
        (select count(*)::int from pg_auth_members where member = r.oid) as belongs
        from pg_roles r where rolname = 'keel_app'`,
    );
    expect(role).toEqual({
      ...{ rolsuper: false, rolbypassrls: false, rolcanlogin: false },
      ...{ rolcreaterole: false, rolcreatedb: false, owns: 0, belongs: 0 },
    });
    for (const scope of [asB, nobody, SYSTEM] as Scope[]) {
      const [user] = await database.query(scope, 'select current_user::text as name');
      expect(user).toEqual({ name: 'keel_app' });
    }
  });
});

describe('SQL without a predicate, in the context of another workspace', () => {
  test('reads its own rows alone', async () => {
    const seen = await onEach(owned, ({ name }) =>
      attempt(asB, `select workspace_id from ${name}`),
    );
    expect(seen).toEqual(every(owned, ['B']));
  });

  test('inserts no row of the other', async () => {
    const outcome = await onEach(owned, (table) => {
      const { text, params } = sampleRow(table, A);
      return attempt(asB, `${text} returning workspace_id`, params);
    });
    expect(outcome).toEqual(every(owned, ['refused']));
  });

  test('updates its own rows alone', async () => {
    const outcome = await onEach(owned, async ({ name, columns }) => {
      const column = columns.find(({ updatable }) => updatable)?.name;
      if (column === undefined) return ['B'];
      return attempt(asB, `update ${name} set ${column} = ${column} returning workspace_id`);
    });
    expect(outcome).toEqual(every(owned, ['B']));
    expect(
      owned.filter(({ columns }) => columns.some((item) => item.updatable)).length,
    ).toBeGreaterThan(10);
  });

  test('hands no row of its own over to the other', async () => {
    const outcome = await onEach(owned, ({ name }) =>
      attempt(asB, `update ${name} set workspace_id = $1 returning workspace_id`, [A]),
    );
    expect(outcome).toEqual(every(owned, ['refused']));
  });

  test('deletes its own rows alone', async () => {
    const outcome = await onEach(owned, async ({ name, deletable }) =>
      deletable ? attempt(asB, `delete from ${name} returning workspace_id`) : ['B'],
    );
    // History is removed by upkeep alone.
    const kept = { events: [], event_records: [], event_mentions: [] };
    expect(outcome).toEqual({ ...every(owned, ['B']), ...kept });
  });

  test('sees of workspaces, accounts and keys to sign with no more than itself', async () => {
    const rows = await database.query<{ id: string }>(asB, 'select id from workspaces');
    expect(rows).toEqual([{ id: B }]);
    const others = tables.filter((table) => table.usable && !owned.includes(table));
    expect(others.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['accounts', 'signing_keys', 'workspaces']),
    );
    for (const { name } of others.filter((table) => table.name !== 'workspaces')) {
      const [found] = await database.query(asB, `select count(*) as rows from ${name}`);
      expect([name, found]).toEqual([name, { rows: 0 }]);
    }
  });
});

describe('SQL without a context', () => {
  test('reads nothing of any table', async () => {
    const usable = tables.filter((table) => table.usable);
    const seen = await onEach(usable, async ({ name }) => {
      const [found] = await database.query(nobody, `select count(*) as rows from ${name}`);
      return found?.['rows'];
    });
    expect(seen).toEqual(every(usable, 0));
  });

  test('reads nothing on a connection that has only become the runtime role', async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query('set role keel_app');
      for (const { name } of tables.filter((table) => table.usable)) {
        const { rows } = await client.query(`select count(*)::int as rows from ${name}`);
        expect([name, rows]).toEqual([name, [{ rows: 0 }]]);
      }
    } finally {
      await client.end();
    }
  });
});

describe('functions with rights of their own', () => {
  test('belong to a role that can do nothing else, pin their search path, and are not for all', async () => {
    const functions = await query(
      server.superuserUrl,
      `select proname as name, proowner::regrole::text as owner, rolsuper or rolbypassrls as mighty,
        has_function_privilege('public', p.oid, 'execute') as everybody,
        proconfig::text like '%search_path=%' as pinned
        from pg_proc p join pg_roles r on r.oid = proowner
        where prosecdef and pronamespace = 'public'::regnamespace order by 1`,
    );
    const expected = { owner: 'keel_search', mighty: false, everybody: false, pinned: true };
    expect(functions).toEqual(
      functions.map(({ name }) => ({
        ...{ name, ...expected },
        owner: UPKEEP.includes(name) ? expect.any(String) : 'keel_search',
      })),
    );
    // A new one needs a call below that asks for everything.
    expect([...new Set(functions.map(({ name }) => name))].sort()).toEqual(
      [...Object.keys(CALLS), ...UPKEEP].sort(),
    );
  });

  test.each(Object.entries(CALLS))('%s answers of the own workspace alone', async (_, call) => {
    const found = await database.query<{ found: number }>(asB, call);
    const none = await database.query<{ found: number }>(nobody, call);
    expect([found, none]).toEqual([[{ found: 1 }], [{ found: 0 }]]);
  });
});

describe('the audit trail', () => {
  test('cannot be rewritten: only the place in the feed is set later', async () => {
    const events = tables.find(({ name }) => name === 'events') as Table;
    const updatable = events.columns.filter((column) => column.updatable).map(({ name }) => name);
    expect(updatable).toEqual(['position']);
    for (const name of ['type', 'changes', 'occurred_at', 'actor_id', 'record_ids']) {
      const rewrite = `update events set ${name} = ${name} returning workspace_id`;
      expect([name, await attempt(asB, rewrite)]).toEqual([name, ['refused']]);
    }
    const details = tables.find(({ name }) => name === 'event_records') as Table;
    expect(details.columns.filter((column) => column.updatable)).toEqual([]);
  });

  test('cannot be cut short from inside a workspace: only upkeep removes what is old', async () => {
    for (const table of ['events', 'event_records']) {
      const rows = await database.query(asB, `select 1 as one from ${table} limit 1`);
      expect([table, rows]).toEqual([table, [{ one: 1 }]]);
      const met = await attempt(asB, `delete from ${table} returning workspace_id`);
      expect([table, met]).toEqual([table, []]);
    }
  });
});
