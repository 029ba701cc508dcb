import { describe, expect, it } from '@jest/globals';
import { compileCells } from './cell-sources.js';

describe('cells of a row', () => {
  it('are passed on as they are where each column has its own target', () => {
    const cells = ['a', null];
    expect(compileCells([{ column: 0 }, { column: 1 }])(cells)).toBe(cells);
  });

  it('go to several targets, in other words, with a value in place of an empty one', () => {
    const read = compileCells([
      { column: 0 },
      { column: 0, values: { 'C*': 'creditNote', '*': 'order', C9: 'other' } },
      { column: 1, values: { '*.0': 'Customer *' }, fallback: 'Cash' },
      { column: null, fallback: 'GBP' },
    ]);
    expect(read(['C1', '17850.0'])).toEqual(['C1', 'creditNote', 'Customer 17850', 'GBP']);
    expect(read(['C9', ' '])).toEqual(['C9', 'other', 'Cash', 'GBP']);
    expect(read(['1', '17850'])).toEqual(['1', 'order', '17850', 'GBP']);
  });

  it('take a null word for an empty cell', () => {
    const read = compileCells([{ column: 0, values: { Unspecified: null } }]);
    expect(read(['Unspecified'])).toEqual([null]);
  });

  it.each([
    ['0.15', 100, '15'],
    ['0.150000006', 100, '15.0000006'],
    ['1,250.50', 2, '2501'],
    ['many', 100, 'many'],
    ['', 100, ''],
  ])('%j times %d is %j', (cell, factor, expected) => {
    expect(compileCells([{ column: 0, factor }])([cell])).toEqual([expected]);
  });
});
