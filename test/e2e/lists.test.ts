import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeCursor } from '../../src/common/cursor.js';
import type { CursorValue } from '../../src/common/cursor.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

let server: TestServer;
const NAMES = ['Ärzte', 'beta', 'Alpha', null, 'Gamma', 'alpha', null, 'Délta', 'Alpha', 'zeta'];

beforeAll(async () => {
  server = await startServer();
  const records = NAMES.map((lastName, index) => ({
    lastName,
    email: `l${index}@example.com`,
    lifecycleStage: index % 2 === 0 ? 'lead' : 'customer',
    tags: index < 3 ? ['early'] : [],
    address: { city: index < 5 ? 'Berlin' : 'München' },
  }));
  const batch = { operation: 'create', records };
  await server.admin.expect(200, 'POST', '/v1/contacts/batch', batch);
  const score = { name: 'score', label: 'Score', type: 'number' };
  await server.admin.expect(201, 'POST', '/v1/properties/contacts', score);
}, 60_000);
afterAll(() => server.close());

async function walk(query: string, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const at = cursor ? `&cursor=${cursor}` : '';
    const { body } = await server.admin.expect(
      200,
      'GET',
      `/v1/contacts?limit=${limit}&${query}${at}`,
    );
    ids.push(...body.data.map((record: { id: string }) => record.id));
    cursor = body.page.nextCursor;
    expect(body.page.hasMore).toBe(cursor !== null);
  } while (cursor);
  return ids;
}

