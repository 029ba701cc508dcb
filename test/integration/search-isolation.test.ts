import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { RequestContext } from '../../src/common/context.js';
import { SYSTEM } from '../../src/platform/database/database.js';
import { keyOf, keySpace, SAMPLED } from '../../src/platform/search/keys.js';
import { planKeys } from '../../src/platform/search/key-plan.js';
import { SearchFiller } from '../../src/platform/search/search-filler.js';
import { parseQuery } from '../../src/platform/search/search-query.js';
import type { SearchQuery } from '../../src/platform/search/search-query.js';
import { SearchFixture } from '../support/search-fixture.js';

let fixture: SearchFixture;
let mine: RequestContext;
let theirs: RequestContext;

const QUERY = parseQuery('anna') as SearchQuery;

beforeAll(async () => {
  fixture = await SearchFixture.open();
  [mine, theirs] = [await fixture.createWorkspace(), await fixture.createWorkspace()];
  await fixture.add(mine, [{ name: 'Anna Mine' }]);
  await fixture.add(theirs, [{ name: 'Anna Theirs' }, { name: 'Brita Theirs' }]);
  const crowd = Array.from({ length: 640 }, (_, n) => ({ name: `Crowd ${n}` }));
  await fixture.add(theirs, crowd);
});

afterAll(() => fixture.close());

/** Calls of the three functions with the keys of a workspace. */
function calls(workspaceId: string): { text: string; params: unknown[] }[] {
  const { part, sample, beginning } = planKeys(QUERY, workspaceId, 'contact');
  const { title, raw, words, patterns } = QUERY;
  return [
    {
      text: `select * from search_find('contact', $1, $2, $3::text[], $4::text[], '{}',
        $5::integer[], $6::integer[], $7::integer[], $8::integer[], 10, 10, 10)`,
      params: [title, raw, words, patterns, sample, sample, beginning, part],
    },
    {
      text: "select * from search_match('contact', $1::text[], '{}', $2::integer[])",
      params: [patterns, part],
    },
  ];
}

describe('isolation', () => {
  it("never answers with another workspace's documents", async () => {
    expect(await fixture.titles(mine, 'anna')).toEqual(['Anna Mine']);
    expect(await fixture.titles(mine, 'theirs')).toEqual([]);
    expect(await fixture.titles(theirs, 'anna')).toEqual(['Anna Theirs']);
  });

  it("gives nothing away when a function is called with another workspace's keys", async () => {
    const results = await fixture.database.run(mine, calls(theirs.workspaceId));
    const found = results.flatMap(({ rows }) =>
      rows.map((row) => row['title'] ?? row['record_id']),
    );
    // The title is found by its letters, whatever the keys: it is one's own.
    expect(found).toEqual(['Anna Mine']);
  });

  it('does not count the documents of others', async () => {
    const { sample } = keySpace(theirs.workspaceId, 'contact');
    const marker = [keyOf(sample, SAMPLED)];
    const count = "select search_count_sample('contact', '{}', '{}', $1::integer[], 10) as found";
    const share = "select * from search_frequencies('contact', $1::integer[], 10)";
    expect(await fixture.database.query(mine, count, [marker])).toEqual([{ found: 0 }]);
    expect(await fixture.database.query(mine, share, [marker])).toEqual([]);
    expect(await fixture.database.query(theirs, count, [marker])).not.toEqual([{ found: 0 }]);
    expect(await fixture.database.query(theirs, share, [marker])).not.toEqual([]);
  });

  it.each([
    ['without a workspace', ''],
    ['for all workspaces', SYSTEM],
  ] as const)('finds nothing %s', async (_, scope) => {
    const of = scope === SYSTEM ? SYSTEM : { workspaceId: scope };
    for (const call of calls(mine.workspaceId)) {
      expect(await fixture.database.query(of, call.text, call.params)).toEqual([]);
    }
  });

  it('keeps documents of others from being read, written and removed in SQL too', async () => {
    const count = 'select count(*) as documents from search_documents';
    expect(await fixture.database.query(mine, count)).toEqual([{ documents: 1 }]);
    await fixture.database.query(mine, 'delete from search_documents where workspace_id = $1', [
      theirs.workspaceId,
    ]);
    expect(await fixture.database.query(theirs, count)).toEqual([{ documents: 642 }]);
    const insert = `insert into search_documents
      (workspace_id, object, record_id, title, subtitle, body, keys)
      values ($1, 'contact', gen_random_uuid(), '', '', '', '{}')`;
    await expect(fixture.database.query(mine, insert, [theirs.workspaceId])).rejects.toThrow(
      /row-level security/,
    );
  });

  it('lets nobody but the runtime role call the functions, and their owner do nothing else', async () => {
    const rows = await asSuperuser<{ proname: string; owner: string; everybody: boolean }>(
      `select proname, proowner::regrole::text as owner, has_function_privilege('public', oid,
        'execute') as everybody from pg_proc where prosecdef and proname like 'search%' and proname <> 'search_merge'
        order by 1`,
    );
    expect(rows).toEqual(
      [
        // The second one is that of the version before.
        ...['search_count_sample', 'search_find', 'search_find'],
        ...['search_frequencies', 'search_match'],
      ].map((proname) => ({ proname, owner: 'keel_search', everybody: false })),
    );
    const privileges = await asSuperuser<{ table: string; privilege: string }>(
      `select table_name as table, privilege_type as privilege
        from information_schema.role_table_grants where grantee = 'keel_search'`,
    );
    expect(privileges).toEqual([{ table: 'search_documents', privilege: 'SELECT' }]);
    const [role] = await asSuperuser(
      `select rolsuper, rolbypassrls, rolcanlogin, has_schema_privilege('keel_search', 'public',
        'create') as creates from pg_roles where rolname = 'keel_search'`,
    );
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcanlogin: false,
      creates: false,
    });
  });
});

