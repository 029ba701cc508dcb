/** Currencies that goods are sold in: what one euro was worth at the start of the year, and by the end. */
export const CURRENCIES = {
  EUR: { start: 1, end: 1, step: 0.1 },
  GBP: { start: 0.842, end: 0.869, step: 0.1 },
  CHF: { start: 0.947, end: 0.931, step: 0.5 },
  PLN: { start: 4.31, end: 4.24, step: 1 },
  SEK: { start: 11.42, end: 11.03, step: 5 },
  DKK: { start: 7.459, end: 7.468, step: 5 },
  CZK: { start: 25.1, end: 24.6, step: 10 },
} as const;

export type LocalCurrency = keyof typeof CURRENCIES;

export const CURRENCY_CODES = Object.keys(CURRENCIES) as LocalCurrency[];

/** A price of so many euros in another currency, as a price list would round it. */
export function priceIn(currency: LocalCurrency, euros: number): number {
  const { start, step } = CURRENCIES[currency];
  const amount = euros * start;
  const size = amount < 20 * step ? 0.1 : step;
  return Math.max(size, Math.round(amount / size) * size);
}
