import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { runImport, startWorker } from '../support/imports.js';
import { bookedRows, euros, netOf, RATES, RETAIL, retailFile } from '../support/retail.js';
import { retailRows, salesBy, textOf } from '../support/retail.js';
import type { RetailRow } from '../support/retail.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/**
 * Two years of a shop, brought in from a file, and what its owner asks of them. Every figure is
 * worked out again here, from the rows of the file.
 */
let server: TestServer;
let worker: INestApplicationContext;
let shop: Client;

const ROWS = retailRows(180);
const DAYS = 'from=2024-01-01&to=2025-12-31';

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
  shop = await server.createWorkspace('Cups and more');
  await shop.expect(200, 'PUT', '/v1/exchange-rates', { rates: RATES });
  const done = await runImport(shop, { options: RETAIL, file: retailFile(ROWS), name: 'shop.csv' });
  expect(done.totals).toMatchObject({ read: ROWS.length, failed: 0 });
}, 90_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

const report = async (path: string, client = shop) =>
  (await client.expect(200, 'GET', `/v1/reports/${path}`)).body;
const ask = async (body: object, client = shop) =>
  (await client.expect(200, 'POST', '/v1/reports/query', body)).body;
const refused = async (body: object, client = shop) =>
  (await client.expect(422, 'POST', '/v1/reports/query', body)).body.errors;
const make = async (path: string, body: object, client = shop) =>
  (await client.expect(201, 'POST', path, body)).body;

const customerOf = ({ customer }: RetailRow) => customer;
const monthOf = ({ date }: RetailRow) => date.slice(0, 7);

describe('sales', () => {
  test.each([
    ['month', monthOf],
    ['country', ({ country }: RetailRow) => country],
    ['customer', customerOf],
    ['day', ({ date }: RetailRow) => date],
    ['year', ({ date }: RetailRow) => date.slice(0, 4)],
  ] as const)(
    'by %s are what an accountant makes of the file: no drafts, nothing cancelled, less what was credited',
    async (by, keyOf) => {
      const { rows, total, truncated } = await report(`sales?by=${by}&${DAYS}&limit=1000`);
      const keyed = rows.map(({ key, name, ...sums }: { key: string; name?: string }) => [
        by === 'customer' ? name : key,
        sums,
      ]);
      expect(new Map(keyed)).toEqual(salesBy(ROWS, keyOf));
      expect(total).toEqual(salesBy(ROWS, () => 'all').get('all'));
      expect(truncated).toBe(false);
    },
  );

  test('by product have quantities too, and come best first', async () => {
    const { rows, total } = await report(`sales?by=product&${DAYS}`);
    for (const { sku, lines, quantity, revenue } of rows) {
      const own = bookedRows(ROWS).filter((row) => row.sku === sku);
      expect([lines, quantity, revenue]).toEqual([
        own.length,
        String(own.reduce((sum, row) => sum + row.quantity, 0)),
        euros(own),
      ]);
    }
    expect(rows).toHaveLength(6);
    const revenues = rows.map(({ revenue }: { revenue: string }) => Number(revenue));
    expect(revenues).toEqual([...revenues].sort((a, b) => b - a));
    expect(total.revenue).toBe(euros(bookedRows(ROWS)));
  });

  test('in foreign money are at the rate of each day, and what has none is told and not added', async () => {
    const { rates, unconverted, currency } = await report(`sales?${DAYS}`);
    expect(currency).toBe('EUR');
    expect(rates).toEqual(RATES);
    const pounds = ROWS.filter((row) => row.currency === 'GBP');
    const amount = textOf(pounds.reduce((sum, row) => sum + netOf(row), 0n));
    expect(unconverted).toEqual([{ currency: 'GBP', records: 1, amount }]);
    const sterling = await report(`sales?${DAYS}&currency=gbp`);
    expect(sterling.total.revenue).toBe(amount);
    expect(sterling.unconverted.map((item: { currency: string }) => item.currency)).toEqual([
      ...['EUR', 'USD'],
    ]);
  });

  test('of a few days are those of these days, both among them', async () => {
    const { total } = await report('sales?by=week&from=2024-02-29&to=2024-03-31');
    const inside = ROWS.filter(({ date }) => date >= '2024-02-29' && date <= '2024-03-31');
    expect(total).toEqual(salesBy(inside, () => 'all').get('all'));
  });

  test('go down when something comes back, at once', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const company = await make('/v1/companies', { name: 'Returner' });
    const lines = [{ name: 'Cup', quantity: '3', unitPrice: '20', taxRate: '19' }];
    const order = await make('/v1/orders', { companyId: company.id, lines, shippingCosts: '5' });
    const sales = async () => (await report(`sales?by=customer&from=${today}`)).total;
    expect(await sales()).toMatchObject({ orders: 0, revenue: '0.00' });
    const path = `/v1/orders/${order.id}`;
    await shop.expect(200, 'POST', `${path}/confirm`, {});
    expect(await sales()).toMatchObject({ orders: 1, revenue: '60.00', credited: '0.00' });
    await shop.expect(200, 'POST', `${path}/fulfil`, {});
    const back = [{ lineId: order.lines[0].id, quantity: '1' }];
    await make(`${path}/returns`, { lines: back, reason: 'Cracked' });
    expect(await sales()).toEqual({
      ...{ orders: 1, creditNotes: 1, revenue: '40.00', credited: '-20.00' },
    });
  });
});

