import { accepted, refused, type Normalized } from './normalized.js';

/*
 * ISO 4217, list one (as of 2026-01), without funds, metals and test codes; with the codes
 * withdrawn since 2020 (ANG BGN CUC HRK SLL ZWL), because old deals carry them. Intl's own list and decimals
 * follow CLDR, which differs from ISO (AFN, HUF, IRR), so they are of no use here.
 */
const CODES =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP ' +
  'BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD ' +
  'FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY ' +
  'KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU ' +
  'MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD ' +
  'RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP ' +
  'TRY TTD TWD TZS UAH UGX USD UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ' +
  'ZWG ZWL';
const WITHOUT_DECIMALS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF';
const WITH_THREE = 'BHD IQD JOD KWD LYD OMR TND';
const WITH_FOUR = 'CLF UYW';

const MINOR_UNITS = new Map<string, number>([
  ...CODES.split(' ').map((code) => [code, 2] as const),
  ...WITHOUT_DECIMALS.split(' ').map((code) => [code, 0] as const),
  ...WITH_THREE.split(' ').map((code) => [code, 3] as const),
  ...WITH_FOUR.split(' ').map((code) => [code, 4] as const),
]);

const NOT_CURRENCY = refused(
  'isISO4217CurrencyCode',
  'must be an ISO 4217 currency code such as EUR',
);

/** An ISO 4217 code, upper-case. */
export function normalizeCurrency(raw: unknown): Normalized<string> {
  if (typeof raw !== 'string') return NOT_CURRENCY;
  if (MINOR_UNITS.has(raw)) return accepted(raw);
  if (raw.length > 20) return NOT_CURRENCY;
  const code = raw.trim().toUpperCase();
  return MINOR_UNITS.has(code) ? accepted(code) : NOT_CURRENCY;
}

/** Decimals the currency is written with: 2 for EUR, 0 for JPY, 3 for KWD; 2 for unknown codes. */
export function minorUnits(currency: string): number {
  return MINOR_UNITS.get(currency) ?? 2;
}

/** Every code that is understood, in alphabetical order. */
export function currencyCodes(): string[] {
  return [...MINOR_UNITS.keys()];
}
