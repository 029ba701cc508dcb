import { austria, czechia, germany, poland, switzerland } from './central.js';
import type { Country } from './country.js';
import { britain, bulgaria, denmark, greece, sweden } from './edges.js';
import { belgium, france, italy, netherlands, portugal, spain } from './west.js';

export type { City, Country, Name } from './country.js';
export { CURRENCIES, CURRENCY_CODES, priceIn } from './currencies.js';
export type { LocalCurrency } from './currencies.js';

/** Where customers are; their shares are percent. */
export const COUNTRIES: readonly Country[] = [
  ...[germany, france, italy, poland, spain, austria, switzerland, netherlands, britain],
  ...[czechia, belgium, sweden, portugal, denmark, greece, bulgaria],
];
