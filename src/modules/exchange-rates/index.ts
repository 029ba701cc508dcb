export { distinctRates, Rates, rateStatement } from './rate-lookup.js';
export type { FoundRate, WantedRate } from './rate-lookup.js';
