import type { LocalCurrency } from './currencies.js';

/** A city with what its addresses and telephone numbers begin with. */
export interface City {
  name: string;
  /** In Latin letters, for domains. */
  latin: string;
  region: string;
  /** Postal code; `#` is any digit. */
  postalCode: string;
  /** Number of a landline without the country's prefix; `#` is any digit. */
  phone: string;
}

/** A name as it is written, and in Latin letters for e-mail addresses. */
export interface Name {
  written: string;
  latin: string;
}

/** Where customers are. */
export interface Country {
  /** ISO 3166. */
  code: string;
  callingCode: string;
  language: string;
  timeZone: string;
  currency: LocalCurrency;
  /** Customers of a hundred. */
  share: number;
  /** Percent on top of the price: none abroad, where the customer owes the tax. */
  taxRate: string;
  /** How a street is written; `*` is its name, `#` the number. */
  address: string;
  streets: readonly string[];
  mobile: string;
  cities: readonly City[];
  firstNames: readonly Name[];
  lastNames: readonly Name[];
  /** What companies are called; `*` is a name. */
  companies: readonly Name[];
  legalForms: readonly string[];
}

interface Sketch extends Omit<
  Country,
  'cities' | 'firstNames' | 'lastNames' | 'companies' | 'streets' | 'legalForms' | 'taxRate'
> {
  /** A line each: name, region, postal code, phone, and the name in Latin letters if it differs. */
  cities: string;
  /** Separated by spaces; `written/latin` where that differs. */
  firstNames: string;
  lastNames: string;
  /** Separated by commas, as names are. */
  companies: string;
  streets: string;
  legalForms: string;
  taxRate?: string;
}

/** Reads what is written down of a country in short. */
export function country(sketch: Sketch): Country {
  return {
    ...sketch,
    taxRate: sketch.taxRate ?? '0',
    cities: sketch.cities.trim().split('\n').map(cityOf),
    firstNames: sketch.firstNames.trim().split(/\s+/).map(nameOf),
    lastNames: sketch.lastNames.trim().split(/\s+/).map(nameOf),
    companies: partsOf(sketch.companies).map(nameOf),
    streets: partsOf(sketch.streets),
    legalForms: partsOf(sketch.legalForms),
  };
}

const partsOf = (text: string): string[] => text.split(',').map((part) => part.trim());

function cityOf(line: string): City {
  const [name = '', region = '', postalCode = '', phone = '', latin = name] = partsOf(line);
  return { name, region, postalCode, phone, latin };
}

function nameOf(text: string): Name {
  const [written = '', latin = written] = text.split('/');
  return { written, latin };
}