describe('the index', () => {
  it('serves each function, under row level security, however common the planner thinks a word', async () => {
    const crowd = Array.from({ length: 3000 }, (_, n) => ({ name: `Anna Crowd ${n}` }));
    await fixture.add(mine, [...crowd, { name: 'Crowd Anna' }, { name: 'Crowd Rare' }]);
    await asSuperuser('analyze search_documents');
    const plans = await plansOf(mine, calls(mine.workspaceId));
    const [find, match] = plans as [string, string];
    expect(find.match(/Bitmap Index Scan on search_documents_keys/g)).toHaveLength(4);
    expect(find).toMatch(/Index Scan using search_documents_title/);
    expect(match).toMatch(/Bitmap Index Scan on search_documents_keys/);
    for (const plan of plans) expect(plan).not.toMatch(/Seq Scan/);
  });

  it('holds back no change for searches to read once a worker was idle', async () => {
    await fixture.add(mine, [{ name: 'Waiting Change' }]);
    const [waiting] = await fixture.database.query<{ pages: number }>(
      SYSTEM,
      'select search_merge() as pages',
    );
    expect(waiting?.pages).toBeGreaterThan(0);
    await fixture.add(mine, [{ name: 'Waiting Again' }]);
    await new SearchFiller(fixture.database, fixture.sources).fill();
    const [left] = await fixture.database.query(SYSTEM, 'select search_merge() as pages');
    expect(left).toEqual({ pages: 0 });
  });

  it('reads all documents only when the sample holds too few', async () => {
    const [common] = await plansOf(mine, calls(mine.workspaceId));
    expect(common).toMatch(/never executed/);
  });
});

async function asSuperuser<T extends pg.QueryResultRow>(text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: fixture.server.superuserUrl });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The plans of what runs inside the functions, from auto_explain. */
async function plansOf(
  ctx: RequestContext,
  statements: { text: string; params: unknown[] }[],
): Promise<string[]> {
  const client = new pg.Client({ connectionString: fixture.server.superuserUrl });
  await client.connect();
  const plans: string[] = [];
  client.on('notice', ({ message = '' }) => {
    if (message.includes('search_documents')) plans.push(message);
  });
  try {
    await client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0;
      set auto_explain.log_nested_statements = on; set auto_explain.log_analyze = on;
      set auto_explain.log_level = 'notice'; set role keel_app`);
    await client.query("select set_config('app.workspace', $1, false)", [ctx.workspaceId]);
    for (const { text, params } of statements) await client.query(text, params);
  } finally {
    await client.end();
  }
  return plans;
}
