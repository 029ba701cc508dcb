import { DAYS } from './calendar.js';
import { MANY, pickGoods, pickMachine, pickService, unitPrice } from './catalogue.js';
import type { Product } from './catalogue.js';
import { companyOf } from './companies.js';
import type { Company } from './companies.js';
import { deciderOf } from './contacts.js';
import type { Dice } from './dice.js';
import { idOf } from './plan.js';
import type { PlannedOrder, SeedPlan } from './plan.js';
import type { Row } from './table.js';
import { CURRENCIES } from './world/index.js';

interface Line {
  product: Product;
  quantity: number;
  price: string;
  discount: string | null;
  taxRate: string;
}

/** Days after which goods come back. */
const RETURNED_AFTER = 14;
const RETURNED = 0.02;
const CANCELLED = 0.03;

export const ORDER_COLUMNS = {
  seed: 'externalIds.seed',
  reference: 'reference',
  kind: 'kind',
  status: 'status',
  date: 'orderDate',
  company: 'company.externalIds.seed',
  contact: 'contact.externalIds.seed',
  currency: 'currency',
  street: ['shippingAddress.street', 'billingAddress.street'],
  city: ['shippingAddress.city', 'billingAddress.city'],
  region: ['shippingAddress.region', 'billingAddress.region'],
  postal_code: ['shippingAddress.postalCode', 'billingAddress.postalCode'],
  country: ['shippingAddress.country', 'billingAddress.country'],
  shipping_costs: 'shippingCosts',
  shipping_tax: 'shippingTaxRate',
  notes: 'notes',
  owner: 'ownerId',
  created: 'createdAt',
  sku: 'lines.product.sku',
  quantity: 'lines.quantity',
  price: 'lines.unitPrice',
  discount: 'lines.discountPercent',
  tax: 'lines.taxRate',
} as const;

/** Columns that only the first row of an order fills: the others give a line each. */
const HEAD = Object.keys(ORDER_COLUMNS).indexOf('sku');

/** A row for each line of the year's orders and credit notes, day by day. */
export function* orderRows(plan: SeedPlan): Generator<Row> {
  for (let day = 0; day < DAYS; day += 1) {
    for (const order of plan.orders(day, day)) yield* rowsOfOrder(plan, order);
    if (day < RETURNED_AFTER) continue;
    for (const order of plan.orders(day - RETURNED_AFTER, day - RETURNED_AFTER)) {
      if (isReturned(plan, order)) yield* rowsOfCreditNote(plan, order, day);
    }
  }
}

/** Draft of the newest days; what is older has been delivered, and long ago closed or cancelled. */
export function statusOf(plan: SeedPlan, { index, day }: PlannedOrder): string {
  const dice = plan.dice('order-status', index);
  const age = DAYS - 1 - day;
  if (age < 3) return 'draft';
  if (dice.chance(CANCELLED)) return 'cancelled';
  if (age < 7) return dice.chance(0.5) ? 'fulfilled' : 'draft';
  return age < 30 ? 'fulfilled' : 'closed';
}

const isReturned = (plan: SeedPlan, order: PlannedOrder): boolean =>
  ['fulfilled', 'closed'].includes(statusOf(plan, order)) &&
  plan.dice('return', order.index).chance(RETURNED);

export const referenceOf = (plan: SeedPlan, { index, day }: PlannedOrder): string =>
  `SO-${plan.calendar.date(day).slice(0, 4)}-${String(index + 1).padStart(6, '0')}`;

function* rowsOfOrder(plan: SeedPlan, order: PlannedOrder): Generator<Row> {
  const company = companyOf(plan, order.company);
  const dice = plan.dice('order', order.index);
  const lines = linesOf(plan, order.index, company);
  const status = statusOf(plan, order);
  const hasMachine = lines.some(({ product }) => product.isMachine);
  const shipping =
    hasMachine || lines.length > 3 ? 0 : 9.9 * CURRENCIES[company.country.currency].start;
  const head: Row = [
    ...[idOf('o', order.index), referenceOf(plan, order), 'order'],
    // Orders begin as drafts; one that has been confirmed since is not to be told otherwise.
    ...[status === 'draft' ? null : status, plan.calendar.date(order.day)],
    ...partiesOf(plan, company),
    ...[shipping.toFixed(2), company.country.taxRate],
    dice.chance(0.08) ? dice.pick(NOTES) : null,
    company.owner.email,
    plan.calendar.past(order.day, dice.between(6, 17), dice.below(60)),
  ];
  yield* withLines(head, lines);
}

const NOTES = [
  'Please deliver before 9 a.m.',
  'Ring at the back door.',
  'Call before installation.',
  'Partial delivery is fine.',
  'Invoice to head office.',
];

