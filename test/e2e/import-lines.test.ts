import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { runImport, startWorker, upload, whenDone } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

let server: TestServer;
let worker: INestApplicationContext;
let client: Client;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

/** Every test has a workspace of its own. */
beforeEach(async () => {
  client = await server.createWorkspace();
});

const csv = (...lines: string[]): string => `${lines.join('\n')}\n`;
const listed = async (path: string) => (await client.expect(200, 'GET', path)).body.data;
const totals = (created: number, updated: number, unchanged: number, failed: number) => ({
  read: created + updated + unchanged + failed,
  ...{ created, updated, unchanged, failed },
});

const mapping = {
  Invoice: 'reference',
  Date: 'orderDate',
  Customer: ['company.externalIds.shop', 'company.name'],
  Country: 'company.address.country',
  Stock: 'lines.product.sku',
  Text: ['lines.name', 'lines.product.name'],
  Qty: 'lines.quantity',
  Price: 'lines.unitPrice',
};
const options = {
  ...{ object: 'orders', mapping, createReferences: true, defaults: { currency: 'GBP' } },
  values: { 'company.name': { '*': 'Customer *' } },
};
const HEADER = 'Invoice,Date,Customer,Country,Stock,Text,Qty,Price';
const FILE = csv(
  HEADER,
  '1,2010-12-01 08:26:00,c1,France,A,Lamp,2,1.50',
  '1,2010-12-01 08:26:00,c1,France,B,Bowl,1,4',
  '2,2010-12-02 09:00:00,c2,Spain,A,LAMP WHITE,10,1.25',
  '1,2010-12-01 08:27:00,c1,France,A,Lamp,3,1.50',
);

const orders = () => listed('/v1/orders?sort=orderDate');
const run = (file: string, change: object = {}) =>
  runImport(client, { options: { ...options, ...change }, file, name: 'lines.csv' });

