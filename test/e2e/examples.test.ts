import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { join } from 'node:path';
import { inScratch, runExample } from '../support/examples.js';
import { startWorker } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { TestServer } from '../support/server.js';

const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

let server: TestServer;
let worker: INestApplicationContext;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

test('Northwind is in by one command, its sums agree with its files, and again changes nothing', async () => {
  await inScratch(async (folder) => {
    const run = () => runExample(server.admin, 'northwind', [join(DATA, 'northwind')], folder);
    const first = await run();
    expect(first).toMatchObject({ code: 0, output: expect.stringMatching(/\nagree\n$/) });
    expect(first.output).toContain('-> orders: read 2155, created 830, updated 1325,');
    expect(first.output).toContain('Keel: 2155 lines, 1265792.76\n');
    expect(first.output).toContain('sums per country: 21, 0 differ');
    expect(first.output).toContain('sums per month: 23, 0 differ');
    expect(first.output).toContain('sums per product: 77, 0 differ');
    const again = await run();
    expect(again).toMatchObject({ code: 0, output: expect.stringMatching(/\nagree\n$/) });
    expect(again.output).toContain('-> orders: read 2155, created 0, updated 0, unchanged 2155,');
  });
  const { body } = await server.admin.expect(
    200,
    'GET',
    '/v1/orders?filter[reference]=NW-10248&include=company,owner',
  );
  expect(body.data).toMatchObject([
    {
      ...{ status: 'closed', orderDate: '1996-07-04', currency: 'USD', shippingCosts: '32.38' },
      ...{ total: '472.38', company: { name: 'Vins et alcools Chevalier' } },
      lines: [{ sku: 'NW-11', name: 'Queso Cabrales', net: '168.00' }, {}, {}],
      owner: { email: 'steven.buchanan@northwind.example' },
    },
  ]);
}, 90_000);