/** What comes back: some pieces of the first line. */
function* rowsOfCreditNote(plan: SeedPlan, order: PlannedOrder, day: number): Generator<Row> {
  const company = companyOf(plan, order.company);
  const [line] = linesOf(plan, order.index, company) as [Line];
  const quantity = -Math.max(1, Math.floor(line.quantity / 3));
  const head: Row = [
    ...[
      idOf('r', order.index),
      referenceOf(plan, order).replace('SO', 'CN'),
      'creditNote',
      'closed',
    ],
    ...[plan.calendar.date(day), ...partiesOf(plan, company), '0.00', '0'],
    `Return from ${referenceOf(plan, order)}`,
    company.owner.email,
    plan.calendar.past(day, 10, order.index % 60),
  ];
  yield* withLines(head, [{ ...line, quantity }]);
}

function partiesOf(plan: SeedPlan, company: Company): Row {
  const { street, city, region, postalCode, country } = company.address;
  return [
    ...[company.id, deciderOf(plan, company.index), company.country.currency],
    ...[street, city, region, postalCode, country],
  ];
}

function* withLines(head: Row, lines: readonly Line[]): Generator<Row> {
  const rest: Row = [head[0] as string, ...Array.from({ length: HEAD - 1 }, () => null)];
  for (const [place, { product, quantity, price, discount, taxRate }] of lines.entries()) {
    yield [...(place === 0 ? head : rest), product.sku, quantity, price, discount, taxRate];
  }
}

function linesOf(plan: SeedPlan, index: number, company: Company): Line[] {
  const dice = plan.dice('lines', index);
  // Larger houses order more of everything.
  const size = 1 + Math.sqrt(company.employees) / 3;
  const products: Product[] = [];
  if (dice.chance(0.07)) products.push(pickMachine(dice));
  if (dice.chance(0.04)) products.push(pickService(dice));
  const count = products.length > 0 ? dice.below(3) : 1 + Math.floor(5 * dice.next() ** 1.6);
  while (products.length < count || products.length === 0) products.push(pickGoods(dice));
  const distinct = [...new Set(products)];
  return distinct.map((product) => lineOf(dice, product, company, size));
}

/** Percent, for what costs much. */
const SMALL_DISCOUNTS: Record<string, number> = { 0: 9, 2: 1 };
const DISCOUNTS: Record<string, number> = { 0: 6, 3: 2, 5: 2, 10: 1 };

function lineOf(dice: Dice, product: Product, { country }: Company, size: number): Line {
  const isSingle = product.isMachine || product.isService;
  const quantity = isSingle
    ? 1 + Math.floor(dice.next() ** 5 * 3)
    : Math.max(1, Math.round(dice.between(2, 14) * size));
  const isDear = isSingle || quantity >= MANY;
  const percent = dice.weighted(isDear ? DISCOUNTS : SMALL_DISCOUNTS);
  return {
    ...{ product, quantity, price: unitPrice(product, country.currency, quantity) },
    discount: percent === '0' ? null : percent,
    taxRate: country.code === 'DE' ? product.taxRate : '0',
  };
}

/** What a customer pays for an order. */
export interface Payment {
  reference: string;
  /** Half of it for now. */
  isPart: boolean;
  /** RFC 3339. */
  paidAt: string;
}

/** Payments, which are deeds that go one by one: of the newest orders that are due, most of them. */
export function paidOrders(plan: SeedPlan): Payment[] {
  const paid: Payment[] = [];
  const most = plan.counts.payments;
  for (let day = DAYS - 4; day >= 0 && paid.length < most; day -= 1) {
    for (const order of plan.orders(day, day)) {
      const dice = plan.dice('payment', order.index);
      const after = Math.round(3 + dice.next() * 27);
      // Of long ago, nearly all is paid; of the last weeks, what was paid soon.
      const isPaid = day + after < DAYS && !dice.chance(0.03);
      if (!isPaid || !['fulfilled', 'closed'].includes(statusOf(plan, order))) continue;
      const paidAt = plan.calendar.time(plan.calendar.workdayBefore(day + after), 9, 0);
      paid.push({ reference: referenceOf(plan, order), isPart: dice.chance(0.04), paidAt });
    }
  }
  return paid.slice(0, most);
}

/** References of drafts that the house has confirmed. */
export function confirmedOrders(plan: SeedPlan): string[] {
  const drafts = [...plan.orders(DAYS - 7)].filter((order) => statusOf(plan, order) === 'draft');
  return drafts
    .slice(0, Math.min(drafts.length >> 1, plan.counts.deeds >> 1))
    .map((order) => referenceOf(plan, order));
}
