import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { CountryCode } from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';
import { normalizePhone, toE164 } from './phone.js';

function byLibrary(text: string, country?: CountryCode): string | null {
  const number = parsePhoneNumberFromString(text, country);
  return number?.isValid() ? number.number : null;
}

describe('normalizePhone', () => {
  it.each([
    ['+49 9261 628000', undefined, '+499261628000'],
    ['09261 628000', 'DE', '+499261628000'],
    ['09261/628000', 'DE', '+499261628000'],
    ['(415) 555-0123', 'US', '+14155550123'],
    ['1-415-555-0123', 'US', '+14155550123'],
    ['415.555.0123 ext. 12', 'US', '+14155550123'],
    ['0049 9261 628000', 'DE', '+499261628000'],
    ['011 49 9261 628000', 'US', '+499261628000'],
    ['+44 (0)20 7946 0958', undefined, '+442079460958'],
    ['020 7946 0958', 'GB', '+442079460958'],
    ['06 698 12345', 'IT', '+390669812345'],
    ['8 800 555-35-35', 'RU', '+78005553535'],
    ['9054445050.0', 'CA', '+19054445050'],
    ['+49 9261 628000', 'US', '+499261628000'],
    ['+375 8118344824', undefined, '+375118344824'],
    ['０９２６１ ６２８０００', 'DE', '+499261628000'],
  ])('normalises %j in %s', (raw, country, e164) => {
    expect(normalizePhone(raw, country)).toEqual({ value: { raw, e164 } });
  });

  it.each([
    ['(415) 555-0123', undefined],
    ['call me', 'US'],
    ['12', 'DE'],
    ['+49', undefined],
    ['+999 123 456 789', undefined],
    ['030-0074321 / 0076545', undefined],
    ['030 123456', 'XX'],
    ['++49 30 123456', 'DE'],
  ])('keeps %j as given, flagged, where it cannot be normalised', (raw, country) => {
    expect(normalizePhone(raw, country)).toEqual({ value: { raw, e164: null } });
  });

  it('refuses only what is no text, empty, or too long', () => {
    expect(normalizePhone('').error?.code).toBe('isPhone');
    expect(normalizePhone(49_926).error?.code).toBe('isString');
    expect(normalizePhone('1'.repeat(65)).error?.code).toBe('maxLength');
    expect(normalizePhone('12\x0034').error?.code).toBe('controlCharacters');
  });
});

describe('the quick way', () => {
  const countries = getCountries();

  it("answers as the library does, for every country's own numbers however written", () => {
    for (const country of countries) {
      const example = getExampleNumber(country, examples);
      if (!example) continue;
      const written = [
        example.number,
        example.formatInternational(),
        example.formatNational(),
        example.nationalNumber,
        `0${example.nationalNumber}`,
        `${example.countryCallingCode}${example.nationalNumber}`,
        `+${example.countryCallingCode}0${example.nationalNumber}`,
        example.number.slice(0, -1),
        `${example.number}9`,
      ];
      for (const text of written) {
        expect([text, country, toE164(text, country)]).toEqual([
          text,
          country,
          byLibrary(text, country),
        ]);
        expect([text, toE164(text)]).toEqual([text, byLibrary(text)]);
      }
    }
  });

  it('answers as the library does, for random numbers in random countries', () => {
    const digits = (minLength: number, maxLength: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
    const anyCountry = fc.constantFrom(...countries);
    fc.assert(
      fc.property(
        anyCountry,
        anyCountry,
        digits(4, 12),
        fc.boolean(),
        (home, other, tail, plus) => {
          const example = getExampleNumber(other, examples);
          const head =
            example?.number.slice(plus ? 0 : 1 + example.countryCallingCode.length) ?? '';
          const text = head.slice(0, Math.max(3, head.length - tail.length)) + tail;
          expect([text, home, toE164(text, home)]).toEqual([text, home, byLibrary(text, home)]);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('agrees with the library that a number without + and country is nobody’s', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789-() .x/'), maxLength: 20 }),
        (text) => {
          expect(byLibrary(text)).toBeNull();
          expect(toE164(text)).toBeNull();
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('answers as the library does, for random numbers of North America', () => {
    const digits = fc.string({
      unit: fc.constantFrom(...'0123456789'),
      minLength: 10,
      maxLength: 11,
    });
    const country = fc.constantFrom<CountryCode>('US', 'CA', 'JM', 'PR');
    fc.assert(
      fc.property(digits, country, (text, home) => {
        expect([text, home, toE164(text, home)]).toEqual([text, home, byLibrary(text, home)]);
        expect(toE164(`+1${text}`)).toBe(byLibrary(`+1${text}`));
      }),
      { numRuns: 10_000 },
    );
  });
});
