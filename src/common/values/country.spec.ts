import { describe, expect, it } from '@jest/globals';
import countries from 'i18n-iso-countries';
import { countryCodes, normalizeCountry } from './country.js';

describe('normalizeCountry', () => {
  it('takes every alpha-2 and alpha-3 code in any case', () => {
    expect(countryCodes()).toHaveLength(250);
    for (const [alpha3, alpha2] of Object.entries(countries.getAlpha3Codes())) {
      expect(normalizeCountry(alpha2)).toEqual({ value: alpha2 });
      expect(normalizeCountry(` ${alpha3.toLowerCase()} `)).toEqual({ value: alpha2 });
    }
  });

  it.each(['en', 'de', 'fr', 'es', 'zh', 'it', 'pt', 'nl', 'pl', 'ru', 'ja', 'ko', 'ar', 'tr'])(
    'understands the names of nearly all countries in %s, and never takes one for another',
    (language) => {
      const notUnderstood: string[] = [];
      for (const [code, name] of Object.entries(countries.getNames(language))) {
        const { value } = normalizeCountry(name);
        if (value === undefined) notUnderstood.push(name);
        else expect({ name, value }).toEqual({ name, value: code });
      }
      expect(notUnderstood.length).toBeLessThanOrEqual(3);
    },
  );

  it.each([
    ['USA', 'US'],
    ['U.S.A.', 'US'],
    ['United States', 'US'],
    ['the united states of america', 'US'],
    ['UK', 'GB'],
    ['England', 'GB'],
    ['Scotland', 'GB'],
    ['Great Britain', 'GB'],
    ['South Korea', 'KR'],
    ['KOREA, REPUBLIC OF', 'KR'],
    ['North Korea', 'KP'],
    ['Isle of Man', 'IM'],
    ['Holland', 'NL'],
    ['Deutschland', 'DE'],
    ['Österreich', 'AT'],
    ['osterreich', 'AT'],
    ['États-Unis', 'US'],
    ['Etats Unis', 'US'],
    ['España', 'ES'],
    ['中国', 'CN'],
    ['中國', 'CN'],
    ['美国', 'US'],
    ['日本', 'JP'],
    ['대한민국', 'KR'],
    ['EIRE', 'IE'],
    ['RSA', 'ZA'],
    ['St. Lucia', 'LC'],
    ['Saint Lucia', 'LC'],
    ['Trinidad & Tobago', 'TT'],
    ["Côte d'Ivoire", 'CI'],
    ['Czech Republic', 'CZ'],
    ['Viet Nam', 'VN'],
    ['Kosovo', 'XK'],
    ['Niger', 'NE'],
    ['Nigeria', 'NG'],
  ])('reads %j as %s', (raw, value) => {
    expect(normalizeCountry(raw)).toEqual({ value });
  });

  it.each([
    'Congo',
    'Europe',
    'Unspecified',
    'XX',
    'Atlantis',
    '',
    '-',
    '276',
    'x'.repeat(10_000),
    49,
    null,
    'constructor',
  ])('refuses %j rather than guess', (raw) => {
    expect(normalizeCountry(raw).error?.code).toBe('isISO31661Alpha2');
  });
});
