import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalizeDomain } from './domain.js';

describe('normalizeDomain', () => {
  it.each([
    ['acme.com', 'acme.com'],
    [' WWW.Acme.COM. ', 'acme.com'],
    ['http://www.antla.de', 'antla.de'],
    ['https://www.acme.com:8443/a/b?c=d#e', 'acme.com'],
    ['acme.co.uk/about', 'acme.co.uk'],
    ['acme.com?ref=x@y', 'acme.com'],
    ['medium.com/@acme', 'medium.com'],
    ['shop.acme.com', 'shop.acme.com'],
    ['www.de', 'www.de'],
    ['www.www.de', 'www.de'],
    ['münchen.de', 'xn--mnchen-3ya.de'],
    ['https://www.MÜNCHEN.de/bier', 'xn--mnchen-3ya.de'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de'],
    ['a--b.com', 'a--b.com'],
  ])('reads %j as %j', (raw, value) => {
    expect(normalizeDomain(raw)).toEqual({ value });
  });

  it.each([
    'acme',
    'localhost',
    '192.168.0.1',
    'https://[::1]/',
    'anna@acme.com',
    'acme.com:secret@evil.com',
    'https://acme.com@evil.com/',
    'ftp://acme.com',
    'mailto:anna@acme.com',
    'javascript:alert(1)',
    'ac me.com',
    'acme_inc.com',
    '-acme.com',
    'acme-.com',
    'acme..com',
    '.acme.com',
    'acme.c',
    'acme.123',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(130)}com`,
    'n/a',
    'http://',
    '',
    'x'.repeat(5000),
    7,
    null,
  ])('refuses %j', (raw) => {
    expect(normalizeDomain(raw).error?.code).toBe('isFQDN');
  });

  it('names the host that a browser would go to, whatever the address', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (address) => {
        const host = new URL(address).hostname.replace(/^www\.(?=[^.]+\.)/, '');
        const { value } = normalizeDomain(address);
        if (value !== undefined) expect(value).toBe(host);
      }),
    );
  });

  it('accepts what it answers', () => {
    fc.assert(
      fc.property(fc.domain(), (domain) => {
        const { value } = normalizeDomain(domain);
        if (value !== undefined && !value.startsWith('www.')) {
          expect(normalizeDomain(value)).toEqual({ value });
        }
      }),
    );
  });
});
