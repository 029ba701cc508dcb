import { shortest, textOf, unitsOf } from '../../common/exact-decimal.js';
import { itemsOf } from '../../platform/records/list-items.js';
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

function checkPrices({ after, errors, pointer }: Draft): void {
  for (const [index, price] of itemsOf<Price>(after.values['prices']).entries()) {
    if (price.from === null || price.until === null || price.from <= price.until) continue;
    const detail = 'must not be before `from`';
    errors.push({ pointer: `${pointer}/prices/${index}/until`, code: 'dateOrder', detail });
  }
}

const isSame = (left: string, right: string | null): boolean =>
  right !== null && unitsOf(left, SCALE) === unitsOf(right, SCALE);

/** What is left of a stock for new orders. */
export const availableOf = (stock: string, reserved: string): string =>
  shortest(textOf(unitsOf(stock, SCALE) - unitsOf(reserved, SCALE), SCALE));
