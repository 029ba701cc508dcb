import { dividedBy, rescaled, textOf, unitsOf } from '../../common/exact-decimal.js';
import { minorUnits } from '../../common/values/currency.js';

/**
 * The one place that works out what an order costs.
 *
 * The rounding rule: each amount of a line is rounded on its own to the currency's smallest unit
 * (cents for EUR, whole yen for JPY), halves away from zero, so that -0.125 becomes -0.13 as 0.125
 * becomes 0.13. Totals are sums of rounded amounts and are never rounded again: what a customer adds
 * up on paper is what the order says.
 *
 *     gross    = quantity × unit price
 *     discount = percent of gross, or the amount given for the whole line
 *     net      = gross - discount
 *     tax      = tax rate of net, on top
 *     total    = net + tax
 */

/** What a line's amounts follow from; decimal texts of up to 4 decimals. */
export interface LineTerms {
  quantity: string;
  unitPrice: string;
  /** Percent. */
  discountPercent: string | null;
  /** Off the whole line, in its currency; it counts against the sign of the quantity. */
  discountAmount: string | null;
  /** Percent, on top of the net amount. */
  taxRate: string | null;
}

/** Amounts of a line, with the currency's decimals. */
export interface LineAmounts {
  discount: string;
  net: string;
  tax: string;
  total: string;
}

/** Totals of an order, with the currency's decimals. */
export interface OrderTotals {
  /** Sum of the lines before their discounts. */
  subtotal: string;
  discountTotal: string;
  /** Of the lines and of the shipping costs. */
  taxTotal: string;
  /** `subtotal - discountTotal + shippingCosts + taxTotal`. */
  total: string;
}

export interface ShippingTerms {
  shippingCosts: string;
  /** Percent. */
  shippingTaxRate: string;
}

export type PaymentStatus = 'unpaid' | 'partiallyPaid' | 'paid' | 'overpaid';

/** Decimals of quantities, prices and rates. */
const SCALE = 4;

const percentOf = (units: bigint, rate: string): bigint =>
  dividedBy(units * unitsOf(rate, SCALE), 100n * 10n ** BigInt(SCALE));

/** What the line costs; see the rule above. */
export function lineAmounts(line: LineTerms, currency: string): LineAmounts {
  const scale = minorUnits(currency);
  const gross = grossOf(line, scale);
  const discount = discountOf(line, gross, scale);
  const net = gross - discount;
  const tax = percentOf(net, line.taxRate ?? '0');
  const text = (units: bigint): string => textOf(units, scale);
  return { discount: text(discount), net: text(net), tax: text(tax), total: text(net + tax) };
}

function grossOf({ quantity, unitPrice }: LineTerms, scale: number): bigint {
  return rescaled(unitsOf(quantity, SCALE) * unitsOf(unitPrice, SCALE), 2 * SCALE, scale);
}

function discountOf(line: LineTerms, gross: bigint, scale: number): bigint {
  if (line.discountPercent !== null) return percentOf(gross, line.discountPercent);
  const amount = unitsOf(line.discountAmount ?? '0', scale);
  return gross < 0n ? -amount : amount;
}

/** Whether the discount is more than the line costs without it. */
export function isDiscountTooLarge(line: LineTerms, currency: string): boolean {
  const scale = minorUnits(currency);
  const gross = grossOf(line, scale);
  return unitsOf(line.discountAmount ?? '0', scale) > (gross < 0n ? -gross : gross);
}

/** Sums the lines' amounts as they stand. */
export function orderTotals(
  lines: readonly LineAmounts[],
  { shippingCosts, shippingTaxRate }: ShippingTerms,
  currency: string,
): OrderTotals {
  const scale = minorUnits(currency);
  const sum = (name: keyof LineAmounts): bigint =>
    lines.reduce((units, line) => units + unitsOf(line[name], scale), 0n);
  const discount = sum('discount');
  const subtotal = sum('net') + discount;
  const shipping = unitsOf(shippingCosts, scale);
  const tax = sum('tax') + percentOf(shipping, shippingTaxRate);
  return {
    subtotal: textOf(subtotal, scale),
    discountTotal: textOf(discount, scale),
    taxTotal: textOf(tax, scale),
    total: textOf(subtotal - discount + shipping + tax, scale),
  };
}

/**
 * What a part of a line is worth when it is given back: from `before` pieces given back so far to
 * `after`. However a line is split into returns, they add up to it to the cent.
 * @param line amounts of the whole line, and its quantity.
 * @returns amounts with the opposite sign of the line's.
 */
export function creditedAmounts(
  line: LineAmounts & { quantity: string },
  before: string,
  after: string,
  currency: string,
): LineAmounts {
  const scale = minorUnits(currency);
  const whole = unitsOf(line.quantity, SCALE);
  const share = (amount: string, quantity: string): bigint =>
    dividedBy(unitsOf(amount, scale) * unitsOf(quantity, SCALE), whole);
  const part = (amount: string): bigint => share(amount, before) - share(amount, after);
  const [discount, net, tax] = [part(line.discount), part(line.net), part(line.tax)];
  const text = (units: bigint): string => textOf(units, scale);
  return { discount: text(discount), net: text(net), tax: text(tax), total: text(net + tax) };
}

/**
 * What is still to be paid: the total without what was credited and paid; below zero the customer
 * is owed money.
 */
export function balanceOf(
  { total, credited, paid }: { total: string; credited: string; paid: string },
  currency: string,
): { balance: string; paymentStatus: PaymentStatus } {
  const scale = minorUnits(currency);
  const due = unitsOf(total, scale) - unitsOf(credited, scale);
  const units = unitsOf(paid, scale);
  return { balance: textOf(due - units, scale), paymentStatus: statusOf(due, units) };
}

function statusOf(due: bigint, paid: bigint): PaymentStatus {
  if (paid === due) return 'paid';
  if (paid === 0n) return 'unpaid';
  const isPart = due < 0n ? paid < 0n && paid > due : paid > 0n && paid < due;
  return isPart ? 'partiallyPaid' : 'overpaid';
}

/** The sum of two amounts of a currency. */
export function plus(left: string, right: string, currency: string): string {
  const scale = minorUnits(currency);
  return textOf(unitsOf(left, scale) + unitsOf(right, scale), scale);
}

/** The difference of two amounts of a currency. */
export function minus(left: string, right: string, currency: string): string {
  const scale = minorUnits(currency);
  return textOf(unitsOf(left, scale) - unitsOf(right, scale), scale);
}
