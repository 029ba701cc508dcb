import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../errors.js';
import { normalizeCountry } from '../values/country.js';
import { checkCondition } from './check-condition.js';
import type { Condition, FieldSchema, FieldType, FilterField, Operator } from './condition.js';

const FIELDS = new Map<string, FilterField>(
  (
    [
      'text',
      'number',
      'integer',
      'decimal',
      'date',
      'datetime',
      'boolean',
      'uuid',
      'tags',
      'select',
      'multiselect',
    ] as FieldType[]
  ).map((type) => [type, { type, filterable: true }]),
);
FIELDS.set('secret', { type: 'text', filterable: false });
FIELDS.set('country', { type: 'text', filterable: true, normalize: normalizeCountry });

const schema: FieldSchema = (field) => FIELDS.get(field);
const check = (field: string, op: Operator, value: unknown) =>
  checkCondition({ field, op, value, at: '/here' }, schema, { fieldNames: () => FIELDS.keys() });

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
  throw new Error('It was accepted.');
}

const ID = '0198C0DE-0000-7000-8000-000000000001';

describe('checkCondition', () => {
  it.each<[string, unknown, unknown]>([
    ['text', 'Zoe\u0308 ', 'Zoë '],
    ['number', '1.5', 1.5],
    ['number', '-1e3', -1000],
    ['number', 7, 7],
    ['integer', '42', 42],
    ['integer', 42, 42],
    ['decimal', '1250.00', '1250'],
    ['decimal', 12.5, '12.5'],
    ['date', '2026-01-31', '2026-01-31'],
    ['datetime', '2026-01-31T10:00:00+01:00', '2026-01-31T09:00:00.000Z'],
    ['datetime', '2026-01-31T10:00:00 01:00', '2026-01-31T09:00:00.000Z'],
    ['datetime', '2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['boolean', 'true', true],
    ['boolean', false, false],
    ['uuid', ID, ID.toLowerCase()],
    ['select', 'gold', 'gold'],
    ['country', 'Germany', 'DE'],
  ])('gives a %s the value %j as %j', (field, raw, value) => {
    expect(check(field, 'eq', raw)).toMatchObject({ field, op: 'eq', value });
  });

  it.each<[string, unknown]>([
    ['text', 5],
    ['text', 'a\0b'],
    ['text', '\ud800'],
    ['text', 'x'.repeat(1001)],
    ['text', ['a']],
    ['text', { a: 1 }],
    ['text', undefined],
    ['number', ''],
    ['number', ' '],
    ['number', 'abc'],
    ['number', '0x10'],
    ['number', 'Infinity'],
    ['number', '1e999'],
    ['number', true],
    ['integer', '1.5'],
    ['integer', '9007199254740993'],
    ['integer', '1e30'],
    ['decimal', '1,5'],
    ['decimal', '1e99'],
    ['date', '2026-02-30'],
    ['date', 'today'],
    ['datetime', '2026-01-31T25:00:00Z'],
    ['datetime', '0000-01-01T00:00:00Z'],
    ['boolean', 'yes'],
    ['boolean', 1],
    ['uuid', '1'],
    ['uuid', `${ID}x`],
    ['country', 'Atlantis'],
  ])('refuses to compare a %s with %j, naming both', (field, raw) => {
    const problem = problemOf(() => check(field, 'eq', raw));
    expect(problem.detail).toContain(field);
    expect(problem.errors).toMatchObject([{ pointer: '/here', code: 'invalidValue' }]);
    expect(problem.detail.length).toBeLessThan(300);
  });

  const operators: Record<FieldType, string> = {
    text: 'eq neq in nin isNull gt gte lt lte contains startsWith',
    number: 'eq neq in nin isNull gt gte lt lte',
    integer: 'eq neq in nin isNull gt gte lt lte',
    decimal: 'eq neq in nin isNull gt gte lt lte',
    date: 'eq neq in nin isNull gt gte lt lte',
    datetime: 'eq neq in nin isNull gt gte lt lte',
    boolean: 'eq neq isNull',
    uuid: 'eq neq in nin isNull',
    select: 'eq neq in nin isNull',
    tags: 'has in nin isNull',
    multiselect: 'has in nin isNull',
  };
  const sample: Record<FieldType, string> = {
    ...{ text: 'a', number: '1', integer: '1', decimal: '1', date: '2026-01-31', boolean: 'true' },
    ...{ datetime: '2026-01-31', uuid: ID, select: 'a', tags: 'a', multiselect: 'a' },
  };

  it.each(Object.keys(operators) as FieldType[])(
    'takes for a %s only the operators that fit',
    (type) => {
      const taken: string[] = [];
      for (const op of 'eq neq in nin isNull gt gte lt lte contains startsWith has'.split(
        ' ',
      ) as Operator[]) {
        const value =
          op === 'isNull' ? 'true' : op === 'in' || op === 'nin' ? [sample[type]] : sample[type];
        try {
          check(type, op, value);
          taken.push(op);
        } catch (error) {
          expect(error).toMatchObject({ errors: [{ code: 'operatorNotAllowed' }] });
          for (const allowed of operators[type].split(' ')) {
            expect((error as Problem).detail).toContain(allowed);
          }
        }
      }
      expect(taken.sort()).toEqual(operators[type].split(' ').sort());
    },
  );

  it('names a field that does not exist or may not be asked for, and the one that may be meant', () => {
    expect(problemOf(() => check('intger', 'eq', '1')).detail).toBe(
      'There is no field intger to filter by. Did you mean integer?',
    );
    expect(problemOf(() => check('secret', 'eq', '1')).detail).toContain('no field secret');
    expect(problemOf(() => check('__proto__', 'eq', '1')).errors?.[0]?.code).toBe('unknownField');
    expect(problemOf(() => check('a\nb\u0000c', 'eq', '1')).detail).toContain('a·b·c');
  });

  it('takes 1 to 500 values for in and nin, each once', () => {
    const values = Array.from({ length: 500 }, (_, index) => String(index));
    expect(check('integer', 'in', values)).toHaveProperty('value.length', 500);
    expect(check('integer', 'in', ['1', '01', 1, '2'])).toMatchObject({ value: [1, 2] });
    for (const value of [[], [...values, '500'], '1', null, { length: 1 }]) {
      expect(problemOf(() => check('integer', 'nin', value)).detail).toContain('1 to 500');
    }
    expect(problemOf(() => check('integer', 'in', ['1', null])).detail).toContain('whole number');
  });

  it('takes null for what isNull asks', () => {
    expect(check('text', 'eq', null)).toMatchObject({ op: 'isNull', value: true });
    expect(check('text', 'neq', null)).toMatchObject({ op: 'isNull', value: false });
    expect(check('tags', 'isNull', 'false')).toMatchObject({ op: 'isNull', value: false });
    expect(problemOf(() => check('text', 'isNull', 'maybe')).detail).toContain('true or false');
    expect(problemOf(() => check('text', 'gt', null)).detail).toContain('null');
  });

  it('brings whole values into their stored form, but not the parts that contains looks for', () => {
    expect(check('country', 'in', ['Germany', 'FR'])).toMatchObject({ value: ['DE', 'FR'] });
    expect(check('country', 'startsWith', 'Ger')).toMatchObject({ value: 'Ger' });
  });

  it('checks every comparison of a group and keeps its shape', () => {
    const where: Condition = {
      and: [
        { field: 'integer', op: 'gt', value: '1', at: '/where/and/0' },
        { not: { or: [{ field: 'boolean', op: 'eq', value: 'true' }] } },
      ],
    };
    expect(checkCondition(where, schema)).toEqual({
      and: [
        { field: 'integer', type: 'integer', op: 'gt', value: 1 },
        { not: { or: [{ field: 'boolean', type: 'boolean', op: 'eq', value: true }] } },
      ],
    });
    const bad: Condition = { not: { field: 'integer', op: 'eq', value: 'x', at: '/where/not' } };
    expect(problemOf(() => checkCondition(bad, schema)).errors?.[0]?.pointer).toBe('/where/not');
  });

  it('answers any value of any JSON with a value of the right type or a problem', () => {
    const expected: Partial<Record<FieldType, string>> = {
      number: 'number',
      integer: 'number',
      boolean: 'boolean',
    };
    const field = fc.constantFrom(...(Object.keys(operators) as FieldType[]));
    const operator = fc.constantFrom<Operator>('eq', 'gt', 'has', 'in');
    fc.assert(
      fc.property(field, operator, fc.oneof(fc.jsonValue(), fc.string()), (type, op, raw) => {
        try {
          const typed = check(type, op, raw) as { op: Operator; value: unknown };
          const values = Array.isArray(typed.value) ? (typed.value as unknown[]) : [typed.value];
          const wanted = typed.op === 'isNull' ? 'boolean' : (expected[type] ?? 'string');
          for (const value of values) expect(typeof value).toBe(wanted);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-filter' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
