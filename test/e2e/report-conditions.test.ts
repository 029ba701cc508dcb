import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Reports of what is told by its related records, as searches and segments ask for them. */
let server: TestServer;
let admin: Client;
let books: string;

beforeAll(async () => {
  server = await startServer();
  admin = await server.createWorkspace('Paperworks');
  const { id: bookId } = await make('/v1/products', { name: 'Book', sku: 'B', tags: ['paper'] });
  books = (await make('/v1/companies', { name: 'Books', tags: ['shop'] })).id;
  const other = await make('/v1/companies', { name: 'Others' });
  await make('/v1/contacts', { lastName: 'Lee', companyId: books });
  await make('/v1/contacts', { lastName: 'Rix', companyId: books });
  const book = { productId: bookId, name: 'Book', quantity: '2', unitPrice: '10.00' };
  const cup = { name: 'Cup', quantity: '1', unitPrice: '3.00' };
  await make('/v1/orders', { companyId: books, lines: [book, cup] });
  await make('/v1/orders', { companyId: other.id, lines: [cup, cup] });
});

afterAll(() => server.close());

const make = async (path: string, body: object, client = admin) =>
  (await client.expect(201, 'POST', path, body)).body;
const ask = (where: object, object = 'companies', client = admin) =>
  client.expect(200, 'POST', '/v1/reports/query', {
    ...{ object, where, measures: [{ measure: 'count' }] },
  });
const count = async (...args: Parameters<typeof ask>): Promise<number> =>
  (await ask(...args)).body.rows[0].count as number;
const refused = async (where: object, object: string) =>
  (
    await admin.expect(400, 'POST', '/v1/reports/query', {
      ...{ object, where, measures: [{ measure: 'count' }] },
    })
  ).body as { detail: string; errors: { pointer: string }[] };

describe('a report', () => {
  test.each<[string, string, object, number]>([
    ['what there is of it', 'companies', { related: 'contacts' }, 1],
    ['what there is none of', 'companies', { related: 'contacts', none: true }, 1],
    ['how many there are', 'companies', { related: 'contacts', count: { op: 'gte', value: 2 } }, 1],
    ['a sum', 'companies', { related: 'orders', sum: 'total', op: 'gt', value: '6' }, 1],
    [
      'tags of the record it leads to',
      'orders',
      { field: 'company.tags', op: 'has', value: 'shop' },
      1,
    ],
    ['lines by their order', 'orderLines', { related: 'order.company.contacts' }, 2],
    [
      'lines by their product',
      'orderLines',
      { related: 'product', where: { field: 'tags', op: 'has', value: 'paper' } },
      1,
    ],
    ['lines without a product', 'orderLines', { related: 'product', none: true }, 3],
    [
      'all together',
      'orders',
      {
        and: [
          { field: 'company.name', op: 'eq', value: 'Books' },
          { not: { related: 'company.contacts', none: true } },
          { field: 'createdAt', op: 'gte', value: { $ago: '1d' } },
        ],
      },
      1,
    ],
    [
      'a time that is told from today',
      'orders',
      { field: 'orderDate', op: 'gt', value: '$tomorrow' },
      0,
    ],
  ])('asks for %s', async (_, object, where, expected) => {
    expect(await count(where, object)).toBe(expected);
  });

  test('may be broken down and measured as any other', async () => {
    const { body } = await admin.expect(200, 'POST', '/v1/reports/query', {
      object: 'orderLines',
      where: { related: 'order.company.contacts', where: { field: 'lastName', value: 'Lee' } },
      measures: [{ measure: 'sum', field: 'net' }],
      dimensions: [{ field: 'product.name' }, { field: 'order.company.name' }],
    });
    expect(body.rows).toEqual([
      {
        'product.name': 'Book',
        'order.company.name': 'Books',
        currency: 'EUR',
        'sum(net)': '20.00',
      },
      { 'product.name': null, 'order.company.name': 'Books', currency: 'EUR', 'sum(net)': '3.00' },
    ]);
  });

  test('is made anew when what it asks for is written', async () => {
    const where = { related: 'contacts', where: { field: 'lastName', value: 'Novak' } };
    expect(await count(where)).toBe(0);
    expect((await ask(where)).headers.get('x-cache')).toBe('hit');
    await make('/v1/contacts', { lastName: 'Novak', companyId: books });
    expect(await count(where)).toBe(1);
  });

  test('says what there is when it asks for what there is not', async () => {
    const unknown = await refused({ and: [{ related: 'contact' }] }, 'companies');
    expect(unknown.errors[0]?.pointer).toBe('/where/and/0/related');
    expect(unknown.detail).toMatch(/Did you mean contacts\?/);
    expect((await refused({ related: 'deals' }, 'orderLines')).detail).toMatch(
      /There are order, product\./,
    );
    const many = { related: 'order.company.contacts.company.contacts' };
    expect((await refused(many, 'orderLines')).detail).toMatch(/several|at most 3 relations/);
  });

  test('counts for a caller only the records that the caller may read', async () => {
    const permissions = ['company:read', 'order:read:own'];
    await make('/v1/roles', { name: 'Buyer', permissions });
    const buyer = await server.createUser('Buyer', admin);
    expect(await count({ related: 'orders' })).toBe(2);
    expect(await count({ related: 'orders' }, 'companies', buyer)).toBe(0);
    const { body } = await buyer.expect(403, 'POST', '/v1/reports/query', {
      ...{ object: 'companies', where: { related: 'contacts' } },
      measures: [{ measure: 'count' }],
    });
    expect(body.detail).toContain('contact:read');
    const another = await server.createWorkspace('Another');
    expect(await count({ related: 'orders', none: true }, 'companies', another)).toBe(0);
  });
});
