import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textOf, unitsOf } from '../../common/exact-decimal.js';
import { minorUnits } from '../../common/values/currency.js';
import { balanceOf, creditedAmounts, lineAmounts, orderTotals } from './order-arithmetic.js';
import type { LineTerms } from './order-arithmetic.js';

const line = (terms: Partial<LineTerms>): LineTerms => ({
  ...{ quantity: '1', unitPrice: '1', discountPercent: null, discountAmount: null, taxRate: null },
  ...terms,
});

const decimal = (min: number, max: number, scale = 4) =>
  fc
    .bigInt(BigInt(min) * 10n ** BigInt(scale), BigInt(max) * 10n ** BigInt(scale))
    .map((units) => textOf(units, scale));
const currencies = fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF');
const quantities = decimal(-1000, 1000).filter((text) => unitsOf(text, 4) !== 0n);
const terms = fc.record({
  quantity: quantities,
  unitPrice: decimal(-10_000, 10_000),
  discountPercent: fc.option(decimal(0, 100)),
  discountAmount: fc.constant(null),
  taxRate: fc.option(decimal(0, 100)),
});

/** The rule again, by fractions: the nearest unit, halves away from zero. */
function nearest(numerator: bigint, denominator: bigint): bigint {
  const size = numerator < 0n ? -numerator : numerator;
  const down = size / denominator;
  const rest = size - down * denominator;
  const rounded = rest * 2n >= denominator ? down + 1n : down;
  return numerator < 0n ? -rounded : rounded;
}

describe('the amounts of a line', () => {
  test.each([
    ['0.125', 'EUR', '0.13'],
    ['-0.125', 'EUR', '-0.13'],
    ['0.1249', 'EUR', '0.12'],
    ['0.5', 'JPY', '1'],
    ['-2.5', 'JPY', '-3'],
    ['1.0005', 'KWD', '1.001'],
  ])('%s %s is rounded to %s: halves go away from zero', (unitPrice, currency, net) => {
    expect(lineAmounts(line({ unitPrice }), currency).net).toBe(net);
  });

  test('are those of a paper invoice', () => {
    const amounts = lineAmounts(
      line({ quantity: '3', unitPrice: '19.90', discountPercent: '12.5', taxRate: '19' }),
      'EUR',
    );
    expect(amounts).toEqual({ discount: '7.46', net: '52.24', tax: '9.93', total: '62.17' });
  });

  test('take a discount off the size of a line, whichever its sign', () => {
    const given = { unitPrice: '10', discountAmount: '3', taxRate: '10' };
    expect(lineAmounts(line({ quantity: '2', ...given }), 'EUR').total).toBe('18.70');
    expect(lineAmounts(line({ quantity: '-2', ...given }), 'EUR').total).toBe('-18.70');
  });

  test('follow the rule to the last unit, for any terms in any currency', () => {
    fc.assert(
      fc.property(terms, currencies, (given, currency) => {
        const scale = minorUnits(currency);
        const amounts = lineAmounts(given, currency);
        const one = 10n ** 4n;
        const [q, p] = [unitsOf(given.quantity, 4), unitsOf(given.unitPrice, 4)];
        const gross = nearest(q * p * 10n ** BigInt(scale), one * one);
        const off = nearest(gross * unitsOf(given.discountPercent ?? '0', 4), 100n * one);
        const tax = nearest((gross - off) * unitsOf(given.taxRate ?? '0', 4), 100n * one);
        expect(amounts).toEqual({
          discount: textOf(off, scale),
          net: textOf(gross - off, scale),
          tax: textOf(tax, scale),
          total: textOf(gross - off + tax, scale),
        });
      }),
    );
  });

  test('of what is given back are those of what was sold, with the other sign', () => {
    fc.assert(
      fc.property(terms, currencies, (given, currency) => {
        const back = { ...given, quantity: textOf(-unitsOf(given.quantity, 4), 4) };
        const scale = minorUnits(currency);
        const [sold, returned] = [lineAmounts(given, currency), lineAmounts(back, currency)];
        expect(unitsOf(returned.total, scale)).toBe(-unitsOf(sold.total, scale));
      }),
    );
  });
});

describe('the totals of an order', () => {
  test('are the sums of what its lines say, and shipping', () => {
    fc.assert(
      fc.property(
        fc.array(terms, { maxLength: 20 }),
        decimal(0, 100),
        currencies,
        (all, costs, currency) => {
          const scale = minorUnits(currency);
          const lines = all.map((given) => lineAmounts(given, currency));
          const shipping = { shippingCosts: costs, shippingTaxRate: '19' };
          const totals = orderTotals(lines, shipping, currency);
          const units = (text: string): bigint => unitsOf(text, scale);
          const ofLines = lines.reduce((sum, { total }) => sum + units(total), 0n);
          const shipped = units(costs);
          const tax = nearest(shipped * 19n, 100n);
          expect(units(totals.total)).toBe(ofLines + shipped + tax);
          expect(units(totals.total)).toBe(
            units(totals.subtotal) - units(totals.discountTotal) + shipped + units(totals.taxTotal),
          );
        },
      ),
    );
  });
});

describe('returns of a line', () => {
  test('add up to the line to the cent, however it is split', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(terms, parts, currencies, (given, pieces, currency) => {
        const scale = minorUnits(currency);
        const quantity = String(pieces.reduce((sum, piece) => sum + piece, 0));
        const whole = { quantity, ...lineAmounts({ ...given, quantity }, currency) };
        let before = 0;
        const back = pieces.map((piece) => {
          const from = before;
          before += piece;
          return creditedAmounts(whole, String(from), String(before), currency);
        });
        for (const name of ['discount', 'net', 'tax', 'total'] as const) {
          const sum = back.reduce((units, part) => units + unitsOf(part[name], scale), 0n);
          expect(sum).toBe(-unitsOf(whole[name], scale));
        }
      }),
    );
  });
});

describe('what is left to pay', () => {
  test.each([
    ['100', '0', '0', '100.00', 'unpaid'],
    ['100', '0', '40', '60.00', 'partiallyPaid'],
    ['100', '0', '100', '0.00', 'paid'],
    ['100', '0', '110', '-10.00', 'overpaid'],
    ['100', '30', '100', '-30.00', 'overpaid'],
    ['100', '100', '0', '0.00', 'paid'],
    ['-40', '0', '0', '-40.00', 'unpaid'],
    ['-40', '0', '-10', '-30.00', 'partiallyPaid'],
    ['-40', '0', '-40', '0.00', 'paid'],
    ['-40', '0', '5', '-45.00', 'overpaid'],
  ])('of %s, credited %s, paid %s is %s: %s', (total, credited, paid, balance, paymentStatus) => {
    expect(balanceOf({ total, credited, paid }, 'EUR')).toEqual({ balance, paymentStatus });
  });
});
