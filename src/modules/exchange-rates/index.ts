export { atRate, CurrencyConverter } from './currency-converter.js';
export type { Conversion } from './currency-converter.js';
export { RATES_TAG } from './exchange-rates.service.js';
export { ExchangeRatesModule } from './exchange-rates.module.js';
export { distinctRates, Rates, rateStatement } from './rate-lookup.js';
export type { FoundRate, WantedRate } from './rate-lookup.js';
