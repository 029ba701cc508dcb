import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalizeUrl } from './url.js';

describe('normalizeUrl', () => {
  it.each([
    ['http://www.antla.de', 'http://www.antla.de'],
    ['http://tdrankorgel.be/', 'http://tdrankorgel.be/'],
    ['Acme.com', 'https://acme.com'],
    ['acme.com:8080/x', 'https://acme.com:8080/x'],
    ['acme.com?a=b', 'https://acme.com/?a=b'],
    [' HTTPS://ACME.com/Ä b ', 'https://acme.com/%C3%84%20b'],
    ['münchen.de/bier', 'https://xn--mnchen-3ya.de/bier'],
    ['https://192.168.0.1/x', 'https://192.168.0.1/x'],
    ['https://[::1]:3000/x', 'https://[::1]:3000/x'],
    ['http://Info@Acme.com', 'http://Info@acme.com'],
    ['http://www..acme.de', 'http://www..acme.de'],
    ['http://tbd', 'http://tbd'],
  ])('reads %j as %j', (raw, value) => {
    expect(normalizeUrl(raw)).toEqual({ value });
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'mailto:anna@acme.com',
    'ftp://acme.com',
    'file:///etc/passwd',
    'anna@acme.com',
    'https://user:secret@acme.com',
    'acme',
    'localhost:3000',
    'two words.com',
    'www..acme.de',
    'https://',
    '',
    'n/a',
    `https://acme.com/${'ä'.repeat(1000)}`,
    'x'.repeat(3000),
    1,
    null,
  ])('refuses %j', (raw) => {
    expect(normalizeUrl(raw).error?.code).toBe('isUrl');
  });

  it('accepts its own answer unchanged, and it is always a web address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.domain(), fc.string()), (raw) => {
        const { value } = normalizeUrl(raw);
        if (value === undefined) return;
        expect(value).toMatch(/^https?:\/\//);
        expect(normalizeUrl(value)).toEqual({ value });
      }),
    );
  });
});
