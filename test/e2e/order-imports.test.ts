import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { runImport, startWorker } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Products and orders come in by files, and the rules of orders hold for them too. */
let server: TestServer;
let worker: INestApplicationContext;
let shop: Client;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
  shop = await server.createWorkspace('Files');
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

const get = async (path: string) => (await shop.expect(200, 'GET', path)).body;

test('products come with their categories and prices, and come again unchanged', async () => {
  const file = [
    'sku,name,category,unit,stock,prices',
    'CHAI,Chai,Beverages,box,39,"[{""currency"":""EUR"",""amount"":""18""}]"',
    'TOFU,Tofu,Produce,pack,,"[{""currency"":""EUR"",""amount"":""23.25""}]"',
    'BAD,Bad,Produce,pack,,"[{""currency"":""EURO"",""amount"":""1""}]"',
  ].join('\n');
  const options = { object: 'products', mode: 'upsert', matchOn: 'sku', createReferences: true };
  const done = await runImport(shop, { options, file });
  expect(done.totals).toMatchObject({ read: 3, created: 2, failed: 1 });
  const chai = await get('/v1/products?filter[sku]=CHAI&include=category');
  expect(chai.data[0]).toMatchObject({
    ...{ stock: '39', reserved: '0', available: '39', active: true },
    ...{ category: { name: 'Beverages' }, prices: [{ currency: 'EUR', amount: '18.00' }] },
  });
  const again = await runImport(shop, { options, file: file.split('\n').slice(0, 3).join('\n') });
  expect(again.totals).toMatchObject({ read: 2, updated: 0, unchanged: 2, failed: 0 });
});

test('orders come with their lines, priced by the rules, and come again unchanged', async () => {
  const { data } = await get('/v1/products?filter[sku]=CHAI');
  const line = (quantity: string) => [{ productId: data[0].id, quantity }];
  const rows = [
    { reference: 'F-1', orderDate: '2025-07-04', lines: line('2') },
    { reference: 'F-2', lines: [...line('1'), { name: 'Freight', quantity: '1', unitPrice: '3' }] },
    { reference: 'F-3', lines: [{ name: 'Without price', quantity: '1' }] },
    { reference: 'F-4', orderDate: '2025-07-05', lines: line('-1') },
  ];
  const file = rows.map((row) => JSON.stringify(row)).join('\n');
  const options = { object: 'orders', format: 'ndjson', mode: 'upsert', matchOn: 'reference' };
  const done = await runImport(shop, { options, file, name: 'orders.ndjson' });
  expect(done.totals).toMatchObject({ read: 4, created: 3, failed: 1 });
  const { body: errors } = await shop.expect(200, 'GET', `/v1/imports/${done.id}/errors`);
  expect(JSON.stringify(errors)).toContain('unitPrice');
  const { data: orders } = await get('/v1/orders?sort=number&filter[reference][startsWith]=F-');
  expect(orders).toMatchObject([
    { number: 1, reference: 'F-1', orderDate: '2025-07-04', total: '36.00', status: 'draft' },
    { number: 2, reference: 'F-2', total: '21.00' },
    { number: 3, reference: 'F-4', total: '-18.00' },
  ]);
  const again = await runImport(shop, { options, file, name: 'orders.ndjson' });
  expect(again.totals).toMatchObject({ created: 0, updated: 0, unchanged: 3, failed: 1 });
  const next = await shop.expect(201, 'POST', '/v1/orders', {});
  expect(next.body.number).toBe(4);
});

test('a trial run of orders draws no numbers', async () => {
  const file = 'reference,notes\nTRIAL-1,x\nTRIAL-2,y\n';
  const options = { object: 'orders', dryRun: true };
  const done = await runImport(shop, { options, file });
  expect(done.totals).toMatchObject({ read: 2, created: 2, failed: 0 });
  const { body } = await shop.expect(201, 'POST', '/v1/orders', {});
  expect(body.number).toBe(5);
});
