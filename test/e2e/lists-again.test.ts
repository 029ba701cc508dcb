import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { runImport, startWorker } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Lists that are given whole once more: what they say of items already there changes nothing. */
let server: TestServer;
let worker: INestApplicationContext;
let anna: Client;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
  anna = await server.createWorkspace('Again');
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

const make = async (path: string, body: object) =>
  (await anna.expect(201, 'POST', path, body)).body;
const read = async (path: string) => (await anna.expect(200, 'GET', path)).body;

/** How many events there are of changes to records of the object. */
const updates = async (object: string): Promise<number> =>
  (await read(`/v1/events?types=${object}.updated&limit=500`)).data.length;

interface Case {
  object: string;
  plural: string;
  /** Column that finds the record again. */
  key: [name: string, value: string];
  rest?: object;
  lists: Record<string, object[]>;
}

async function cases(): Promise<Case[]> {
  const product = await make('/v1/products', {
    ...{ name: 'Kettle', sku: 'K-1', unit: 'piece', taxRate: '19' },
    prices: [{ currency: 'EUR', amount: '4800' }],
  });
  const contact = await make('/v1/contacts', { lastName: 'Hardy' });
  const company = await make('/v1/companies', { name: 'Around the Horn' });
  return [
    {
      ...{ object: 'deal', plural: 'deals', key: ['externalIds.file', 'D-1'] },
      rest: { name: 'Brewery' },
      lists: {
        lines: [
          { productId: product.id, name: 'Kettle', quantity: '2', unitPrice: '4800.00' },
          { name: 'Pipes', unitPrice: '12.5', discountPercent: '5' },
          { name: 'Pipes', unitPrice: '12.5' },
        ],
        contacts: [{ contactId: contact.id, role: 'decision maker' }],
        competitors: [{ name: 'Copper & Sons', strengths: 'Fast' }, { name: 'Tin Ltd' }],
      },
    },
    {
      ...{ object: 'order', plural: 'orders', key: ['reference', 'O-1'] },
      lists: {
        lines: [
          { productId: product.id, quantity: '2' },
          { name: 'Freight', quantity: '1', unitPrice: '9.9' },
        ],
      },
    },
    {
      ...{ object: 'product', plural: 'products', key: ['sku', 'P-1'], rest: { name: 'Cup' } },
      lists: {
        prices: [
          { currency: 'EUR', amount: '19.9' },
          { currency: 'EUR', amount: '17.90', minQuantity: '10' },
        ],
      },
    },
    {
      ...{ object: 'activity', plural: 'activities', key: ['externalIds.file', 'A-1'] },
      rest: { type: 'meeting', subject: 'Offer' },
      lists: {
        participants: [{ contactId: contact.id }, { email: 'guest@example.com', name: 'Guest' }],
        links: [{ object: 'company', recordId: company.id }],
      },
    },
    {
      ...{ object: 'ticket', plural: 'tickets', key: ['externalIds.file', 'T-1'] },
      rest: { subject: 'Leak' },
      lists: {
        followers: [{ userId: anna.userId }],
        links: [{ object: 'product', recordId: product.id }],
      },
    },
  ];
}

/** A CSV file of one row, its lists as cells of JSON. */
function fileOf({ key, rest = {}, lists }: Case): string {
  const cells = Object.entries({ [key[0]]: key[1], ...rest, ...lists });
  const quoted = cells.map(([, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `"${text.replaceAll('"', '""')}"`;
  });
  return `${cells.map(([name]) => name).join()}\n${quoted.join()}\n`;
}

describe('a list that comes again without the ids of its items', () => {
  test('changes nothing, from a file or by a request, whatever it is a list of', async () => {
    for (const item of await cases()) {
      const { object, plural, key, lists } = item;
      const options = { object: plural, mode: 'upsert', matchOn: key[0] };
      const file = fileOf(item);
      const first = await runImport(anna, { options, file });
      expect({ plural, totals: first.totals }).toMatchObject({ totals: { created: 1, failed: 0 } });
      const again = await runImport(anna, { options, file });
      expect({ plural, totals: again.totals }).toMatchObject({
        totals: { read: 1, updated: 0, unchanged: 1, failed: 0 },
      });
      const found = await read(`/v1/${plural}?filter[${key[0]}]=${key[1]}`);
      const [record] = found.data;
      const { body } = await anna.expect(200, 'PATCH', `/v1/${plural}/${record.id}`, lists);
      expect(body).toEqual(record);
      expect([body.version, await updates(object)]).toEqual([1, 0]);
    }
  });
});

describe('an item without id that equals one that is there', () => {
  test('is that one, wherever it stands, and new ones have ids of their own', async () => {
    const line = (name: string, quantity = '1') => ({ name, quantity, unitPrice: '3' });
    const deal = await make('/v1/deals', { name: 'Beer', lines: [line('Hops'), line('Malt')] });
    const [hops, malt] = deal.lines;
    const { body } = await anna.expect(200, 'PATCH', `/v1/deals/${deal.id}`, {
      lines: [line('Yeast'), line('Hops', '2'), line('Malt')],
    });
    expect(body.lines).toMatchObject([
      { name: 'Yeast', total: '3.00' },
      { name: 'Hops', quantity: '2', total: '6.00' },
      { ...malt },
    ]);
    const ids = body.lines.map(({ id }: { id: string }) => id);
    expect(new Set([...ids, hops.id]).size).toBe(4);
  });

  test('keeps the price at which an order has it, though the product costs more by now', async () => {
    const product = await make('/v1/products', {
      ...{ name: 'Cask', sku: 'C-1', prices: [{ currency: 'EUR', amount: '100' }] },
    });
    const lines = [{ productId: product.id, quantity: '1' }];
    const { id: contactId } = await make('/v1/contacts', { lastName: 'Cooper' });
    const order = await make('/v1/orders', { currency: 'EUR', contactId, lines });
    const prices = [{ currency: 'EUR', amount: '120' }];
    await anna.expect(200, 'PATCH', `/v1/products/${product.id}`, { prices });
    const path = `/v1/orders/${order.id}`;
    const { body } = await anna.expect(200, 'PATCH', path, { lines, notes: 'Soon' });
    expect(body).toMatchObject({ version: 2, lines: order.lines, total: '100.00' });
    await anna.expect(200, 'POST', `${path}/confirm`, {});
    const same = await anna.expect(200, 'PATCH', path, { lines: order.lines });
    expect(same.body.lines[0]).toMatchObject({ id: order.lines[0].id, unitPrice: '100.00' });
    await anna.expect(409, 'PATCH', path, { lines: [{ ...lines[0], quantity: '2' }] });
  });
});
