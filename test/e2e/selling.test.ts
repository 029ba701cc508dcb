import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

/** One sale from the first word to the last payment, by those who have a hand in it. */
let server: TestServer;
let boss: Client;
let seller: Client;
let visitor: Client;

beforeAll(async () => {
  server = await startServer();
  boss = await server.createWorkspace('Cups and more');
  seller = await server.createUser('member', boss);
  visitor = new Client(server.url, null);
});

afterAll(() => server.close());

const make = async (path: string, body: object, client = boss) =>
  (await client.expect(201, 'POST', path, body)).body;

const does = async (path: string, body: object = {}, client = boss) =>
  (await client.expect(200, 'POST', path, body)).body;

const get = async (path: string) => (await boss.expect(200, 'GET', path)).body;

describe('a stranger who fills in a form', () => {
  test('is a lead, a customer, a deal, an order that is shipped, partly returned and paid', async () => {
    // The shop has forty cups and somebody for Germany.
    const cup = await make('/v1/products', {
      ...{ sku: 'CUP-1', name: 'Cup', taxRate: '19', stock: '40' },
      prices: [{ currency: 'EUR', amount: '10.00' }],
    });
    await make('/v1/assignment-rules', {
      ...{ name: 'Germany', method: 'roundRobin', userIds: [seller.userId] },
      where: { field: 'address.country', op: 'eq', value: 'DE' },
    });
    const form = await make('/v1/lead-forms', {
      ...{ name: 'Contact us', minSeconds: 0, source: 'website' },
      fields: [
        ...[
          { name: 'lastName', required: true },
          { name: 'email', required: true },
        ],
        ...[{ name: 'companyName' }, { name: 'message' }, { name: 'address.country' }],
      ],
    });

    // The lead comes in and is assigned.
    const at = `/v1/forms/${form.publicKey}`;
    const { token } = (await visitor.expect(200, 'GET', at)).body;
    await visitor.expect(200, 'POST', at, {
      ...{ token, lastName: 'Anders', email: 'maria@alfreds.example' },
      ...{ companyName: 'Alfreds Futterkiste', message: 'Twenty cups?' },
      address: { country: 'Germany' },
    });
    const [lead] = (await get('/v1/leads?filter[email]=maria@alfreds.example')).data;
    expect(lead).toMatchObject({ ownerId: seller.userId, source: 'website', status: 'new' });

    // It becomes a contact, a company and a deal.
    const deal = {
      name: 'Cups',
      lines: [{ productId: cup.id, name: 'Cup', quantity: '20', unitPrice: '10' }],
    };
    const converted = await does(`/v1/leads/${lead.id}/convert`, { deal }, seller);
    const dealPath = `/v1/deals/${converted.deal.id}`;
    expect(await get(dealPath)).toMatchObject({
      ...{ contactId: converted.contact.id, companyId: converted.company.id },
      ...{ status: 'open', amount: '200.00', ownerId: seller.userId },
    });

    // The deal moves and is won.
    const { pipelineId } = await get(dealPath);
    const { stages } = await get(`/v1/pipelines/${pipelineId}`);
    const open = stages.filter(({ type }: { type: string }) => type === 'open');
    await does(`${dealPath}/move`, { stageId: open.at(-1).id }, seller);
    const won = await does(`${dealPath}/win`, { reason: 'Delivery', createOrder: true }, seller);
    expect(won).toMatchObject({ status: 'won', orderId: expect.any(String) });

    // The order is confirmed, shipped in part, returned in part and paid.
    const orderPath = `/v1/orders/${won.orderId}`;
    expect(await get(orderPath)).toMatchObject({
      ...{ status: 'draft', number: 1, companyId: converted.company.id, subtotal: '200.00' },
    });
    const confirmed = await does(`${orderPath}/confirm`);
    const [line] = confirmed.lines;
    const shipped = await does(`${orderPath}/fulfil`, {
      lines: [{ lineId: line.id, quantity: '15' }],
    });
    expect(shipped.status).toBe('partiallyFulfilled');
    const note = await make(`${orderPath}/returns`, {
      ...{ lines: [{ lineId: line.id, quantity: '2' }], reason: 'Chipped' },
    });
    expect(note).toMatchObject({ kind: 'creditNote', number: 1, originalOrderId: won.orderId });
    const { balance } = await get(orderPath);
    const { order } = await make(`${orderPath}/payments`, { amount: balance });
    expect(order).toMatchObject({ balance: '0.00', paymentStatus: 'paid' });
    expect(await get(`/v1/products/${cup.id}`)).toMatchObject({ stock: '27', reserved: '5' });

    // All of it is told, in order, to whoever follows the changes.
    const { data } = await get('/v1/events?limit=500');
    const types = data.map(({ type }: { type: string }) => type);
    const chapters = [
      ...['lead.created', 'lead.converted', 'deal.moved', 'deal.won', 'order.confirmed'],
      ...['order.partiallyFulfilled', 'order.returned', 'order.paid'],
    ];
    expect(types.filter((type: string) => chapters.includes(type))).toEqual(chapters);
  });
});
