// npm run bench -- --reports: every report over the invoice lines of a shop's year, each worked out
// anew, against a second.
import { readFileSync } from 'node:fs';
import { here } from './generators.mjs';
import { importRows, indexed } from './imports.mjs';
import { answers, withKept } from './kept.mjs';

const MOST = 1000;
const RETAIL = here('../../shared/data/online-retail.csv.gz');
const OPTIONS = here('../examples/online-retail/orders.json');
const YEAR = 'from=2010-12-01&to=2011-12-31';

/** Runs it and returns the results. */
export const reports = ({ rounds, file = RETAIL }) =>
  withKept(
    'reports',
    (keel, sql) => fill(keel, sql, file),
    (keel) => answers(keel, { ...READY, ...QUERIES }, rounds, MOST),
  );

/** As the example does it. */
async function fill(keel, sql, file) {
  const market = { name: 'market', label: 'Market', type: 'text' };
  await keel.call('POST', '/v1/properties/orders', market);
  const rates = [{ from: 'GBP', to: 'EUR', date: '2010-01-01', rate: '1.15' }];
  await keel.call('PUT', '/v1/exchange-rates', { rates });
  const options = JSON.parse(readFileSync(OPTIONS, 'utf8'));
  const { seconds, totals } = await importRows(keel, file, options);
  await indexed(sql);
  console.log(`${totals.read} lines: imported in ${Math.round(seconds)} s`);
}

const ready = (name, by = [''], more = '') =>
  by.map((key) => {
    const path = `/v1/reports/${name}?${YEAR}${key === '' ? '' : `&by=${key}`}${more}`;
    return [`${name}${key === '' ? '' : ` by ${key}`}${more.replaceAll('&', ' ')}`, { path }];
  });

/** Those over orders. Deals, tickets and campaigns, which the rest is about, a shop's file has none. */
const PERIODS = ['day', 'week', 'month', 'quarter', 'year'];
const READY = Object.fromEntries([
  ...ready('sales', ['product', 'country', 'customer', 'owner', ...PERIODS], '&currency=GBP'),
  ...ready('sales', ['product', 'month'], '&currency=EUR'),
  ...ready('cohorts', [''], '&currency=GBP'),
  ...ready('rfm', ['group', 'score', 'customer'], '&currency=GBP'),
  ...ready('lifetime-value', [''], '&currency=GBP'),
]);

const revenue = { measure: 'sum', field: 'net', as: 'revenue' };
const count = { measure: 'count' };
const distinct = (field) => ({ measure: 'distinct', field });
const every = (field) =>
  ['count', 'distinct', 'sum', 'avg', 'median', 'min', 'max'].map((measure) => ({
    measure,
    field,
  }));
const lines = (measures, dimensions = [], more = {}) => ({
  path: '/v1/reports/query',
  body: {
    ...{ object: 'orderLines', measures, limit: 10_000, timeZone: 'Europe/London' },
    dimensions: dimensions.map((item) => (typeof item === 'string' ? { field: item } : item)),
    ...more,
  },
});
const by = (period, field = 'orderDate') => ({ field, by: period });
const booked = { field: 'status', op: 'nin', value: ['draft', 'cancelled'] };

const QUERIES = {
  'distinct orders and revenue by month': lines([revenue, distinct('orderId')], [by('month')], {
    where: booked,
  }),
  'median by quarter': lines([{ measure: 'median', field: 'net' }], [by('quarter')]),
  'revenue by market and product': lines([revenue], ['order.custom.market', 'product.sku']),
  'all measures at once': lines(every('net')),
  'all measures by month': lines(every('net'), [by('month')]),
  'distinct products and orders by week': lines(
    [distinct('productId'), distinct('orderId')],
    [by('week')],
  ),
  'mean quantity by day': lines([{ measure: 'avg', field: 'quantity' }], [by('day')]),
  'revenue by the day an order was made, in a time zone': lines(
    [revenue],
    [by('day', 'order.createdAt')],
  ),
  'revenue by country of the customer and quarter': lines(
    [revenue, count],
    ['order.company.address.country', by('quarter')],
  ),
  'revenue by customer, in another currency': lines([revenue], ['order.company.name'], {
    currency: 'EUR',
    sort: ['-revenue'],
  }),
  'distinct customers by product': lines([distinct('order.companyId')], ['product.name']),
  'revenue by product and month': lines([revenue], ['name', by('month')]),
  'lines of what is called so, by market': lines([count, revenue], ['order.custom.market'], {
    where: { field: 'name', op: 'contains', value: 'heart' },
  }),
  'orders by status and month': {
    path: '/v1/reports/query',
    body: {
      object: 'orders',
      measures: [count, ...every('total')],
      dimensions: [{ field: 'custom.market' }, by('month')],
    },
  },
};
