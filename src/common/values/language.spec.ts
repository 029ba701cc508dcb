import { describe, expect, it } from '@jest/globals';
import { normalizeLanguage } from './language.js';

describe('normalizeLanguage', () => {
  it.each([
    ['en', 'en'],
    ['EN', 'en'],
    ['de-at', 'de-AT'],
    ['de_AT', 'de-AT'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['es-419', 'es-419'],
    ['fil', 'fil'],
    ['English', 'en'],
    ['german', 'de'],
    ['Deutsch', 'de'],
    ['français', 'fr'],
    ['Francais', 'fr'],
    ['中文', 'zh'],
    ['日本語', 'ja'],
  ])('reads %j as %j', (raw, value) => {
    expect(normalizeLanguage(raw)).toEqual({ value });
  });

  it.each([
    'xx',
    'qqq',
    'klingonish',
    'en-',
    'en-u-ca-buddhist',
    'x-private',
    '',
    'e',
    'en US',
    1,
    null,
  ])('refuses %j', (raw) => {
    expect(normalizeLanguage(raw).error?.code).toBe('isLocale');
  });
});
