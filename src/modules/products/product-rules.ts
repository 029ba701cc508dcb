import { atLeast, shortest, textOf, unitsOf } from '../../common/exact-decimal.js';
import { minorUnits } from '../../common/values/currency.js';
import { itemsOf, storedItems } from '../../platform/records/list-items.js';
import type { Draft } from '../../platform/records/record-rules.js';
import type { Price } from './prices.js';

const SCALE = 4;

/** Checks prices and stock, and works out what is available. */
export function deriveProduct(draft: Draft): void {
  checkPrices(draft);
  const { before, after, deed, errors, pointer } = draft;
  const stock = after.values['stock'] as string | null;
  const was = storedOf(before, 'stock');
  if (!deed && was !== null && !isSame(was, stock)) {
    const detail = `is ${was} and changes with POST /v1/products/${after.id}/stock and a reason`;
    errors.push({ pointer: `${pointer}/stock`, code: 'stockTracked', detail });
  }
  const available = stock && availableOf(stock, after.values['reserved'] as string);
  after.values['stock'] = kept(was, stock);
  after.values['available'] = kept(storedOf(before, 'available'), available);
}

const storedOf = (before: Draft['before'], column: string): string | null =>
  (before?.values[column] ?? null) as string | null;

/** The text that is stored, when the number is the same: 5 and 5.0 are no change. */
const kept = (stored: string | null, value: string | null): string | null =>
  stored !== null && isSame(stored, value) ? stored : value;

/** Amounts get the decimals of their currency: 5 EUR are 5.00. */
function checkPrices({ after, errors, pointer }: Draft): void {
  const prices = itemsOf<Price>(after.values['prices']);
  for (const [index, price] of prices.entries()) {
    price.amount = atLeast(price.amount, minorUnits(price.currency));
    if (price.from === null || price.until === null || price.from <= price.until) continue;
    const detail = 'must not be before `from`';
    errors.push({ pointer: `${pointer}/prices/${index}/until`, code: 'dateOrder', detail });
  }
  if (prices.length > 0) after.values['prices'] = storedItems(prices);
}

const isSame = (left: string, right: string | null): boolean =>
  right !== null && unitsOf(left, SCALE) === unitsOf(right, SCALE);

/** What is left of a stock for new orders. */
export const availableOf = (stock: string, reserved: string): string =>
  shortest(textOf(unitsOf(stock, SCALE) - unitsOf(reserved, SCALE), SCALE));
