import { describe, expect, it } from '@jest/globals';
import { parsePlainWhere } from '../../../common/filter/index.js';
import { compileLeftOut } from './left-out.js';

const HEADERS = ['No', 'Price', 'Customer'];

const reasonOf = (where: unknown, cells: (string | null)[]): string | null =>
  compileLeftOut([{ where: parsePlainWhere(where), reason: 'left' }], (name) =>
    HEADERS.indexOf(name),
  )(cells);

describe('rows to leave out', () => {
  it.each<[object, (string | null)[], boolean]>([
    [{ field: 'Price', op: 'lte', value: 0 }, ['1', '-0.5', ''], true],
    [{ field: 'Price', op: 'lte', value: 0 }, ['1', '10', ''], false],
    [{ field: 'Price', op: 'lt', value: '9' }, ['1', '10', ''], false],
    [{ field: 'Price', value: 0 }, ['1', '0.00', ''], true],
    [{ field: 'Price', value: 0 }, ['1', '', ''], false],
    [{ field: 'Price', op: 'gt', value: 5 }, ['1', '1,250.00', ''], true],
    [{ field: 'No', op: 'startsWith', value: 'A' }, ['A1', '1', ''], true],
    [{ field: 'No', op: 'contains', value: 'B' }, ['A1', '1', ''], false],
    [{ field: 'No', op: 'in', value: ['A1', 'A2'] }, ['A2', '1', ''], true],
    [{ field: 'No', op: 'nin', value: ['A1', 'A2'] }, [null, '1', ''], true],
    [{ field: 'No', op: 'neq', value: 'A' }, ['A', '1', ''], false],
    [{ field: 'Customer', op: 'isNull', value: true }, ['1', '1', ' '], true],
    [{ field: 'Customer', op: 'isNull', value: false }, ['1', '1', 'c'], true],
    [{ field: 'Customer', value: null }, ['1', '1', 'c'], false],
    [{ field: 'Customer', op: 'neq', value: null }, ['1', '1', 'c'], true],
    [{ field: 'None', op: 'isNull', value: true }, ['1', '1', 'c'], true],
  ])('%j of %j: %s', (where, cells, isLeft) => {
    expect(reasonOf(where, cells)).toBe(isLeft ? 'left' : null);
  });

  it('are told by conditions together, by the first rule that is true', () => {
    const and = { and: [{ field: 'Price', value: 0 }, { not: { field: 'Customer', value: 'c' } }] };
    expect(reasonOf(and, ['1', '0', ''])).toBe('left');
    expect(reasonOf(and, ['1', '0', 'c'])).toBeNull();
    expect(reasonOf({ or: [and, { field: 'No', value: 1 }] }, ['1', '5', 'c'])).toBe('left');
  });
});
