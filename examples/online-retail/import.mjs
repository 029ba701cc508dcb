// npm run -s example:online-retail [-- <online-retail.csv.gz>]
import { join } from 'node:path';
import { rowsOf } from '../support/csv.mjs';
import { ensureProperty, exported, importFile, rejectedRows } from '../support/keel.mjs';
import { cents, centsOf, moneyText, units } from '../support/money.mjs';
import { compare, Sums } from '../support/sums.mjs';

const here = import.meta.dirname;
const file = process.argv[2] ?? join(here, '../../../shared/data/online-retail.csv.gz');

/** Why an accountant books a line elsewhere; undefined for sales and what is taken back of them. */
function reasonToLeaveOut({ InvoiceNo, StockCode, UnitPrice, Quantity, CustomerID }) {
  if (InvoiceNo.startsWith('A')) return 'bad debt';
  const price = units(UnitPrice);
  if (price === 0n && CustomerID === '') return 'stock count';
  if (['AMAZONFEE', 'BANK CHARGES'].includes(StockCode) && CustomerID === '') return 'fee';
  if (StockCode === 'S' && CustomerID === '') return 'samples';
  return units(Quantity) === 0n || price < 0n ? 'adjustment' : undefined;
}

/** Straight from the file: sums of what is booked, and the lines that are not. */
async function sumFile() {
  const sums = new Sums();
  const left = new Map();
  for await (const { line, row } of rowsOf(file)) {
    const [quantity, price] = [units(row.Quantity), units(row.UnitPrice)];
    const amount = cents(quantity, price);
    const reason = reasonToLeaveOut(row);
    if (reason) left.set(line, { reason, amount });
    else {
      const month = row.InvoiceDate.slice(0, 7);
      sums.add({ country: row.Country, month, product: row.StockCode, quantity, amount });
    }
  }
  return { sums, left };
}

/** From the API: every line of every order and credit note. */
async function sumOrders() {
  const sums = new Sums();
  const path = '/v1/orders/export?format=ndjson&filter[custom.market][isNull]=false';
  for await (const { orderDate, custom, lines } of exported(path)) {
    for (const { sku, quantity, net } of lines) {
      const amount = centsOf(net);
      const month = orderDate.slice(0, 7);
      sums.add({ country: custom.market, month, product: sku, quantity: units(quantity), amount });
    }
  }
  return sums;
}

/** Lists what was left out by reason, and checks that it is what the accountant says. */
async function checkLeftOut(id, left) {
  const reasons = new Map();
  let isSame = true;
  for await (const { line, errors } of rejectedRows(id)) {
    const { amount = 0n } = left.get(line) ?? {};
    isSame &&= left.delete(line);
    const sum = reasons.get(errors[0].detail) ?? { lines: 0, amount: 0n };
    reasons.set(errors[0].detail, { lines: sum.lines + 1, amount: sum.amount + amount });
  }
  for (const [reason, sum] of reasons) {
    console.log(
      `  ${String(sum.lines).padStart(6)} lines, ${moneyText(sum.amount).padStart(12)}: ${reason}`,
    );
  }
  isSame &&= left.size === 0;
  console.log(
    isSame ? 'lines left out: as expected' : `lines left out: NOT as expected (${left.size})`,
  );
  return isSame;
}

await ensureProperty('orders', { name: 'market', label: 'Market', type: 'text' });
const done = await importFile(file, join(here, 'orders.json'));
const { sums, left } = await sumFile();
const isComplete = await checkLeftOut(done.id, left);
const isSame = compare(sums, await sumOrders());
process.exitCode = isComplete && isSame ? 0 : 1;
