import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestContext } from '../../src/common/context.js';
import { keyOf, keySpace } from '../../src/platform/search/keys.js';
import { planMatch } from '../../src/platform/search/match-condition.js';
import { indexDocuments } from '../../src/platform/search/search-documents.js';
import { TermFrequencies } from '../../src/platform/search/term-frequencies.js';
import { SearchFixture, type TestContact } from '../support/search-fixture.js';

let fixture: SearchFixture;
let ctx: RequestContext;

const PEOPLE: TestContact[] = [
  { name: 'Anna Müller', texts: ['anna.mueller@brauhaus-nord.de', '+4915123456789'] },
  { name: 'Hannah Smith', texts: ['hannah@example.com', '+14155550100'] },
  { name: 'Łukasz Wójcik', texts: ['lukasz@firma.pl', 'Łódź'] },
  { name: 'Jörg Straßer', texts: ['Hauptstraße'] },
  { name: "Sean O'Neill", texts: ['sean_100%@example.org'] },
  { name: '王小明', texts: ['北京啤酒厂有限公司', 'wang@example.cn'] },
  { name: '田中 さくら', texts: ['サッポロビール'] },
  { name: '김민준', texts: ['서울맥주'] },
  { name: 'Ольга Петрова', texts: ['olga@example.ru'] },
  { name: 'Smith', texts: [] },
  { name: 'Smithson & Sons', texts: [] },
  { name: 'Blacksmith Ltd', texts: [] },
];

beforeAll(async () => {
  fixture = await SearchFixture.open();
  ctx = await fixture.createWorkspace();
  await fixture.add(ctx, PEOPLE);
});

afterAll(() => fixture.close());

describe('search finds', () => {
  it.each([
    ['Müller', 'Anna Müller'],
    ['MULLER', 'Anna Müller'],
    ['muller anna', 'Anna Müller'],
    ['Mu\u0308ller', 'Anna Müller'],
    ['lodz', 'Łukasz Wójcik'],
    ['Łódź', 'Łukasz Wójcik'],
    ['wojcik', 'Łukasz Wójcik'],
    ['strasser', 'Jörg Straßer'],
    ['straße', 'Jörg Straßer'],
    ['oneill', "Sean O'Neill"],
    ['o’neill', "Sean O'Neill"],
    ['петр', 'Ольга Петрова'],
  ])('%j without regard to case and accents', async (query, title) => {
    expect(await fixture.titles(ctx, query)).toContain(title);
  });

  it.each([
    ['啤酒', '王小明'],
    ['北京啤酒', '王小明'],
    ['小明', '王小明'],
    ['明', '王小明'],
    ['ビール', '田中 さくら'],
    ['さく', '田中 さくら'],
    ['맥주', '김민준'],
    ['민준', '김민준'],
  ])('%j inside longer text without spaces', async (query, title) => {
    expect(await fixture.titles(ctx, query)).toEqual([title]);
  });

  it.each([
    ['mue', 'Anna Müller'],
    ['ann m', 'Anna Müller'],
    ['brauhaus', 'Anna Müller'],
    ['nord.de', 'Anna Müller'],
    ['anna.mueller@brau', 'Anna Müller'],
    ['@brauhaus-nord.de', 'Anna Müller'],
    ['ueller', 'Anna Müller'],
    ['rauha', 'Anna Müller'],
    ['567', 'Anna Müller'],
    ['234567', 'Anna Müller'],
    ['0151 2345 6789', 'Anna Müller'],
    ['+49 (0) 151 / 23 45 67 89', 'Anna Müller'],
    ['(415) 555-0100', 'Hannah Smith'],
  ])('%j: prefixes and parts of names, addresses and numbers', async (query, title) => {
    expect(await fixture.titles(ctx, query)).toContain(title);
  });

  it.each([
    ['anna@brauhaus', 'Anna Müller'],
    ['啤厂', '王小明'],
    ['annamuller', 'Anna Müller'],
    ['nna m x', 'Anna Müller'],
    ['99999', 'Anna Müller'],
  ])('nothing by %j, which is no part of it', async (query, title) => {
    expect(await fixture.titles(ctx, query)).not.toContain(title);
  });

  it.each(["' & | ! :* \\", "'", '\\', '%', '_', '%%%', ':*', '<->', '$$', '\u0000', '((('])(
    'nothing by %j alone, and no error',
    async (query) => {
      expect(await fixture.titles(ctx, query)).toEqual([]);
    },
  );

  it.each(["smith' or 1=1 --", 'smi%', 'sm_th', "smith'; drop table contacts", 'smith:* | anna'])(
    'only what %j says: nothing in it is an operator',
    async (query) => {
      const titles = await fixture.titles(ctx, query);
      expect(titles).not.toContain('Anna Müller');
    },
  );

  it('wildcards of LIKE as themselves', async () => {
    expect(await fixture.titles(ctx, 'sean_100%@')).toEqual(["Sean O'Neill"]);
    expect(await fixture.titles(ctx, 'seanx100%@')).toEqual([]);
  });

  it('an answer to a very long query', async () => {
    expect(await fixture.titles(ctx, `smith ${'x'.repeat(10_000)}`)).toEqual([]);
    expect(await fixture.titles(ctx, 'smith '.repeat(1000))).toContain('Smith');
    expect(await fixture.titles(ctx, '酒'.repeat(5000))).toEqual([]);
  });
});