describe('a list', () => {
  it.each([
    'sort=lastName',
    'sort=-lastName',
    'sort=lastName,-createdAt',
    'sort=-createdAt,lastName',
    'sort=email',
    'sort=id',
    '',
  ])('meets each record once, page size whatever, by %s', async (sort) => {
    const whole = await walk(sort, 500);
    expect(new Set(whole).size).toBe(NAMES.length);
    for (const limit of [1, 3, 4]) expect(await walk(sort, limit)).toEqual(whole);
  });

  it('puts empty values last in either direction', async () => {
    for (const sort of ['lastName', '-lastName']) {
      const { body } = await server.admin.expect(200, 'GET', `/v1/contacts?sort=${sort}`);
      const names = body.data.map((record: { lastName: string | null }) => record.lastName);
      expect(names.slice(-2)).toEqual([null, null]);
    }
  });

  it.each([
    ['filter[lifecycleStage]=lead', 5],
    ['filter[lifecycleStage][neq]=lead', 5],
    ['filter[lastName][isNull]=true', 2],
    ['filter[lastName][neq]=Alpha', 8],
    ['filter[lastName][startsWith]=al', 3],
    ['filter[lastName][contains]=%25', 0],
    ['filter[lastName][in]=Alpha,beta', 3],
    ['filter[lastName][nin]=Alpha,beta', 7],
    ['filter[tags][has]=early', 3],
    ['filter[address.city]=M%C3%BCnchen', 5],
    ['filter[createdAt][gte]=2020-01-01T00:00:00.000Z', 10],
    ['filter[createdAt][lt]=2020-01-01T00:00:00.000Z', 0],
    ['filter[lifecycleStage]=lead&filter[tags][has]=early', 2],
  ])('filters by %s', async (filter, count) => {
    const { body } = await server.admin.expect(200, 'GET', `/v1/contacts?count=exact&${filter}`);
    expect([body.data.length, body.page.total]).toEqual([count, count]);
  });

  it('takes the same as JSON, with and, or, not', async () => {
    const { body } = await server.admin.expect(200, 'POST', '/v1/contacts/search', {
      where: {
        and: [
          {
            or: [
              { field: 'lastName', op: 'eq', value: 'Alpha' },
              { field: 'lastName', op: 'isNull', value: true },
            ],
          },
          { not: { field: 'email', op: 'eq', value: 'l3@example.com' } },
        ],
      },
      sort: ['email'],
      fields: ['email'],
    });
    const emails = body.data.map((record: { email: string }) => record.email);
    expect(emails).toEqual(['l2@example.com', 'l6@example.com', 'l8@example.com']);
  });

  it.each([
    ['limit=0', 'limit must be'],
    ['limit=501', 'limit must be'],
    ['sort=title', 'Sortable:'],
    ['fields=nope', 'Fields:'],
    ['include=nope', 'Relations:'],
    ['filter[nope]=1', 'nope'],
    ['filter[lastName][like]=1', 'Operators:'],
    ['filter[lifecycleStage][contains]=x', 'It takes'],
    ['filter[createdAt][gt]=yesterday', 'a time such as'],
    ['cursor=bm9uc2Vuc2U', 'nextCursor'],
    ['page=2', 'not a parameter'],
  ])('refuses %s and says what is allowed', async (query, hint) => {
    const reply = await server.admin.expect(400, 'GET', `/v1/contacts?${query}`);
    expect(reply.body.detail).toContain(hint);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
  });

  it('leads to the next page by Link', async () => {
    const reply = await server.admin.expect(200, 'GET', '/v1/contacts?limit=4&sort=lastName');
    const link = /^<([^>]+)>; rel="next"$/.exec(reply.headers.get('link') ?? '');
    const next = await server.admin.expect(200, 'GET', link?.[1] as string);
    expect(next.body.data).toHaveLength(4);
  });

  it('refuses a cursor of another order or workspace', async () => {
    const { body } = await server.admin.expect(200, 'GET', '/v1/contacts?limit=1&sort=lastName');
    const cursor = body.page.nextCursor as string;
    await server.admin.expect(400, 'GET', `/v1/contacts?limit=1&sort=-lastName&cursor=${cursor}`);
    const other = await server.createWorkspace();
    await other.expect(400, 'GET', `/v1/contacts?limit=1&sort=lastName&cursor=${cursor}`);
  });

  it.each([
    ['score', ['1', '2', '10', 'none']],
    ['-score', ['10', '2', '1', 'none']],
  ])('is exported in the order of a property of the workspace: %s', async (sort, expected) => {
    const owner = await server.createWorkspace();
    const score = { name: 'score', label: 'Score', type: 'number' };
    await owner.expect(201, 'POST', '/v1/properties/contacts', score);
    const records = [10, 1, 2].map((value) => ({ lastName: `${value}`, custom: { score: value } }));
    const batch = { operation: 'create', records: [{ lastName: 'none' }, ...records] };
    await owner.expect(200, 'POST', '/v1/contacts/batch', batch);
    const order = sort.replace('score', 'custom.score');
    const path = `/v1/contacts/export?format=csv&fields=lastName&sort=${order}`;
    const { text } = await owner.expect(200, 'GET', path);
    expect(text.trim().split(/\r?\n/).slice(1)).toEqual(expected);
  });

  describe('whose cursor a client has made with the id of its workspace', () => {
    const id = '019ab3f2-6c1e-7d20-8f10-3b5a9c4d7e21';
    const time = '2026-01-01T00:00:00.000Z';

    it.each<[string, string, unknown[]]>([
      ['/v1/contacts', '-createdAt,-id', ['yesterday', id]],
      ['/v1/contacts', '-createdAt,-id', [5, id]],
      ['/v1/contacts', '-createdAt,-id', [time, 'nobody']],
      ['/v1/contacts', '-createdAt,-id', [null, id]],
      ['/v1/contacts', '-createdAt,-id', [time]],
      ['/v1/contacts', '-createdAt,-id', [time, id, id]],
      ['/v1/contacts?sort=lastName', 'lastName,id', ['a\0b', id]],
      ['/v1/contacts?sort=lastName', 'lastName,id', [{ a: 1 }, id]],
      ['/v1/contacts?sort=custom.score', 'custom.score,id', ['high', id]],
      ['/v1/exports', '-id', [7]],
      ['/v1/audit', '-audit', ['last week']],
      ['/v1/events', 'position', ['the end']],
      ['/v1/events', 'position', [1.5]],
    ])('answers 400 on %s sorted by %s with %j', async (path, sort, values) => {
      const key = server.admin.workspaceId;
      const cursor = encodeCursor({ sort, values: values as CursorValue[] }, key);
      const name = path === '/v1/events' ? 'after' : 'cursor';
      const at = `${path}${path.includes('?') ? '&' : '?'}${name}=${cursor}`;
      const { body } = await server.admin.expect(400, 'GET', at);
      expect(body.code).toBe('invalid-cursor');
    });

    it('answers 400 on a timeline', async () => {
      const { body } = await server.admin.expect(200, 'GET', '/v1/contacts?limit=1');
      const content = { sort: '-timeline', values: ['first'] };
      const cursor = encodeCursor(content, server.admin.workspaceId);
      const path = `/v1/contacts/${body.data[0].id}/timeline?cursor=${cursor}`;
      expect((await server.admin.expect(400, 'GET', path)).body.code).toBe('invalid-cursor');
    });
  });

  describe('filtered for a whole value', () => {
    let owner: Client;

    beforeAll(async () => {
      owner = await server.createWorkspace();
      for (const type of ['email', 'url']) {
        const property = { name: `other_${type}`, label: type, type };
        await owner.expect(201, 'POST', '/v1/properties/companies', property);
      }
      await owner.expect(201, 'POST', '/v1/companies', {
        name: 'Brauhaus',
        domain: 'brauhaus.example',
        website: 'https://www.brauhaus.example/start',
        phone: '+49 30 901820',
        annualRevenue: { amount: '5.00', currency: 'EUR' },
        lifecycleStage: 'lead',
        address: { country: 'DE' },
        custom: { other_email: 'info@brauhaus.example', other_url: 'https://brauhaus.example/a' },
      });
      for (const email of ['anna@x.example', 'l1@example.com']) {
        const contact = { email, language: 'de', timeZone: 'Europe/Berlin' };
        await owner.expect(201, 'POST', '/v1/contacts', contact);
      }
    });

    it.each([
      ['companies', 'domain', 'HTTPS://Brauhaus.Example/', 1],
      ['companies', 'website', 'HTTPS://WWW.brauhaus.example/start', 1],
      ['companies', 'phone', '+49 (30) 90-18-20', 1],
      ['companies', 'annualRevenue.currency', 'eur', 1],
      ['companies', 'address.country', 'Germany', 1],
      ['companies', 'address.country][in', 'Deutschland,FR', 1],
      ['companies', 'address.country][neq', 'Germany', 0],
      ['companies', 'custom.other_email', 'Info@Brauhaus.example', 1],
      ['companies', 'custom.other_url', 'HTTPS://BRAUHAUS.example/a', 1],
      ['contacts', 'email', 'Anna@X.Example', 1],
      ['contacts', 'email][in', 'ANNA@x.example,L1@example.com', 2],
      ['contacts', 'language', 'DE', 2],
      ['contacts', 'timeZone', 'europe/berlin', 2],
    ])('finds %s by %s written as %s', async (plural, field, value, count) => {
      const query = `filter[${field}]=${encodeURIComponent(value)}`;
      const { body } = await owner.expect(200, 'GET', `/v1/${plural}?${query}`);
      expect(body.data).toHaveLength(count);
    });

    it.each([
      ['filter[lifecycleStage]=nosuchstage', 'must be one of'],
      ['filter[address.country]=Atlantis', 'country'],
      ['filter[lastname]=x', 'Did you mean lastName?'],
      ['filter[adress.city]=x', 'Did you mean address.city?'],
      ['filter[custom.scor]=x', 'Did you mean custom.score?'],
    ])('says what is wrong with %s', async (query, hint) => {
      const { body } = await server.admin.expect(400, 'GET', `/v1/contacts?${query}`);
      expect([body.code, body.detail]).toEqual(['invalid-filter', expect.stringContaining(hint)]);
    });
  });
});