describe('rows that are lines of orders', () => {
  test('with the same key are one order, wherever they stand, and make what they refer to', async () => {
    const done = await run(FILE);
    expect(done).toMatchObject({ totals: totals(2, 2, 0, 0), createdReferences: 4 });
    expect(await orders()).toMatchObject([
      {
        ...{ reference: '1', orderDate: '2010-12-01', currency: 'GBP', total: '11.50' },
        lines: [
          { sku: 'A', name: 'Lamp', quantity: '2', unitPrice: '1.50', net: '3.00' },
          { sku: 'B', name: 'Bowl', quantity: '1', unitPrice: '4.00', net: '4.00' },
          { sku: 'A', name: 'Lamp', quantity: '3', unitPrice: '1.50', net: '4.50' },
        ],
      },
      { reference: '2', total: '12.50', lines: [{ name: 'LAMP WHITE', quantity: '10' }] },
    ]);
    expect(await listed('/v1/companies?sort=name')).toMatchObject([
      { name: 'Customer c1', externalIds: { shop: 'c1' }, address: { country: 'FR' } },
      { name: 'Customer c2', address: { country: 'ES' } },
    ]);
    expect(await listed('/v1/products?sort=sku')).toMatchObject([
      { sku: 'A', name: 'Lamp' },
      { sku: 'B', name: 'Bowl' },
    ]);
  });

  test('that contradict what was said first are taken, and counted as warnings', async () => {
    const file = csv(HEADER, ...FILE.trim().split('\n').slice(1), '2,2010-12-05,c2,France,B,,1,1');
    const { warnings, totals: counted } = await run(file);
    expect(counted.failed).toBe(0);
    expect(warnings).toEqual({
      count: 3,
      samples: expect.arrayContaining([
        { line: 4, property: 'lines.product.name', kept: 'Lamp', given: 'LAMP WHITE' },
        { line: 6, property: 'company.address.country', kept: 'ES', given: 'FR' },
        { line: 6, property: 'orderDate', kept: '2010-12-02', given: '2010-12-05' },
      ]),
    });
  });

  test('change nothing when they come again', async () => {
    await run(FILE);
    const before = await orders();
    expect((await run(FILE)).totals).toEqual(totals(0, 0, 4, 0));
    expect(await orders()).toEqual(before);
  });

  test('replace the lines there were: what is the same keeps its id, what is gone goes', async () => {
    await run(FILE);
    const [{ lines: before }] = await orders();
    const [lamp, , last] = before;
    const file = csv(HEADER, '1,,,,A,Lamp,2,1.50', '1,,,,C,Vase,1,9', '1,,,,A,Lamp,3,1.50');
    expect((await run(file)).totals).toEqual(totals(0, 1, 2, 0));
    const [{ lines: after, total }] = await orders();
    expect(total).toBe('16.50');
    expect(after).toMatchObject([{ id: lamp.id }, { name: 'Vase' }, { id: last.id }]);
    expect((await run(csv(HEADER, '1,,,,A,Lamp,2,1.50'))).totals).toEqual(totals(0, 0, 1, 0));
    const [shortened] = await orders();
    expect(shortened).toMatchObject({ total: '3.00', lines: [{ id: lamp.id }] });
  });

  test('scattered over chunks are one order, and come again without a change', async () => {
    const rows = Array.from({ length: 12_000 }, (_, row) => {
      const invoice = row % 4000 === 0 ? 'far' : `i${row >> 2}`;
      return `${invoice},2011-01-01,c,Spain,S${row % 50},Thing,1,${(row % 7) + 1}`;
    });
    const file = csv(HEADER, ...rows);
    const first = await run(file, { defaults: { currency: 'GBP', status: 'closed' } });
    expect(first.totals).toEqual(totals(3001, 8999, 0, 0));
    const [far] = await listed('/v1/orders?filter[reference]=far');
    expect(far.lines).toMatchObject(['0', '0', '0'].map((n) => ({ sku: `S${n}` })));
    expect(far).toMatchObject({ status: 'closed', lines: [{}, {}, { fulfilledQuantity: '1' }] });
    const again = await run(file, { defaults: { currency: 'GBP', status: 'closed' } });
    expect(again.totals).toEqual(totals(0, 0, 12_000, 0));
  }, 90_000);

  test('that are wrong are left out alone, by line and reason', async () => {
    const file = csv(
      ...[HEADER, '1,2010-12-01,c1,France,A,Lamp,2,1.50', '1,,,,B,Bowl,many,4', '1,,,,B,Bowl,0,4'],
      ...[',,c1,,A,Lamp,1,1', '2,2010-12-01,c1,France,,,1,1', '1,,,,B,Bowl,1,4'],
    );
    const done = await run(file);
    expect(done.totals).toEqual(totals(1, 1, 0, 4));
    expect(await listed(`/v1/imports/${done.id}/errors`)).toMatchObject([
      { line: 3, errors: [{ pointer: '/lines/quantity', code: 'isDecimal' }] },
      { line: 4, errors: [{ pointer: '/lines/quantity', code: 'notZero' }] },
      { line: 5, errors: [{ pointer: '/reference', code: 'isNotEmpty' }] },
      { line: 6, errors: [{ pointer: '/lines/name', code: 'isNotEmpty' }] },
    ]);
    expect(await orders()).toMatchObject([{ number: 1, total: '7.00', lines: [{}, {}] }]);
  });

  test('are tried out by a dry run that counts like the real one', async () => {
    const dry = await run(FILE, { dryRun: true });
    expect(await orders()).toEqual([]);
    expect(await listed('/v1/products')).toEqual([]);
    expect(dry.totals).toEqual((await run(FILE)).totals);
  });

  test('make new orders only, when that is asked', async () => {
    const file = csv(
      HEADER,
      '2,2010-12-02,c2,Spain,A,Lamp,1,1',
      '3,2010-12-03,c2,Spain,A,Lamp,1,1',
    );
    await run(FILE, { mode: 'create' });
    const failing = await run(file, { mode: 'create', onDuplicate: 'error' });
    expect(failing.totals).toEqual(totals(1, 0, 0, 1));
    const skipping = await run(file, { mode: 'create', onDuplicate: 'skip' });
    expect(skipping.totals).toEqual(totals(0, 0, 2, 0));
  });

  test('are undone with all they made', async () => {
    const { id } = await run(FILE, { defaults: { currency: 'GBP', status: 'closed' } });
    await client.expect(202, 'POST', `/v1/imports/${id}/revert`);
    expect(await whenDone(client, id)).toMatchObject({ revert: { removed: 6, kept: 0 } });
    expect(await orders()).toEqual([]);
    expect(await listed('/v1/products')).toEqual([]);
  });

  test('of an order that was closed before change it no more', async () => {
    const closed = { defaults: { currency: 'GBP', status: 'closed' } };
    await run(FILE, closed);
    const done = await run(csv(HEADER, '2,,,,A,LAMP WHITE,11,1.25'), closed);
    expect(done.totals).toEqual(totals(0, 0, 0, 1));
    const [{ errors }] = await listed(`/v1/imports/${done.id}/errors`);
    expect(errors).toMatchObject([{ pointer: '/lines', code: 'conflict' }]);
  });

  test('map by themselves where headers say what they are', async () => {
    const preview = await upload(client, {
      options: { object: 'orders' },
      file: csv('InvoiceNo,StockCode,Quantity,Unit price,Customer', '1,A,2,3,Acme', '1,B,1,1,Acme'),
      path: '/v1/imports/preview',
    });
    expect(preview.body).toMatchObject({
      matchOn: 'reference',
      columns: [
        { property: 'reference' },
        { property: 'lines.product.sku' },
        { property: 'lines.quantity' },
        { property: 'lines.unitPrice' },
        { property: 'company.name' },
      ],
      records: [
        { reference: '1', lines: [{ quantity: '2', 'product.sku': 'A' }, { quantity: '1' }] },
      ],
    });
  });
});

