import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../errors.js';
import { OPERATORS } from './condition.js';
import type { Condition } from './condition.js';
import { parseFilterParams, parseWhere } from './parse-filter.js';

/** The condition without the places it was written at. */
function bare(condition: Condition | null): unknown {
  return JSON.parse(
    JSON.stringify(condition, (key, value: unknown) => (key === 'at' ? undefined : value)),
  );
}

function problemOf(read: () => unknown): Problem {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) {
      expect([error.code, error.status]).toEqual(['invalid-filter', 400]);
      return error;
    }
    throw error;
  }
  throw new Error('It was read.');
}

describe('parseFilterParams', () => {
  it.each<[Record<string, unknown>, unknown]>([
    [{ 'filter[status]': 'active' }, { field: 'status', op: 'eq', value: 'active' }],
    [{ 'filter[createdAt][gte]': '2026' }, { field: 'createdAt', op: 'gte', value: '2026' }],
    [
      { 'filter[custom.tier][in]': 'gold,silver' },
      { field: 'custom.tier', op: 'in', value: ['gold', 'silver'] },
    ],
    [{ 'filter[address.city]': 'Berlin' }, { field: 'address.city', op: 'eq', value: 'Berlin' }],
    [
      { 'filter[externalIds.legacy-crm]': '4711' },
      { field: 'externalIds.legacy-crm', op: 'eq', value: '4711' },
    ],
    [{ 'filter[name]': 'a,b' }, { field: 'name', op: 'eq', value: 'a,b' }],
    [{ 'filter[name]': '' }, { field: 'name', op: 'eq', value: '' }],
    [
      { 'filter[name][in]': String.raw`a\,b,c\\,d\e` },
      { field: 'name', op: 'in', value: ['a,b', 'c\\', String.raw`d\e`] },
    ],
    [{ 'filter[name][in]': ['a', 'b,c'] }, { field: 'name', op: 'in', value: ['a', 'b', 'c'] }],
    [
      { 'filter[tags][has]': ['vip', 'eu'] },
      {
        and: [
          { field: 'tags', op: 'has', value: 'vip' },
          { field: 'tags', op: 'has', value: 'eu' },
        ],
      },
    ],
    [
      { limit: '5', 'filter[a]': '1', 'filter[b][neq]': '2' },
      {
        and: [
          { field: 'a', op: 'eq', value: '1' },
          { field: 'b', op: 'neq', value: '2' },
        ],
      },
    ],
    [{ limit: '5' }, null],
  ])('reads %j', (query, condition) => {
    expect(bare(parseFilterParams(query))).toEqual(condition);
  });

  it.each([
    'filter',
    'filter[]',
    'filter[a',
    'filter[a][eq][b]',
    'filter[a]x',
    'filters[a]',
    'filter[a][]',
    `filter[${'a'.repeat(200)}]`,
  ])('refuses the key %j and says how to write it', (key) => {
    const problem = problemOf(() => parseFilterParams({ [key]: '1' }));
    expect(problem.detail).toContain('filter[field][operator]=value');
  });

  it('names an unknown operator, those there are, and the one that may be meant', () => {
    const problem = problemOf(() => parseFilterParams({ 'filter[name][startswith]': 'x' }));
    expect(problem.detail).toContain('no operator startswith. Did you mean startsWith?');
    expect(problem.detail).toContain(OPERATORS.join(', '));
    expect(problem.errors).toMatchObject([
      { pointer: '/filter[name][startswith]', code: 'unknownOperator' },
    ]);
  });

  it('refuses a repeated key that could never be true, and says what to write', () => {
    const problem = problemOf(() => parseFilterParams({ 'filter[status]': ['a', 'b'] }));
    expect(problem.detail).toContain('filter[status][in]=a,b');
  });

  it('takes 100 filters and no more', () => {
    const filters = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`filter[f${index}]`, '1']));
    expect(parseFilterParams(filters(100))).toHaveProperty('and.length', 100);
    expect(problemOf(() => parseFilterParams(filters(101))).detail).toContain('100');
    expect(
      problemOf(() => parseFilterParams({ 'filter[a][has]': Array(200).fill('x') })).detail,
    ).toContain('100');
  });

  it('gives back any condition that was written as parameters', () => {
    const field = fc.string({
      unit: fc.constantFrom(...'abcXYZ09._-~/é'),
      minLength: 1,
      maxLength: 20,
    });
    const op = fc.constantFrom(...OPERATORS);
    const value = fc.string({ unit: fc.constantFrom(...'ab,\\ ]["é') });
    const comparison = fc.record({
      field,
      op,
      values: fc.array(value, { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(comparison, ({ field, op, values }) => {
        const isList = op === 'in' || op === 'nin';
        const escaped = values.map((text) => text.replaceAll('\\', '\\\\').replaceAll(',', '\\,'));
        const written = { [`filter[${field}][${op}]`]: isList ? escaped.join(',') : values[0] };
        const read = parseFilterParams(written);
        expect(bare(read)).toEqual({ field, op, value: isList ? values : values[0] });
      }),
    );
  });

  it('answers any query string with a condition or a problem', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().map((key) => `filter${key}`),
          fc.string(),
        ),
        (query) => {
          try {
            parseFilterParams(query);
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid-filter' });
          }
        },
      ),
    );
  });
});