describe('customers', () => {
  const orders = (): RetailRow[] => bookedRows(ROWS).filter(({ kind }) => kind === 'order');

  test('come back as their cohorts say', async () => {
    const first = new Map<string, string>();
    for (const row of orders()) {
      const known = first.get(row.customer);
      if (known === undefined || monthOf(row) < known) first.set(row.customer, monthOf(row));
    }
    const since = (cohort: string, month: string): number =>
      (Number(month.slice(0, 4)) - Number(cohort.slice(0, 4))) * 12 +
      Number(month.slice(5)) -
      Number(cohort.slice(5));
    const { rows } = await report(`cohorts?${DAYS}&months=6`);
    const expected: object[] = [];
    for (const cohort of [...new Set(first.values())].sort()) {
      const members = [...first].filter(([, month]) => month === cohort).map(([name]) => name);
      for (let month = 0; month <= 6; month += 1) {
        const own = bookedRows(ROWS).filter(
          (row) => members.includes(row.customer) && since(cohort, monthOf(row)) === month,
        );
        if (own.length === 0) continue;
        const buying = own.filter(({ kind }) => kind === 'order').map(customerOf);
        const customers = new Set(buying).size;
        const retention = (Math.round((customers * 1000) / members.length) / 10).toFixed(1);
        expected.push({
          ...{ cohort, size: members.length, month, customers, retention, revenue: euros(own) },
        });
      }
    }
    expect(rows).toEqual(expected);
  });

  test('are scored from 1 to 5 by how lately, how often and for how much they buy', async () => {
    const query = `rfm?to=2025-12-31&limit=100`;
    const { rows } = await report(`${query}&by=customer`);
    const known = rows.map((row: { name: string }) => {
      const own = bookedRows(ROWS).filter(({ customer }) => customer === row.name);
      const bought = own.filter(({ kind }) => kind === 'order');
      const last = bought
        .map(({ date }) => date)
        .sort()
        .at(-1) as string;
      const revenue = euros(own);
      return {
        ...{ row, last, revenue },
        orders: new Set(bought.map(({ invoice }) => invoice)).size,
      };
    });
    expect(known.length).toBe(new Set(orders().map(customerOf)).size);
    const score = <T>(list: T[], value: T): number => {
      const below = list.filter((other) => other < value).length;
      return Math.min(5, 1 + Math.floor((5 * below) / (list.length - 1)));
    };
    for (const { row, last, revenue, orders: count } of known) {
      expect(row).toMatchObject({
        ...{ orders: count, revenue },
        r: score(
          known.map((item: { last: string }) => item.last),
          last,
        ),
        f: score(
          known.map((item: { orders: number }) => item.orders),
          count,
        ),
        m: score(
          known.map((item: { revenue: string }) => Number(item.revenue)),
          Number(revenue),
        ),
      });
    }
    const groups = await report(query);
    expect(groups.customers).toBe(known.length);
    for (const { group, customers, revenue } of groups.rows) {
      const own = rows.filter((row: { group: string }) => row.group === group);
      expect(own).toHaveLength(customers);
      const cents = own.reduce(
        (sum: number, row: { revenue: string }) => sum + Number(row.revenue),
        0,
      );
      expect(Math.abs(cents - Number(revenue))).toBeLessThan(0.05);
    }
    const scores = await report(`${query}&by=score`);
    const all = scores.rows.reduce(
      (sum: number, row: { customers: number }) => sum + row.customers,
      0,
    );
    expect(all).toBe(known.length);
  });

  test('are worth what they have spent so far', async () => {
    const { rows, summary, truncated } = await report('lifetime-value?to=2025-12-31&limit=5');
    expect([rows.length, truncated]).toEqual([5, true]);
    for (const row of rows) {
      const own = bookedRows(ROWS).filter(({ customer }) => customer === row.name);
      const dates = own
        .filter(({ kind }) => kind === 'order')
        .map(({ date }) => date)
        .sort();
      expect(row).toMatchObject({
        ...{ revenue: euros(own), firstOrder: dates[0], lastOrder: dates.at(-1) },
      });
    }
    const customers = new Set(orders().map(customerOf));
    const own = bookedRows(ROWS).filter(({ customer }) => customers.has(customer));
    const invoices = new Set(orders().map(({ invoice }) => invoice)).size;
    expect(summary).toMatchObject({
      customers: customers.size,
      orders: invoices,
      revenue: euros(own),
    });
  });
});

