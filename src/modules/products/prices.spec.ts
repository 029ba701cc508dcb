import { describe, expect, test } from '@jest/globals';
import { priceFor, whyNot, whyThis } from './prices.js';
import type { Price } from './prices.js';

const price = (id: string, amount: string, more: Partial<Price> = {}): Price => ({
  ...{ id, currency: 'EUR', amount, from: null, until: null, minQuantity: null },
  ...more,
});

const PRICES = [
  price('list', '20'),
  price('spring', '18', { from: '2026-03-01', until: '2026-05-31' }),
  price('ten', '15', { minQuantity: '10' }),
  price('dollars', '22', { currency: 'USD' }),
];

const wish = (quantity: string, on: string, currency = 'EUR') => ({ currency, quantity, on });

describe('the price that applies', () => {
  test.each([
    ['1', '2026-01-01', 'EUR', 'list'],
    ['1', '2026-03-01', 'EUR', 'spring'],
    ['1', '2026-05-31', 'EUR', 'spring'],
    ['1', '2026-06-01', 'EUR', 'list'],
    ['10', '2026-04-01', 'EUR', 'ten'],
    ['9.9999', '2026-04-01', 'EUR', 'spring'],
    ['-10', '2026-01-01', 'EUR', 'ten'],
    ['1', '2026-01-01', 'USD', 'dollars'],
    ['1', '2026-01-01', 'GBP', undefined],
  ])('for %s on %s in %s is %s', (quantity, on, currency, id) => {
    expect(priceFor(PRICES, wish(quantity, on, currency))?.id).toBe(id);
  });

  test('is the last of the list among equals', () => {
    const prices = [price('first', '1'), price('second', '2')];
    expect(priceFor(prices, wish('1', '2026-01-01'))?.id).toBe('second');
  });

  test('says why the others do not apply, and why it goes before those that do', () => {
    const [list, spring, ten] = PRICES as [Price, Price, Price];
    expect(whyNot(spring, wish('1', '2026-06-01'))).toBe('was valid until 2026-05-31');
    expect(whyNot(ten, wish('1', '2026-06-01'))).toBe('needs a quantity of 10');
    expect(whyThis(ten, [list, spring])).toContain('a quantity of 10');
    expect(whyThis(spring, [list])).toBe('It became valid last, on 2026-03-01.');
    expect(whyThis(list, [])).toBe('It is the only price that is valid.');
  });
});