describe('parseWhere', () => {
  const leaf = { field: 'status', op: 'eq', value: 'active' };
  const nested = (depth: number): unknown => (depth === 0 ? leaf : { not: nested(depth - 1) });

  it('reads comparisons and groups, with eq where no operator is given', () => {
    const where = { and: [leaf, { or: [{ field: 'a', value: 1 }, { not: leaf }] }] };
    expect(bare(parseWhere(where))).toEqual({
      and: [leaf, { or: [{ field: 'a', op: 'eq', value: 1 }, { not: leaf }] }],
    });
  });

  it('reads groups 5 deep and no deeper, however deep the JSON goes', () => {
    expect(bare(parseWhere(nested(5)))).toEqual(nested(5));
    expect(problemOf(() => parseWhere(nested(6))).errors?.[0]?.pointer).toBe(
      '/where/not/not/not/not/not',
    );
    expect(problemOf(() => parseWhere(nested(5000))).detail).toContain('at most 5 deep');
  });

  it('reads 100 conditions and no more, wherever they stand', () => {
    const list = (count: number) => Array.from({ length: count }, () => leaf);
    expect(() => parseWhere({ and: [{ or: list(50) }, { or: list(50) }] })).not.toThrow();
    expect(
      problemOf(() => parseWhere({ and: [{ or: list(50) }, { or: list(51) }] })).detail,
    ).toContain('100');
    expect(problemOf(() => parseWhere({ and: list(1_000_000) })).detail).toContain('100');
  });

  it.each<[unknown, string]>([
    [null, '/where'],
    ['x', '/where'],
    [[], '/where'],
    [{}, '/where'],
    [{ and: [] }, '/where/and'],
    [{ and: leaf }, '/where/and'],
    [{ and: [leaf], or: [leaf] }, '/where'],
    [{ and: [leaf, null] }, '/where/and/1'],
    [{ and: [leaf, { not: [leaf] }] }, '/where/and/1/not'],
    [{ ...leaf, extra: 1 }, '/where'],
    [{ field: 'a' }, '/where'],
    [{ op: 'eq', value: 1 }, '/where'],
    [{ or: [leaf, { field: 5, op: 'eq', value: 1 }] }, '/where/or/1/field'],
    [{ or: [leaf, { field: 'a', op: 'equals', value: 1 }] }, '/where/or/1/op'],
    [{ field: 'a', op: ['eq'], value: 1 }, '/where/op'],
    [JSON.parse('{"__proto__": {"and": []}}'), '/where'],
  ])('refuses %j and points at %s', (where, pointer) => {
    expect(problemOf(() => parseWhere(where)).errors?.[0]?.pointer).toBe(pointer);
  });

  it('answers any JSON with a condition or a problem', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          parseWhere({ and: [json] });
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-filter' });
        }
      }),
    );
  });
});
