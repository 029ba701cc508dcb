import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

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
});
