import countries from 'i18n-iso-countries';
import { fold } from '../fold.js';
import { COUNTRY_ALIASES } from './country-aliases.js';
import { accepted, refused, type Normalized } from './normalized.js';
import { remembered } from './remembered.js';

const LONGEST = 100;

const NOT_COUNTRY = refused(
  'isISO31661Alpha2',
  'must be an ISO 3166 country code such as DE, or the name of a country',
);

let index: Map<string, string> | undefined;

const lookUp = remembered((raw: string): Normalized<string> => {
  index ??= buildIndex();
  const key = keyOf(raw);
  const code = index.get(key) ?? index.get(key.replace(/^(?:the|la|le|die) /, ''));
  return code === undefined ? NOT_COUNTRY : accepted(code);
});

/**
 * An ISO 3166 alpha-2 code, from alpha-2, alpha-3, or a country's name in any of some 80 languages
 * or a common alias (`USA`, `UK`, `England`, `Holland`, `South Korea`, `Deutschland`, `中国`), without
 * regard to case, accents and punctuation. Names that mean two countries (`Congo`) are refused.
 */
export function normalizeCountry(raw: unknown): Normalized<string> {
  return typeof raw !== 'string' || raw.length > LONGEST ? NOT_COUNTRY : lookUp(raw);
}

/** Every alpha-2 code there is. */
export function countryCodes(): string[] {
  return Object.keys(countries.getAlpha2Codes());
}

function keyOf(name: string): string {
  return fold(name)
    .replaceAll('.', '')
    .replaceAll('&', ' and ')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
    .replace(/\bst\b/g, 'saint');
}

/** Codes win over aliases, aliases over names, and a name of two countries means neither. */
function buildIndex(): Map<string, string> {
  const codes = countries.getAlpha2Codes() as Record<string, string>;
  const names = new Map<string, string | null>();
  for (const language of countries.getSupportedLanguages()) {
    for (const [code, forms] of Object.entries(countries.getNames(language, { select: 'all' }))) {
      for (const form of forms) {
        const key = keyOf(form);
        const taken = names.get(key);
        names.set(key, taken === undefined || taken === code ? code : null);
      }
    }
  }
  const result = new Map<string, string>();
  for (const [key, code] of names) if (code !== null) result.set(key, code);
  for (const [code, aliases] of Object.entries(COUNTRY_ALIASES)) {
    for (const alias of aliases.split(',')) result.set(keyOf(alias), code);
  }
  for (const [alpha2, alpha3] of Object.entries(codes)) {
    result.set(keyOf(alpha3), alpha2).set(keyOf(alpha2), alpha2);
  }
  return result;
}
