import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestContext } from '../../src/common/context.js';
import { uuidv7 } from '../../src/common/uuid.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { isSampled, isSparse } from '../../src/platform/search/keys.js';
import { planMatch } from '../../src/platform/search/match-condition.js';
import { SearchFiller } from '../../src/platform/search/search-filler.js';
import { TermFrequencies } from '../../src/platform/search/term-frequencies.js';
import { query } from '../support/database.js';
import { SearchFixture } from '../support/search-fixture.js';
import type { TestContact } from '../support/search-fixture.js';

/** Searches where there are so many records that the sparse sample is asked first. */
let fixture: SearchFixture;
let ctx: RequestContext;

/** So many of the sample make an object a large one; as if there were 64 times as many records. */
const SAMPLED = 2000;
const SPARSE = 40;

beforeAll(async () => {
  fixture = await SearchFixture.open();
  ctx = await fixture.createWorkspace();
  const sparse = idsThat(isSparse, SPARSE);
  const sampled = idsThat((id) => isSampled(id) && !isSparse(id), SAMPLED);
  await fixture.add(ctx, [
    ...sparse.map((id, n): TestContact => ({ id, name: `Person Frequent ${n} sparse` })),
    ...sampled.map((id, n): TestContact => {
      return { id, name: `Person ${n < 100 ? 'Seldom' : 'Frequent'} ${n}` };
    }),
    { name: 'Person Unique' },
  ]);
  TermFrequencies.of(fixture.database).get(ctx, 'contact');
  await TermFrequencies.of(fixture.database).settled();
  expect(TermFrequencies.of(fixture.database).get(ctx, 'contact')?.isLarge).toBe(true);
}, 60_000);

afterAll(() => fixture.close());

function idsThat(fits: (id: string) => boolean, count: number): string[] {
  const ids: string[] = [];
  while (ids.length < count) {
    const id = uuidv7();
    if (fits(id)) ids.push(id);
  }
  return ids.sort();
}

describe('a search among very many records', () => {
  it('takes what the sparse sample has, when that is enough', async () => {
    const titles = await fixture.titles(ctx, 'frequent');
    expect(titles).toHaveLength(20);
    expect(titles.every((title) => title.endsWith('sparse'))).toBe(true);
  });

  it('looks further when it is not', async () => {
    expect(await fixture.titles(ctx, 'frequent', 50)).toHaveLength(50);
    expect(await fixture.titles(ctx, 'seldom')).toHaveLength(20);
    expect(await fixture.titles(ctx, 'unique')).toEqual(['Person Unique']);
    expect(await fixture.titles(ctx, 'nobody')).toEqual([]);
  });

  it.each([
    ['frequent', SPARSE + SAMPLED - 100],
    ['seldom', 100],
    ['person', SPARSE + SAMPLED + 1],
    ['unique', 1],
    ['nobody', 0],
  ])('lists all that %s finds', async (text, found) => {
    const { condition } = await planMatch(fixture.database, ctx, 'contact', text);
    const params: unknown[] = [ctx.workspaceId];
    const add = (value: unknown, cast = 'text'): string => `$${params.push(value)}::${cast}`;
    const sql = `select count(*) as found from contacts r where r.workspace_id = $1 and ${condition({ add })}`;
    expect(await fixture.database.query(ctx, sql, params)).toEqual([{ found }]);
  });
});

describe('its migration', () => {
  it('has documents indexed again that may be in the sparse sample, and no others', async () => {
    const { url, superuserUrl } = fixture.server;
    const signature = await query(
      superuserUrl,
      `select oid::regprocedure::text as name from pg_proc
       where proname = 'search_find' and pronargs = 13`,
    );
    await query(superuserUrl, `drop function ${signature[0].name}`);
    await query(superuserUrl, "delete from keel_migrations where name = '0034-sparse-search'");
    await query(superuserUrl, 'update search_documents set keys = keys[1:2]');
    await query(superuserUrl, 'delete from search_queue');
    await migrate(url);
    const queued = await query(
      superuserUrl,
      'select workspace_id, object, unnest(record_ids) as id from search_queue order by id',
    );
    const ids: string[] = queued.map(({ id }) => id as string);
    const all = await query(superuserUrl, 'select record_id as id from search_documents');
    expect(all.map(({ id }) => id as string).filter(isSparse)).toHaveLength(SPARSE);
    for (const { id } of all) if (isSparse(id)) expect(ids).toContain(id);
    expect(ids.every((id) => /[048c]0$/.test(id))).toBe(true);
    expect(queued[0]).toMatchObject({ workspace_id: ctx.workspaceId, object: 'contact' });

    // The worker writes the keys anew, although the texts are what they were.
    const filler = new SearchFiller(fixture.database, fixture.sources);
    while (await filler.fill());
    expect(await fixture.titles(ctx, 'frequent')).toHaveLength(20);
    const written = await query(
      superuserUrl,
      `select record_id as id from search_documents where cardinality(keys) > 2`,
    );
    expect(written.map(({ id }) => id as string).sort()).toEqual(ids);
  });
});