describe('any question', () => {
  const where = { field: 'status', op: 'nin', value: ['draft', 'cancelled'] };
  const revenue = { measure: 'sum', field: 'net', as: 'revenue' };

  test('of lines by fields of their orders and those of their customers', async () => {
    const { rows, columns } = await ask({
      ...{ object: 'orderLines', where, measures: [revenue, { measure: 'count' }] },
      dimensions: [{ field: 'order.company.address.country', as: 'country' }],
    });
    const groups = Map.groupBy(
      bookedRows(ROWS),
      ({ country, currency }) => `${country} ${currency}`,
    );
    const expected = [...groups].sort().map(([key, own]) => {
      const [country, currency] = key.split(' ');
      const cents = own.reduce((sum, row) => sum + netOf(row), 0n);
      return { country, currency, revenue: textOf(cents), count: own.length };
    });
    expect(rows.filter(({ country }: { country: string }) => country !== null)).toEqual(expected);
    expect(columns.map(({ name, kind }: { name: string; kind: string }) => [name, kind])).toEqual([
      ...[
        ['country', 'dimension'],
        ['currency', 'dimension'],
      ],
      ...[
        ['revenue', 'measure'],
        ['count', 'measure'],
      ],
    ]);
  });

  test('of money is never a sum of several currencies: each has its own, or all are converted', async () => {
    const total = { object: 'orders', measures: [{ measure: 'sum', field: 'total' }] };
    const dated = { field: 'orderDate', op: 'lte', value: '2025-12-31' };
    const own = await ask({ ...total, where: dated });
    const sum = (currency: string) =>
      textOf(
        ROWS.filter((row) => row.currency === currency).reduce(
          (cents, row) => cents + netOf(row),
          0n,
        ),
      );
    expect(own.rows).toEqual(
      ['EUR', 'GBP', 'USD'].map((currency) => ({ currency, 'sum(total)': sum(currency) })),
    );
    const converted = await ask({ ...total, where: dated, currency: 'EUR' });
    const dollars = ROWS.filter((row) => row.currency === 'USD');
    const cents = dollars.reduce((all, row) => all + netOf(row), 0n);
    const eurosOwn = ROWS.filter((row) => row.currency === 'EUR').reduce(
      (all, row) => all + netOf(row),
      0n,
    );
    expect(converted.rows).toEqual([
      { 'sum(total)': ((Number(eurosOwn) + Math.round(Number(cents) * 0.8)) / 100).toFixed(2) },
    ]);
    expect(converted.unconverted).toEqual([{ currency: 'GBP', records: 1 }]);
    expect(converted.rates).toEqual([RATES[1]]);
    const mixed = {
      measures: [
        { measure: 'sum', field: 'amount' },
        { measure: 'sum', field: 'amountInBase' },
      ],
    };
    const [error] = await refused({ object: 'deals', ...mixed });
    expect(error).toMatchObject({ pointer: '/measures', code: 'currencies' });
    expect(error.detail).toContain('give `currency`');
  });

  test('is kept until something it is made of changes', async () => {
    const query = { object: 'companies', measures: [{ measure: 'count' }] };
    const get = () => shop.expect(200, 'POST', '/v1/reports/query', query);
    const first = await get();
    const again = await get();
    expect(again.headers.get('x-cache')).toBe('hit');
    expect(again.body).toEqual(first.body);
    await make('/v1/companies', { name: 'One more' });
    const after = await get();
    expect(after.headers.get('x-cache')).toBe('miss');
    expect(after.body.rows[0].count).toBe(first.body.rows[0].count + 1);
  });

  test('tells that there are more groups than were asked for', async () => {
    const query = { object: 'orders', measures: [{ measure: 'count' }] };
    const dimensions = [{ field: 'reference' }];
    const { rows, truncated } = await ask({ ...query, dimensions, limit: 10 });
    expect([rows.length, truncated]).toEqual([10, true]);
    expect((await ask({ ...query, dimensions })).truncated).toBe(false);
    const [error] = await refused({ ...query, dimensions, limit: 10_001 });
    expect(error).toMatchObject({ pointer: '/limit', code: 'range' });
  });

  test('is told what it names that there is not, and what goes', async () => {
    const errors = await refused({
      object: 'orders',
      measures: [
        { measure: 'sum', field: 'status' },
        { measure: 'sum', field: 'totl' },
      ],
      dimensions: [{ field: 'createdAt' }, { field: 'status', by: 'month' }],
    });
    const told = errors.map(({ pointer, detail }: { pointer: string; detail: string }) => [
      pointer,
      detail,
    ]);
    expect(told).toEqual([
      [
        '/dimensions/0/by',
        'must be given, for createdAt is a time: day, week, month, quarter or year',
      ],
      ['/dimensions/1/by', 'is for dates and times; status is neither'],
      [
        '/measures/0/measure',
        'sum does not go with status, which is a select: it takes count, distinct',
      ],
      ['/measures/1/field', expect.stringContaining('Did you mean total?')],
    ]);
    const shape = await refused({
      ...{
        object: 'orders',
        measures: [{ measure: 'mode' }],
        limit: 0,
        having: 1,
        timeZone: 'Mars',
      },
      dimensions: [{ field: 'status' }, { field: 'status' }],
    });
    expect(shape.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      ...['/having', '/measures/0/measure', '/measures/0/field', '/timeZone', '/limit'],
      '/dimensions/1',
    ]);
    const count = { measures: [{ measure: 'count' }] };
    expect(await refused({ object: 'nothing', ...count })).toMatchObject([{ pointer: '/object' }]);
    expect(await refused({ object: 'orders', ...count, sort: ['-revenue'] })).toMatchObject([
      { pointer: '/sort/0', code: 'unknownColumn' },
    ]);
    expect(await refused({ object: 'orders', measures: [] })).toMatchObject([
      { pointer: '/measures' },
    ]);
    const filter = { field: 'nothing', op: 'eq', value: 1 };
    await shop.expect(400, 'POST', '/v1/reports/query', {
      object: 'orders',
      ...count,
      where: filter,
    });
  });

  test('can be had as CSV, which no spreadsheet runs', async () => {
    await make('/v1/companies', {
      name: '=HYPERLINK("http://evil.example")',
      industry: 'Spam, "and" more',
    });
    const query = {
      ...{ object: 'companies', measures: [{ measure: 'count' }] },
      where: { field: 'industry', op: 'isNull', value: false },
      dimensions: [{ field: 'name' }, { field: 'industry' }],
    };
    const csv = await shop.expect(200, 'POST', '/v1/reports/query?format=csv', query);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.text).toBe(
      'name,industry,count\r\n"\'=HYPERLINK(""http://evil.example"")","Spam, ""and"" more",1\r\n',
    );
    const accepted = await shop.expect(200, 'POST', '/v1/reports/query', query, {
      accept: 'text/csv',
    });
    expect(accepted.text).toBe(csv.text);
    const sales = await shop.expect(200, 'GET', `/v1/reports/sales?by=year&${DAYS}&format=csv`);
    const years = salesBy(ROWS, ({ date }) => date.slice(0, 4));
    const lines = ['2024', '2025'].map((year) => {
      const { orders, creditNotes, revenue: sum, credited } = years.get(year) ?? ({} as never);
      return `${year},${orders},${creditNotes},${sum},${credited}\r\n`;
    });
    expect(sales.text).toBe(`key,orders,creditNotes,revenue,credited\r\n${lines.join('')}`);
    await shop.expect(400, 'GET', '/v1/reports/sales?format=xml');
  });
});
