import { describe, expect, it } from '@jest/globals';
import { securityHeaders } from './security-headers.js';

describe('the security headers', () => {
  it('are those that helmet would set on each answer', () => {
    const headers = securityHeaders({
      contentSecurityPolicy: { directives: { defaultSrc: ["'self'"] } },
      strictTransportSecurity: { maxAge: 31_536_000 },
    });
    expect(headers).toMatchObject({
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(Object.values(headers).every((value) => typeof value === 'string')).toBe(true);
  });
});