describe('hits', () => {
  it('begin with the very title, then its beginning, its words, and parts of them', async () => {
    expect(await fixture.titles(ctx, 'smith')).toEqual([
      'Smith',
      'Smithson & Sons',
      'Hannah Smith',
      'Blacksmith Ltd',
    ]);
  });

  it('carry the type, title, subtitle and a falling score of 0 to 1', async () => {
    await fixture.add(ctx, [{ name: 'Zenobia', subtitle: 'queen@palmyra.example' }]);
    const [hit] = await fixture.finder.find(ctx, 'zeno', [{ object: 'contact', reach: 'all' }], 5);
    expect(hit).toEqual({
      type: 'contact',
      id: expect.any(String),
      title: 'Zenobia',
      subtitle: 'queen@palmyra.example',
      score: 0.9,
    });
  });

  it('put the newest first when nothing else tells them apart', async () => {
    const own = await fixture.createWorkspace();
    const [first, second] = await fixture.add(own, [{ name: 'A Twin' }, { name: 'B Twin' }]);
    await fixture.add(own, [{ id: first, name: 'A Twin' }]);
    const target = [{ object: 'contact', reach: 'all' as const }];
    const found = await fixture.finder.find(own, 'twin', target, 5);
    expect(found.map(({ id }) => id)).toEqual([first, second]);
  });

  it('of whole other values, such as an address, come before titles that only begin so', async () => {
    const own = await fixture.createWorkspace();
    await fixture.add(own, [
      { name: 'info@x.example shop' },
      { name: 'X', texts: ['info@x.example'] },
    ]);
    expect(await fixture.titles(own, 'info@x.example')).toEqual(['X', 'info@x.example shop']);
  });

  it('are all there, whether they come from the sample or from all documents', async () => {
    const own = await fixture.createWorkspace();
    // Of these, one in 64 stands in the sample; titles that begin so are found first of all.
    const names = Array.from({ length: 300 }, (_, n) => ({
      name: n % 15 === 0 ? `Whale ${n}` : n % 15 === 1 ? `Blue Whale ${n}` : `Fish ${n}`,
    }));
    await fixture.add(own, names);
    for (const limit of [5, 19, 20, 21, 39, 40, 41]) {
      const titles = await fixture.titles(own, 'whale', limit);
      expect(new Set(titles).size).toBe(Math.min(limit, 40));
      expect(titles.slice(0, 20).every((title) => title.startsWith('Whale'))).toBe(true);
    }
  });

  it('leave out records that are in the bin or gone, whatever the index says', async () => {
    const own = await fixture.createWorkspace();
    const [binned, gone] = await fixture.add(own, [
      { name: 'Binned Person' },
      { name: 'Gone Person' },
      { name: 'Kept Person' },
    ]);
    await fixture.database.run(own, [
      { text: 'update contacts set deleted_at = now() where id = $1', params: [binned] },
      { text: 'delete from contacts where id = $1', params: [gone] },
    ]);
    expect(await fixture.titles(own, 'person')).toEqual(['Kept Person']);
  });

  it('of a caller who may read only their own are owned by them', async () => {
    const own = await fixture.createWorkspace();
    const me = own.principal.userId ?? '';
    await fixture.add(own, [{ name: 'Mine Person', ownerId: me }, { name: 'Other Person' }]);
    const limited = { ...own, grants: new Map([['contact:read', 'own' as const]]) };
    expect(await fixture.titles(limited, 'person')).toEqual(['Mine Person']);
    expect(await fixture.titles(own, 'person')).toHaveLength(2);
  });
});

