import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { query } from '../support/database.js';
import { startServer } from '../support/server.js';
import type { Client, TestInstance, TestServer } from '../support/server.js';

/** What must hold when many sell at once, through two servers. */
let server: TestServer;
let second: TestInstance;
let shop: Client;
let customer: string;

beforeAll(async () => {
  server = await startServer();
  second = await server.startInstance();
  shop = await server.createWorkspace('Fair');
  customer = (await make('/v1/companies', { name: 'Everybody' })).id;
}, 60_000);

afterAll(() => server.close());

const make = async (path: string, body: object) =>
  (await shop.expect(201, 'POST', path, body)).body;

/** The same caller, at one of the two servers; asks again when a server has too much to do. */
async function ask(index: number, method: string, path: string, body: object) {
  const client = index % 2 === 0 ? shop : shop.with({ url: second.url });
  for (;;) {
    const reply = await client.api(method, path, body);
    if (reply.status !== 503) return reply;
  }
}

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const numbers = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

/** The numbers of all orders, in their order. */
const allNumbers = async (): Promise<number[]> =>
  (
    await query(
      server.database.superuserUrl,
      `select number from orders where workspace_id = '${shop.workspaceId}' and kind = 'order'
        order by number`,
    )
  ).map(({ number }) => number as number);

describe('many at once', () => {
  test('1,000 new orders have 1,000 consecutive numbers', async () => {
    const made = await times(1000, (index) =>
      ask(index, 'POST', '/v1/orders', {
        ...{ companyId: customer, lines: [{ name: 'X', quantity: '1', unitPrice: '1' }] },
      }),
    );
    expect(made.filter(({ status }) => status !== 201)).toEqual([]);
    const given = made.map(({ body }) => body.number as number).sort((a, b) => a - b);
    expect(given).toEqual(numbers(1, 1000));
    expect(await allNumbers()).toEqual(given);
  }, 180_000);

  test('200 confirmations of the last 50 pieces sell exactly 50', async () => {
    const product = await make('/v1/products', {
      ...{ sku: 'LAST', name: 'The last ones', stock: '50' },
      prices: [{ currency: 'EUR', amount: '1.00' }],
    });
    const { body } = await shop.expect(200, 'POST', '/v1/orders/batch', {
      operation: 'create',
      records: Array.from({ length: 200 }, () => ({
        ...{ companyId: customer, lines: [{ productId: product.id, quantity: '1' }] },
      })),
    });
    const ids = body.results.map(({ id }: { id: string }) => id) as string[];
    const answers = await times(200, (index) =>
      ask(index, 'POST', `/v1/orders/${ids[index] ?? ''}/confirm`, {}),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(150);
    expect(refused[0]?.body.products).toEqual([
      expect.objectContaining({ sku: 'LAST', wanted: '1', available: '0' }),
    ]);
    const { body: left } = await shop.expect(200, 'GET', `/v1/products/${product.id}`);
    expect(left).toMatchObject({ stock: '50', reserved: '50', available: '0' });
    const { body: sold } = await shop.expect(
      200,
      'GET',
      '/v1/orders?filter[status]=confirmed&count=exact',
    );
    expect(sold.page.total).toBe(50);
  }, 180_000);

  test('orders of the same products, however they are listed, do not wait for each other for ever', async () => {
    const products = await Promise.all(
      numbers(1, 4).map((number) =>
        make('/v1/products', {
          ...{ sku: `CROSS-${number}`, name: 'Crossed', stock: '1000' },
          prices: [{ currency: 'EUR', amount: '1.00' }],
        }),
      ),
    );
    const lines = products.map(({ id }) => ({ productId: id, quantity: '1' }));
    const answers = await times(60, async (index) => {
      const order = await make('/v1/orders', {
        ...{ companyId: customer, lines: index % 2 === 0 ? lines : lines.toReversed() },
      });
      return ask(index, 'POST', `/v1/orders/${order.id}/confirm`, {});
    });
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  }, 120_000);
});

describe('numbers', () => {
  test('have no gap where orders were refused, one by one or in a batch', async () => {
    const before = (await allNumbers()).length;
    const good = (reference: string) => ({
      ...{ reference, lines: [{ name: 'X', quantity: '1', unitPrice: '1' }] },
    });
    await shop.expect(201, 'POST', '/v1/orders', good('A-1'));
    await shop.expect(409, 'POST', '/v1/orders', good('A-1'));
    await shop.expect(422, 'POST', '/v1/orders', {
      lines: [{ name: 'X', quantity: '0', unitPrice: '1' }],
    });
    const { body } = await shop.expect(207, 'POST', '/v1/orders/batch', {
      operation: 'create',
      records: [
        ...[good('A-2'), good('A-1'), good('A-3'), good('A-3')],
        { lines: [{ name: 'X', quantity: '1' }] },
        { ...good('A-4'), externalIds: { shop: '1' } },
        { ...good('A-5'), externalIds: { shop: '1' } },
      ],
    });
    const statuses = body.results.map(({ status }: { status: number }) => status);
    expect(statuses).toEqual([201, 409, 201, 409, 422, 201, 409]);
    await shop.expect(422, 'POST', '/v1/orders/batch', {
      ...{ operation: 'create', atomic: true, records: [good('A-6'), good('A-1')] },
    });
    await shop.expect(201, 'POST', '/v1/orders', good('A-7'));
    expect(await allNumbers()).toEqual(numbers(1, before + 5));
  });

  test('a retried payment is one payment', async () => {
    const order = await make('/v1/orders', {
      ...{ companyId: customer, lines: [{ name: 'X', quantity: '1', unitPrice: '10' }] },
    });
    await shop.expect(200, 'POST', `/v1/orders/${order.id}/confirm`, {});
    const headers = { 'idempotency-key': 'pay-once' };
    const pay = () =>
      shop.expect(201, 'POST', `/v1/orders/${order.id}/payments`, { amount: '4' }, headers);
    const [first, again] = [await pay(), await pay()];
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body.id).toBe(first.body.id);
    const { body } = await shop.expect(200, 'GET', `/v1/orders/${order.id}`);
    expect(body).toMatchObject({ paidTotal: '4.00', balance: '6.00' });
    await times(5, (index) =>
      ask(index, 'POST', `/v1/orders/${order.id}/payments`, { amount: '1' }),
    );
    const { body: after } = await shop.expect(200, 'GET', `/v1/orders/${order.id}`);
    expect(after).toMatchObject({ paidTotal: '9.00', balance: '1.00' });
  });
});
