import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

let server: TestServer;
let owner: Client;
/** Reads contacts, and only their own. */
let agent: Client;

beforeAll(async () => {
  server = await startServer();
  owner = await server.createWorkspace('Searchers');
  const permissions = ['contact:read:own', 'contact:create:own'];
  await owner.expect(201, 'POST', '/v1/roles', { name: 'agent', permissions });
  agent = await server.createUser('agent', owner);
  const companies = [
    { name: 'Brauerei Müller', domain: 'mueller-bier.de', phone: '+49 89 1234567' },
    { name: '北京啤酒厂有限公司' },
  ];
  const contacts = [
    { firstName: 'Jörg', lastName: 'Müller', email: 'joerg@example.org', phone: '+4915123456789' },
    { firstName: 'Łukasz', lastName: 'Wójcik', email: 'lukasz@firma.pl' },
    { firstName: '小明', lastName: '王' },
  ];
  for (const body of companies) await owner.expect(201, 'POST', '/v1/companies', body);
  for (const body of contacts) await owner.expect(201, 'POST', '/v1/contacts', body);
  await agent.expect(201, 'POST', '/v1/contacts', { firstName: 'Own', lastName: 'Müllerin' });
});

afterAll(() => server.close());

interface Hit {
  type: string;
  id: string;
  title: string;
  subtitle: string;
  score: number;
}

async function search(client: Client, q: string, rest = ''): Promise<Hit[]> {
  const path = `/v1/search?q=${encodeURIComponent(q)}${rest}`;
  const { body } = await client.expect(200, 'GET', path);
  return body.data as Hit[];
}

const named = (hits: Hit[]): string[] => hits.map(({ type, title }) => `${type} ${title}`).sort();

describe('GET /v1/search', () => {
  it.each([
    ['muller', ['company Brauerei Müller', 'contact Jörg Müller', 'contact Own Müllerin']],
    ['MÜLLER jorg', ['contact Jörg Müller']],
    ['wojcik', ['contact Łukasz Wójcik']],
    ['啤酒', ['company 北京啤酒厂有限公司']],
    ['小明', ['contact 小明 王']],
    ['mueller-bier', ['company Brauerei Müller']],
    ['0151 2345', ['contact Jörg Müller']],
    ['456789', ['contact Jörg Müller']],
    ['rauere', ['company Brauerei Müller']],
    ['joerg@exam', ['contact Jörg Müller']],
    ['&|!', []],
  ])('finds by %j what has it, of every type', async (q, found) => {
    expect(named(await search(owner, q))).toEqual(found);
  });

  it('answers type, id, title, subtitle and score, the best first', async () => {
    const [best, ...others] = await search(owner, 'jörg müller');
    expect(best).toEqual({
      type: 'contact',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      title: 'Jörg Müller',
      subtitle: expect.any(String),
      score: 1,
    });
    expect(others).toEqual([]);
    const scores = (await search(owner, 'm')).map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((left, right) => right - left));
  });

  it('searches only the types asked for, and says whether there is more', async () => {
    expect(named(await search(owner, 'muller', '&types=company'))).toEqual([
      'company Brauerei Müller',
    ]);
    expect(await search(owner, 'muller', '&types=contact,company')).toHaveLength(3);
    const { body } = await owner.expect(200, 'GET', '/v1/search?q=muller&limit=2');
    expect(body.data).toHaveLength(2);
    expect(body.page).toEqual({ nextCursor: null, hasMore: true });
    const all = await owner.expect(200, 'GET', '/v1/search?q=muller&limit=3');
    expect(all.body.page).toEqual({ nextCursor: null, hasMore: false });
  });

  it.each([
    '/v1/search',
    '/v1/search?q=',
    '/v1/search?q=%20%20',
    `/v1/search?q=${'x'.repeat(201)}`,
    '/v1/search?q=a&q=b',
    '/v1/search?q=a&types=',
    '/v1/search?q=a&types=spaceship',
    '/v1/search?q=a&limit=0',
    '/v1/search?q=a&limit=101',
    '/v1/search?q=a&limit=1.5',
    '/v1/search?q=a&colour=red',
  ])('refuses %s with 400 and says which parameter is wrong', async (path) => {
    const { body } = await owner.expect(400, 'GET', path);
    expect(body).toMatchObject({ code: 'invalid-parameter', detail: expect.any(String) });
  });

  it('takes the longest query, and characters that mean something elsewhere', async () => {
    expect(await search(owner, `muller ${'x'.repeat(193)}`)).toEqual([]);
    expect(await search(owner, '\u0000')).toEqual([]);
    expect(await search(owner, "'; select 1 --")).toEqual([]);
    expect(await search(owner, '%_%')).toEqual([]);
  });

  it('shows a caller only types and records they may read', async () => {
    expect(named(await search(agent, 'muller'))).toEqual(['contact Own Müllerin']);
    const { body } = await agent.expect(403, 'GET', '/v1/search?q=muller&types=company');
    expect(body.code).toBe('forbidden');
    await owner.with({ token: null }).expect(401, 'GET', '/v1/search?q=muller');
  });

  it('never shows what another workspace has', async () => {
    const stranger = await server.createWorkspace('Strangers');
    expect(await search(stranger, 'muller')).toEqual([]);
    expect(await search(stranger, '啤酒')).toEqual([]);
  });

  it('follows a record as it changes, goes to the bin and comes back', async () => {
    const path = '/v1/contacts';
    const { body } = await owner.expect(201, 'POST', path, { lastName: 'Caterpillar' });
    expect(await search(owner, 'caterp')).toHaveLength(1);
    await owner.expect(200, 'PATCH', `${path}/${body.id}`, { lastName: 'Butterfly' });
    expect(await search(owner, 'caterp')).toEqual([]);
    expect(await search(owner, 'butterf')).toHaveLength(1);
    await owner.expect(204, 'DELETE', `${path}/${body.id}`);
    expect(await search(owner, 'butterf')).toEqual([]);
    const bin = await owner.expect(200, 'GET', `${path}?deleted=true&query=butterf`);
    expect(bin.body.data).toHaveLength(1);
    await owner.expect(200, 'POST', `${path}/${body.id}/restore`);
    expect(await search(owner, 'butterf')).toHaveLength(1);
    await owner.expect(204, 'DELETE', `${path}/${body.id}?purge=true`);
    expect(await search(owner, 'butterf')).toEqual([]);
  });
});

describe('lists with a query', () => {
  it('find by words in any order of the list, page by page', async () => {
    const names = Array.from({ length: 25 }, (_, n) => ({ lastName: `Paginated ${n}` }));
    await owner.expect(200, 'POST', '/v1/contacts/batch', { operation: 'create', records: names });
    const seen: string[] = [];
    let path: string | null = '/v1/contacts?query=paginated&sort=lastName&limit=10';
    while (path !== null) {
      const { body, headers } = await owner.expect(200, 'GET', path);
      seen.push(...(body.data as { lastName: string }[]).map(({ lastName }) => lastName));
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? null;
    }
    expect(seen).toEqual(names.map(({ lastName }) => lastName).sort());
  });

  it('combine it with filters', async () => {
    const where = { field: 'email', op: 'eq', value: 'joerg@example.org' };
    const { body } = await owner.expect(200, 'POST', '/v1/contacts/search', {
      query: 'mull',
      where,
    });
    expect(body.data).toHaveLength(1);
    const none = await owner.expect(200, 'POST', '/v1/contacts/search', { query: 'wojc', where });
    expect(none.body.data).toEqual([]);
  });
});
