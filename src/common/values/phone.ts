import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { internationalNumber, nationalNumber } from './numbering-plans.js';
import { accepted, refused, type Normalized } from './normalized.js';
import { remembered } from './remembered.js';
import { normalizeText } from './text.js';

/** A phone number as given, and as E.164 (`+4992616280`) if it is a valid number; else null. */
export interface Phone {
  raw: string;
  e164: string | null;
}

const LONGEST = 64;
/** `9054445050.0`: a number that went through a spreadsheet's float column. */
const FLOAT_NOISE = /^(\+?\d{7,15})\.0$/;

const PLUS = /[+＋]/;

const EMPTY = refused('isPhone', 'must not be empty');

/**
 * A phone number. One that cannot be normalised is kept with `e164: null`, never refused; refused
 * are only values that are no text, empty, or over 64 characters.
 *
 * Valid means valid in libphonenumber's "min" metadata (length and leading digits of the country);
 * "max" knows fixed line from mobile too, which nobody asks here, at twice the memory. Of the
 * 10,503 phones in the breweries file both accept the same ones.
 * @param country ISO alpha-2 code of the country that numbers without `+` belong to
 */
export function normalizePhone(raw: unknown, country?: string | null): Normalized<Phone> {
  const text = normalizeText(raw, LONGEST);
  if (text.error) return text;
  if (text.value === '') return EMPTY;
  return accepted({ raw: text.value, e164: toE164(text.value, country ?? undefined) });
}

/** The E.164 form of a phone number, or null when it is not a valid one. */
export function toE164(text: string, country?: string): string | null {
  const number = text.endsWith('.0') ? text.replace(FLOAT_NOISE, '$1') : text;
  if (!country && !PLUS.test(number)) return null; // nothing says which country's it is
  const digits = digitsOf(number);
  if (digits !== null) {
    const quick = number.startsWith('+')
      ? internationalNumber(digits)
      : nationalNumber(digits, country ?? '');
    if (quick !== undefined) return quick;
  }
  return lookUp(`${country ?? ''}|${number}`);
}

// Space, no-break space, brackets, hyphen and point may stand between the digits.
const BETWEEN = /[ \u00a0().-]/g;
const PLAIN = /^\+?[\d \u00a0().-]+$/;

/** The digits, when nothing else but the usual signs stands between them; a `+` only in front. */
function digitsOf(text: string): string | null {
  if (!PLAIN.test(text)) return null;
  return (text.startsWith('+') ? text.slice(1) : text).replace(BETWEEN, '');
}

const lookUp = remembered((key: string): string | null => {
  const bar = key.indexOf('|');
  const country = key.slice(0, bar);
  const number = parsePhoneNumberFromString(
    key.slice(bar + 1),
    isSupportedCountry(country) ? country : undefined,
  );
  return number?.isValid() ? number.number : null;
});
