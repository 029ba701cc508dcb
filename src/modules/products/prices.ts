import { unitsOf } from '../../common/exact-decimal.js';

/** A price as a product keeps it. */
export interface Price {
  id: string;
  currency: string;
  /** Decimal text, for one unit. */
  amount: string;
  /** First and last day, `YYYY-MM-DD`; null for ever. */
  from: string | null;
  until: string | null;
  minQuantity: string | null;
}

/** What a price is asked for. */
export interface PriceWish {
  currency: string;
  /** Decimal text; its size counts, for what is given back. */
  quantity: string;
  /** `YYYY-MM-DD`. */
  on: string;
}

const SCALE = 4;

/** Why a price does not apply; undefined when it does. */
export function whyNot(price: Price, { currency, quantity, on }: PriceWish): string | undefined {
  if (price.currency !== currency) return `is in ${price.currency}`;
  if (price.from !== null && on < price.from) return `is valid from ${price.from}`;
  if (price.until !== null && on > price.until) return `was valid until ${price.until}`;
  if (leastOf(price) > sizeOf(quantity)) return `needs a quantity of ${price.minQuantity ?? '0'}`;
  return undefined;
}

/**
 * The price that applies: of those valid on the day and for the quantity the one for the greatest
 * quantity, then the one that became valid last, then the last of the list.
 */
export function priceFor(prices: readonly Price[], wish: PriceWish): Price | undefined {
  let best: Price | undefined;
  for (const price of prices) {
    if (whyNot(price, wish) === undefined && (!best || isAtLeast(price, best))) best = price;
  }
  return best;
}

/** Why the price that applies goes before the others that could. */
export function whyThis(price: Price, others: readonly Price[]): string {
  if (others.length === 0) return 'It is the only price that is valid.';
  if (others.every((other) => leastOf(other) < leastOf(price))) {
    return `It is for a quantity of ${price.minQuantity ?? '0'} and more, the greatest that applies.`;
  }
  const rivals = others.filter((other) => leastOf(other) === leastOf(price));
  return rivals.every((other) => dayOf(other) < dayOf(price))
    ? `It became valid last, on ${dayOf(price)}.`
    : 'It is the last of the list of those that would apply alike.';
}

const leastOf = ({ minQuantity }: Price): bigint => unitsOf(minQuantity ?? '0', SCALE);

const dayOf = ({ from }: Price): string => from ?? '';

function sizeOf(quantity: string): bigint {
  const units = unitsOf(quantity, SCALE);
  return units < 0n ? -units : units;
}

function isAtLeast(price: Price, best: Price): boolean {
  const [least, bestLeast] = [leastOf(price), leastOf(best)];
  return least === bestLeast ? dayOf(price) >= dayOf(best) : least > bestLeast;
}
