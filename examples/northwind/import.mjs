// npm run -s example:northwind [-- <folder of Northwind's CSV files>]
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvLine, rowsOf } from '../support/csv.mjs';
import { call, exported, get, importFile } from '../support/keel.mjs';
import { cents, centsOf, percentOf, units } from '../support/money.mjs';
import { compare, Sums } from '../support/sums.mjs';

const here = import.meta.dirname;
const folder = process.argv[2] ?? join(here, '../../../shared/data/northwind');

async function read(name) {
  const rows = [];
  for await (const { row } of rowsOf(join(folder, name))) rows.push(row);
  return rows;
}

/** Employees become users, who own their orders. @returns employee to e-mail address. */
async function importEmployees() {
  const { data } = await get('/v1/users?limit=500');
  const known = new Set(data.map(({ email }) => email));
  const emails = {};
  for (const { employee_id: id, first_name: first, last_name: last } of await read(
    'employees.csv',
  )) {
    emails[id] = `${first}.${last}@northwind.example`.toLowerCase();
    if (known.has(emails[id])) continue;
    await call('POST', '/v1/users', {
      email: emails[id],
      name: `${first} ${last}`,
      roles: ['member'],
    });
  }
  console.log(`employees.csv -> users: ${Object.keys(emails).length}`);
  return emails;
}

/** One flat file of order lines, each with what is said of its order. */
async function joinLines(target, orders, details) {
  const byId = new Map(orders.map((order) => [order.order_id, order]));
  const rows = details.map((detail) => ({ ...byId.get(detail.order_id), ...detail }));
  const headers = Object.keys(rows[0]);
  const lines = rows.map((row) => csvLine(headers.map((name) => row[name])));
  await writeFile(target, [csvLine(headers), ...lines, ''].join('\n'));
}

/** Straight from the files. */
function sumFiles(orders, details) {
  const sums = new Sums();
  const byId = new Map(orders.map((order) => [order.order_id, order]));
  for (const detail of details) {
    const { ship_country: country, order_date: date } = byId.get(detail.order_id);
    const quantity = units(detail.quantity);
    const gross = cents(quantity, units(detail.unit_price));
    const amount = gross - percentOf(gross, units(detail.discount) * 100n);
    const product = `NW-${detail.product_id}`;
    sums.add({ country: CODES[country], month: date.slice(0, 7), product, quantity, amount });
  }
  return sums;
}

const CODES = {
  ...{ Argentina: 'AR', Austria: 'AT', Belgium: 'BE', Brazil: 'BR', Canada: 'CA', Denmark: 'DK' },
  ...{ Finland: 'FI', France: 'FR', Germany: 'DE', Ireland: 'IE', Italy: 'IT', Mexico: 'MX' },
  ...{ Norway: 'NO', Poland: 'PL', Portugal: 'PT', Spain: 'ES', Sweden: 'SE', Switzerland: 'CH' },
  ...{ UK: 'GB', USA: 'US', Venezuela: 'VE' },
};

/** From the API: the orders whose references are Northwind's. */
async function sumOrders() {
  const sums = new Sums();
  const path = '/v1/orders/export?format=ndjson&filter[reference][startsWith]=NW-';
  for await (const { orderDate, shippingAddress, lines } of exported(path)) {
    for (const { sku, quantity, net } of lines) {
      const [country, month] = [shippingAddress.country, orderDate.slice(0, 7)];
      const line = { product: sku, quantity: units(quantity), amount: centsOf(net) };
      sums.add({ country, month, ...line });
    }
  }
  return sums;
}

const [orders, details] = [await read('orders.csv'), await read('order_details.csv')];
const scratch = await mkdtemp(join(tmpdir(), 'keel-northwind-'));
try {
  const ownerId = await importEmployees();
  await importFile(join(folder, 'categories.csv'), join(here, 'categories.json'));
  await importFile(join(folder, 'products.csv'), join(here, 'products.json'));
  await importFile(join(folder, 'customers.csv'), join(here, 'companies.json'));
  await importFile(join(folder, 'customers.csv'), join(here, 'contacts.json'));
  const lines = join(scratch, 'order_lines.csv');
  await joinLines(lines, orders, details);
  await importFile(lines, join(here, 'orders.json'), { ownerId });
} finally {
  await rm(scratch, { recursive: true });
}
process.exitCode = compare(sumFiles(orders, details), await sumOrders()) ? 0 : 1;
