import { unitsOf } from '../../common/exact-decimal.js';
import type { LineAmounts, LineTerms } from './order-arithmetic.js';

/** A line as an order keeps it. */
export interface OrderLine extends LineTerms, LineAmounts {
  id: string;
  productId: string | null;
  sku: string | null;
  name: string | null;
  unit: string | null;
  fulfilledQuantity: string;
  returnedQuantity: string;
  cancelledQuantity: string;
  reservedQuantity: string;
}

/** A line as a request gives it: prices and names may still be missing. */
export type GivenLine = Omit<OrderLine, 'unitPrice'> & { unitPrice: string | null };

const SCALE = 4;

/** What a product says of a line that does not say it itself. */
const FROM_PRODUCT = ['sku', 'name', 'unit', 'unitPrice', 'taxRate'] as const;
const TERMS = ['productId', 'quantity', 'discountPercent', 'discountAmount'] as const;
const NUMBERS: ReadonlySet<string> = new Set([
  ...['quantity', 'unitPrice', 'discountPercent', 'discountAmount', 'taxRate'],
]);

/**
 * Keeps what is stored of lines that are given again as they were, their ids and what has been
 * shipped of them, also by a file that knows neither.
 */
export function keptLines(given: readonly GivenLine[], stored: readonly OrderLine[]): GivenLine[] {
  const byId = new Map(stored.map((line) => [line.id, line]));
  return given.map((line, index) => {
    const known = byId.get(line.id) ?? stored[index];
    return known && saysTheSame(line, known) ? known : line;
  });
}

/** What a line has that says nothing. */
const DEFAULTS: Record<string, string> = { taxRate: '0' };

function saysTheSame(given: GivenLine, stored: OrderLine): boolean {
  const isSame = (name: keyof GivenLine & keyof OrderLine): boolean =>
    sameValue(name, given[name] ?? DEFAULTS[name] ?? null, stored[name]);
  return (
    TERMS.every(isSame) &&
    FROM_PRODUCT.every((name) => (given[name] === null && given.productId) || isSame(name))
  );
}

function sameValue(name: string, given: string | null, stored: string | null): boolean {
  if (given === null || stored === null || !NUMBERS.has(name)) return given === stored;
  return unitsOf(given, SCALE) === unitsOf(stored, SCALE);
}

/** What is still to be shipped of a line. */
export const openUnits = (line: OrderLine): bigint =>
  unitsOf(line.quantity, SCALE) -
  unitsOf(line.fulfilledQuantity, SCALE) -
  unitsOf(line.cancelledQuantity, SCALE);

/** What has been shipped of a line and did not come back. */
export const keptUnits = (line: OrderLine): bigint =>
  unitsOf(line.fulfilledQuantity, SCALE) - unitsOf(line.returnedQuantity, SCALE);

/** Decimals of quantities. */
export const QUANTITY_SCALE = SCALE;
