import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestContext } from '../../src/common/context.js';
import { uuidv7 } from '../../src/common/uuid.js';
import { isSampled, isSparse } from '../../src/platform/search/keys.js';
import { planMatch } from '../../src/platform/search/match-condition.js';
import { TermFrequencies } from '../../src/platform/search/term-frequencies.js';
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
    const match = await planMatch(fixture.database, ctx, 'contact', text);
    const params: unknown[] = [ctx.workspaceId];
    const add = (value: unknown, cast = 'text'): string => `$${params.push(value)}::${cast}`;
    const sql = `select count(*) as found from contacts r where r.workspace_id = $1 and ${match({ add })}`;
    expect(await fixture.database.query(ctx, sql, params)).toEqual([{ found }]);
  });
});