describe('a list by words', () => {
  async function list(caller: RequestContext, text: string, inBin = false): Promise<string[]> {
    const { condition } = await planMatch(fixture.database, caller, 'contact', text, { inBin });
    const params: unknown[] = [caller.workspaceId];
    const add = (value: unknown, cast = 'text'): string => `$${params.push(value)}::${cast}`;
    const rows = await fixture.database.query<{ name: string }>(
      caller,
      `select r.last_name as name from contacts r where r.workspace_id = $1
        and r.deleted_at is ${inBin ? 'not ' : ''}null and ${condition({ add })} order by r.id`,
      params,
    );
    return rows.map(({ name }) => name);
  }

  it('holds every record that the query finds, in the order of the list', async () => {
    expect(await list(ctx, 'smith')).toEqual([
      'Hannah Smith',
      'Smith',
      'Smithson & Sons',
      'Blacksmith Ltd',
    ]);
    expect(await list(ctx, 'ann')).toEqual(['Anna Müller', 'Hannah Smith']);
    expect(await list(ctx, '&|!')).toEqual([]);
  });

  it('is complete for common words too, by whichever way it is read', async () => {
    const own = await fixture.createWorkspace();
    const names = Array.from({ length: 20_000 }, (_, n) => ({ name: `Common ${n} Name` }));
    await fixture.add(own, [...names, { name: 'Rare Name' }]);
    const frequencies = TermFrequencies.of(fixture.database);
    // Once without knowing which terms are rare, once knowing it.
    for (let round = 0; round < 2; round += 1) {
      expect(await list(own, 'common')).toHaveLength(20_000);
      expect(await list(own, 'co na')).toHaveLength(20_000);
      expect(await list(own, 'common 1999')).toHaveLength(12);
      expect(await list(own, 'rare')).toEqual(['Rare Name']);
      expect(await fixture.titles(own, 'name')).toHaveLength(20);
      expect(await fixture.titles(own, 'rare name')).toEqual(['Rare Name']);
      await frequencies.settled();
      const key = keyOf(keySpace(own.workspaceId, 'contact').all, 'omm');
      expect(frequencies.get(own, 'contact')?.shareOf(key)).toBe(1);
    }
  });

  it('of the bin finds what is in the bin, and no other list does', async () => {
    const own = await fixture.createWorkspace();
    const [id] = await fixture.add(own, [{ name: 'Thrown Away' }, { name: 'Thrown Not' }]);
    const document = { object: 'contact', recordId: id ?? '', title: 'Thrown Away', subtitle: '' };
    await fixture.database.run(own, [
      { text: 'update contacts set deleted_at = now() where id = $1', params: [id] },
      indexDocuments(own.workspaceId, [{ ...document, texts: [], hidden: true }]),
    ]);
    expect(await list(own, 'thr', true)).toEqual(['Thrown Away']);
    expect(await list(own, 'thrown aw', true)).toEqual(['Thrown Away']);
    expect(await list(own, 'nothing', true)).toEqual([]);
    expect(await list(own, 'thrown')).toEqual(['Thrown Not']);
  });
});
