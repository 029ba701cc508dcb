import { describe, expect, it } from '@jest/globals';
import { Problem } from '../errors.js';
import { checkCondition } from './check-condition.js';
import type { FieldSchema, FilterRelation, Relations } from './condition.js';
import { parsePlainWhere, parseWhere } from './parse-filter.js';

const TYPES: Record<string, 'text' | 'decimal' | 'integer'> = { name: 'text', total: 'decimal' };
const schema: FieldSchema = (name) => {
  const type = TYPES[name];
  return type && { type, filterable: true, isAddable: type === 'decimal' };
};
const fieldNames = (): string[] => Object.keys(TYPES);

/** One object that leads to itself: by `parent` to one, by `orders` to several. */
const relations: Relations = {
  names: () => ['parent', 'orders'],
  find: (name) => (name === 'parent' || name === 'orders' ? relation(name) : undefined),
};
const relation = (name: string): FilterRelation => ({
  ...{ name, isMany: name === 'orders', schema, fieldNames, relations },
});

const check = (where: object): unknown =>
  JSON.parse(
    JSON.stringify(
      checkCondition(parseWhere(where), schema, { fieldNames, relations }),
      (key, value: unknown) =>
        key === 'relation' ? (value as FilterRelation).name : (value as object),
    ),
  );

function faultOf(work: () => unknown): { code: string; pointer: string; detail: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem && error.errors?.[0]) return error.errors[0];
    throw error;
  }
  throw new Error('It was accepted');
}

const some = { kind: 'some' };
const none = { kind: 'none' };

describe('a condition on related records', () => {
  it('is checked against what they are', () => {
    const where = { field: 'name', value: 'x' };
    expect(check({ related: 'orders', where, none: true })).toEqual({
      ...{ relation: 'orders', wanted: none },
      where: { field: 'name', op: 'eq', type: 'text', value: 'x' },
    });
    expect(check({ related: 'orders', count: { op: 'gt', value: '3' } })).toEqual({
      ...{ relation: 'orders', where: null, wanted: { kind: 'count', op: 'gt', value: 3 } },
    });
    expect(check({ related: 'orders', sum: 'total', op: 'lt', value: 500 })).toEqual({
      ...{ relation: 'orders', where: null },
      wanted: { kind: 'sum', field: 'total', op: 'lt', value: '500' },
    });
  });

  it('is true of who leads to no record as it is true of an empty value', () => {
    const neq = { field: 'name', op: 'neq', type: 'text', value: 'x' };
    expect(check({ field: 'parent.name', op: 'eq', value: 'x' })).toMatchObject({ wanted: some });
    expect(check({ field: 'parent.parent.name', op: 'neq', value: 'x' })).toEqual({
      ...{ relation: 'parent', wanted: none },
      where: { not: { relation: 'parent', wanted: none, where: { not: neq } } },
    });
    expect(check({ related: 'parent.orders', none: true })).toMatchObject({ wanted: none });
    expect(check({ related: 'parent.orders', count: { op: 'lt', value: 2 } })).toMatchObject({
      wanted: none,
    });
    expect(check({ related: 'parent.orders', count: { op: 'gt', value: 2 } })).toMatchObject({
      wanted: some,
    });
  });

  it.each([
    [{ related: 'order' }, 'unknownRelation', '/where/related'],
    [{ related: 'orders.parent' }, 'severalRecords', '/where/related'],
    [{ field: 'orders.name', value: 'x' }, 'severalRecords', '/where'],
    [{ field: 'parent.nme', value: 'x' }, 'unknownField', '/where'],
    [{ related: 'orders', sum: 'name', op: 'gt', value: 1 }, 'unknownField', '/where/sum'],
    [{ related: 'orders', sum: 'total', op: 'gt', value: 'x' }, 'invalidValue', '/where/value'],
    [{ related: 'orders', sum: 'total', op: 'in', value: 1 }, 'unknownOperator', '/where/op'],
    [{ related: 'orders', count: { op: 'gt', value: -1 } }, 'invalidValue', '/where/count/value'],
    [{ related: 'orders', count: { op: 'has', value: 1 } }, 'unknownOperator', '/where/count/op'],
    [{ related: 'orders', count: { value: 1, of: 'x' } }, 'unreadable', '/where/count'],
    [{ related: 'orders', count: 3 }, 'unreadable', '/where/count'],
    [{ related: 'orders', none: true, count: {} }, 'unreadable', '/where'],
    [{ related: 'orders', none: 'yes' }, 'unreadable', '/where/none'],
    [{ related: 'orders', op: 'gt' }, 'unreadable', '/where'],
    [{ related: 'orders', which: 1 }, 'unreadable', '/where'],
    [{ related: '' }, 'unreadable', '/where/related'],
    [{ related: 'parent.parent.parent.orders' }, 'tooManyRelations', '/where'],
  ])('%j is refused where it is wrong', (where, code, pointer) => {
    expect(faultOf(() => check(where))).toMatchObject({ code, pointer });
  });

  it('counts among the depth and the conditions', () => {
    const deep = (levels: number): object =>
      levels === 0 ? { field: 'name', value: 'x' } : { not: deep(levels - 1) };
    const within = { related: 'orders', where: deep(5) };
    expect(faultOf(() => parseWhere(within)).code).toBe('tooDeep');
    const many = Array.from({ length: 60 }, () => ({ related: 'orders', where: deep(0) }));
    expect(faultOf(() => parseWhere({ or: many })).code).toBe('tooManyConditions');
  });

  it('is not for everyone who takes conditions', () => {
    const where = { or: [{ related: 'orders' }] };
    const fault = { code: 'relationsNotHere', pointer: '/where/or/0' };
    expect(faultOf(() => parsePlainWhere(where))).toMatchObject(fault);
    expect(faultOf(() => checkCondition(parseWhere(where), schema))).toMatchObject(fault);
    const path = { field: 'parent.name', value: 'x' };
    expect(faultOf(() => checkCondition(parseWhere(path), schema)).code).toBe('unknownField');
  });
});
