import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../common/errors.js';
import { clientOf, networkOf } from './client.js';
import { limitsOf } from './limits.js';
import { Throttle } from './throttle.js';

const limits = limitsOf({ throttleLimit: 100, throttleWindow: 60 });

describe('a client', () => {
  it('may send as many requests as the limit says, then none until the window ends', () => {
    const throttle = new Throttle(limits, null);
    for (let i = 1; i <= 100; i += 1) {
      expect(throttle.check('default', 'a', 1000 + i)).toMatchObject({
        isAllowed: true,
        remaining: 100 - i,
      });
    }
    expect(throttle.check('default', 'a', 31_001)).toEqual({
      isAllowed: false,
      limit: 100,
      remaining: 0,
      resetSeconds: 30,
    });
    expect(throttle.check('default', 'a', 61_000).isAllowed).toBe(false);
    expect(throttle.check('default', 'a', 61_001)).toMatchObject({
      isAllowed: true,
      remaining: 99,
    });
  });

  it('is not held back by what others send, nor by requests of another class', () => {
    const throttle = new Throttle(limits, null);
    for (let i = 0; i < 100; i += 1) throttle.check('default', 'a', 1000);
    expect(throttle.check('default', 'b', 1000).isAllowed).toBe(true);
    expect(throttle.check('search', 'a', 1000).isAllowed).toBe(true);
  });

  it('is told how it stands in the headers of the contract', () => {
    const throttle = new Throttle(limits, null);
    const decision = throttle.check('search', 'a', 1000);
    expect(throttle.headers('search', decision)).toEqual({
      'ratelimit-policy': '"search";q=25;w=60',
      ratelimit: '"search";r=24;t=60',
    });
  });

  it('is refused with a problem that says when to try again', () => {
    const throttle = new Throttle(limits, null);
    for (let i = 0; i < 5; i += 1) throttle.admit('auth', 'a');
    let refusal: unknown;
    try {
      throttle.admit('auth', 'a');
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal).toMatchObject({
      code: 'too-many-requests',
      status: 429,
      headers: { 'retry-after': '60', ratelimit: '"auth";r=0;t=60' },
    });
  });
});

describe('memory', () => {
  it('stays bounded with a million addresses, and keeps who is active', () => {
    const throttle = new Throttle(limits, null);
    for (let i = 0; i < 1_000_000; i += 1) {
      throttle.check('default', `ip:${i}`, 1000);
      if (i % 10_000 === 0) throttle.check('default', 'ip:active', 1000);
    }
    expect(throttle.clients('default')).toBe(50_000);
    expect(throttle.check('default', 'ip:active', 1000).isAllowed).toBe(false);
  });
});

describe('whose requests are counted together', () => {
  const principal = { type: 'apiKey' as const, id: 'k1', userId: 'u1' };

  it('an API key, wherever it calls from', () => {
    expect(clientOf({ keel: { principal } as never, ip: '1.2.3.4' })).toBe('apiKey:k1');
  });

  it('an address, without sign-in', () => {
    expect(clientOf({ keel: undefined, ip: '1.2.3.4' })).toBe('ip:1.2.3.4');
  });

  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1::5:6:7:8', '1:0:0:0::/64'],
    ['not:an:address', 'not:an:address'],
  ])('%s belongs to %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
