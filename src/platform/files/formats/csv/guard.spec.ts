import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { guard, unguard } from './guard.js';

describe('guard', () => {
  it.each([
    '=1+1',
    '+49 30 1234',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '-1+2',
    "-2+cmd|' /C calc'!A0",
    '＝1',
  ])('keeps a spreadsheet from running %j', (text) => expect(guard(text)).toBe(`'${text}`));

  it.each(['-5', '-1250.00', '-1e3', 'a=b', '5', "O'Brien", "'s-Hertogenbosch", ''])(
    'leaves %j as it is',
    (text) => expect(guard(text)).toBe(text),
  );

  it('can be undone, whatever the text', () => {
    const unit = fc.constantFrom("'", '=', '-', '+', '@', '5', 'a', '\t', '\n', ' ');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 6 }), (text) => {
        expect(unguard(guard(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