describe('options for files as they come', () => {
  const sales = csv(
    ...['No;Day;Stock;Qty;Price;Off', 'C7;31.1.2011 9:30;A;-1;1.250,50;0,15'],
    ...['8;1.2.2011 9:30;A;1;0;0', '9;1.2.2011;A;1;2,5;0'],
  );

  test('dates, decimal marks, shares, other words, constants and rows left out', async () => {
    const done = await run(sales, {
      mapping: {
        ...{ No: ['reference', 'kind'], Day: 'orderDate', Stock: 'lines.product.sku' },
        ...{ Qty: 'lines.quantity', Price: 'lines.unitPrice', Off: 'lines.discountPercent' },
      },
      dateFormat: 'D.M.YYYY',
      decimalMark: ',',
      defaults: { currency: 'EUR', status: 'closed' },
      values: { kind: { 'C*': 'creditNote', '*': 'order' } },
      factors: { 'lines.discountPercent': 100 },
      leaveOut: [{ where: { field: 'Price', op: 'lte', value: 0 }, reason: 'Given away' }],
    });
    expect(done.totals).toEqual(totals(2, 0, 0, 1));
    expect(await listed(`/v1/imports/${done.id}/errors`)).toMatchObject([
      { line: 3, errors: [{ code: 'leftOut', detail: 'Given away' }], row: { No: '8' } },
    ]);
    expect(await orders()).toMatchObject([
      {
        ...{ kind: 'creditNote', number: 1, orderDate: '2011-01-31', total: '-1062.92' },
        lines: [{ quantity: '-1', discountPercent: '15', discount: '-187.58' }],
      },
      { kind: 'order', number: 1, total: '2.50' },
    ]);
  });

  test.each([
    [{ defaults: { colour: 'red' } }, '/defaults/colour'],
    [{ values: { kind: { C: 1 } } }, '/values/kind'],
    [{ factors: { 'lines.quantity': 0 } }, '/factors/lines.quantity'],
    [{ dateFormat: 'Y' }, '/dateFormat'],
    [{ timeZone: 'Mars/Base' }, '/timeZone'],
    [{ leaveOut: [{ where: { field: 'a', value: 1 } }] }, '/leaveOut/0/reason'],
    [{ leaveOut: [{ where: { field: 'a' }, reason: 'x' }] }, '/leaveOut/0/where'],
    [{ mapping: { Qty: ['lines.quantity', 'lines.colour'] } }, '/mapping/Qty'],
  ])('wrong ones are refused by name: %j', async (change, pointer) => {
    const reply = await upload(client, { options: { ...options, ...change }, file: FILE });
    expect(reply.status).toBe(422);
    expect(reply.body.errors).toMatchObject([{ pointer }]);
  });

  test.each([
    ['lines without a key', { mapping: { Qty: 'lines.quantity' } }, 'match-on'],
    [
      'a list twice',
      { mapping: { Invoice: 'reference', Qty: 'lines.quantity', Text: 'lines' } },
      'two-lists',
    ],
    [
      'a column there is not',
      { leaveOut: [{ where: { field: 'X', value: 1 }, reason: 'x' }] },
      'missing-column',
    ],
  ])('%s fail with a clear problem', async (_name, change, code) => {
    const done = await run(FILE, change);
    expect(done).toMatchObject({ status: 'failed', problem: { code } });
  });
});

describe('rows that are links of activities', () => {
  const send = (file: string) =>
    runImport(client, { options: { object: 'activities', mapping: links }, file });
  const links = {
    No: 'externalIds.diary',
    Type: 'type',
    Subject: 'subject',
    Deal: 'links.deal.externalIds.erp',
    Person: 'links.contact.email',
  };
  const DIARY = csv(
    'No,Type,Subject,Deal,Person',
    '1,call,First call,D1,',
    '1,,,,ada@example.com',
    '2,task,Offer,D1,',
  );

  beforeEach(async () => {
    await client.expect(201, 'POST', '/v1/deals', { name: 'D', externalIds: { erp: 'D1' } });
    await client.expect(201, 'POST', '/v1/contacts', { email: 'ada@example.com' });
  });

  test('find records of any object, and change nothing when they come again', async () => {
    expect((await send(DIARY)).totals).toEqual(totals(2, 1, 0, 0));
    const [deal] = await listed('/v1/deals');
    const [contact] = await listed('/v1/contacts');
    const activities = await listed('/v1/activities?sort=createdAt');
    const linked = activities.map(({ links: own }: { links: { recordId: string }[] }) => own);
    expect(linked).toMatchObject([
      [
        { object: 'deal', recordId: deal.id },
        { object: 'contact', recordId: contact.id },
      ],
      [{ object: 'deal', recordId: deal.id }],
    ]);
    expect((await send(DIARY)).totals).toEqual(totals(0, 0, 3, 0));
  });

  test('say which record is not there, and name one each', async () => {
    const file = csv(
      'No,Type,Subject,Deal,Person',
      '1,call,Lost,D2,',
      '2,call,Both,D1,ada@example.com',
    );
    const done = await send(file);
    expect(done.totals).toEqual(totals(0, 0, 0, 2));
    const [lost, both] = await listed(`/v1/imports/${done.id}/errors`);
    const pointer = '/links/recordId';
    expect(lost.errors).toMatchObject([{ pointer, code: 'reference' }]);
    expect(both.errors).toMatchObject([{ pointer, code: 'oneOf' }]);
  });
});
