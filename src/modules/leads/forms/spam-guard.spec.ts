import { describe, expect, it } from '@jest/globals';
import { makeToken, readToken } from './form-token.js';
import { judge } from './spam-guard.js';

const LIMITS = { minSeconds: 3, maxLinks: 1 };
const GOOD = { id: 'x', age: 5000 };

describe('judge', () => {
  it.each([
    [{}, []],
    [{ homepage: '' }, []],
    [{ homepage: 'x' }, ['honeypot']],
    [{ homepage: ['x'] }, ['honeypot']],
    [{ message: 'see http://a.example' }, []],
    [{ message: 'http://a.example HTTPS://b.example' }, ['links']],
    [{ message: '[url=a] www.b.example' }, ['links']],
    [{ website: 'https://a.example', message: 'see www.a.example' }, []],
  ])('judges %j as %j', (sent, reasons) => {
    expect(judge(sent, GOOD, LIMITS)).toEqual(reasons);
  });

  it('wants a good token, and time to have passed since', () => {
    expect(judge({}, null, LIMITS)).toEqual(['token']);
    expect(judge({}, { id: 'x', age: 2999 }, LIMITS)).toEqual(['tooFast']);
    expect(judge({}, { id: 'x', age: 3000 }, LIMITS)).toEqual([]);
  });
});

describe('a token', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const token = makeToken('secret', 'form', now);

  it('tells how long it has been out', () => {
    expect(readToken('secret', 'form', token, now + 4000)).toMatchObject({ age: 4000 });
    expect(makeToken('secret', 'form', now)).not.toBe(token);
  });

  it.each<[string, unknown, string, string, number]>([
    ['of another form', token, 'secret', 'other', 1],
    ['of another secret', token, 'guess', 'form', 1],
    ['of the future', token, 'secret', 'form', -1],
    ['a day old', token, 'secret', 'form', 24 * 3_600_000 + 1],
    ['with another time', token.replace(/^\w+/, '1'), 'secret', 'form', 1],
    ['without a signature', token.slice(0, token.lastIndexOf('.')), 'secret', 'form', 1],
    ['that is no text', { token }, 'secret', 'form', 1],
    ['that is empty', '', 'secret', 'form', 1],
  ])('%s is none', (_, given, secret, form, later) => {
    expect(readToken(secret, form, given, now + later)).toBeNull();
  });
});
