import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from './errors.js';
import { parseListQuery, parseSearchBody } from './list-query.js';

function problemOf(read: () => unknown): Problem {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('It was read.');
}

describe('parseListQuery', () => {
  it('asks for the first 50 of all when nothing is said', () => {
    expect(parseListQuery({})).toEqual({
      limit: 50,
      sort: [],
      include: [],
      count: 'none',
      deleted: false,
    });
  });

  it('reads every parameter', () => {
    const query = parseListQuery({
      limit: '500',
      cursor: 'abc',
      sort: '-createdAt, lastName',
      fields: ['id,email', 'id'],
      include: 'company,owner',
      count: 'exact',
      deleted: 'true',
      query: ' müller ',
      'filter[status]': 'active',
    });
    expect(query).toEqual({
      limit: 500,
      cursor: 'abc',
      sort: [
        { field: 'createdAt', direction: 'desc' },
        { field: 'lastName', direction: 'asc' },
      ],
      fields: ['id', 'email'],
      include: ['company', 'owner'],
      count: 'exact',
      deleted: true,
      query: 'müller',
      where: { field: 'status', op: 'eq', value: 'active', at: '/filter[status]' },
    });
  });

  it.each<[Record<string, unknown>, string, string]>([
    [{ limit: '0' }, 'invalid-parameter', 'from 1 to 500'],
    [{ limit: '501' }, 'invalid-parameter', 'from 1 to 500'],
    [{ limit: '' }, 'invalid-parameter', 'limit'],
    [{ limit: '1e2' }, 'invalid-parameter', 'limit'],
    [{ limit: '-1' }, 'invalid-parameter', 'limit'],
    [{ limit: ['1', '2'] }, 'invalid-parameter', 'more than once'],
    [{ cursor: ['a', 'b'] }, 'invalid-parameter', 'more than once'],
    [{ count: 'all' }, 'invalid-parameter', 'none, estimated, exact'],
    [{ deleted: 'yes' }, 'invalid-parameter', 'true or false'],
    [{ sort: 'a,b,c,d,e,f' }, 'invalid-sort', 'at most 5'],
    [{ sort: '-' }, 'invalid-sort', 'sort'],
    [{ sort: 'a,,b' }, 'invalid-sort', 'sort'],
    [{ sort: 'a,-a' }, 'invalid-sort', 'twice'],
    [{ include: 'a,b,c,d,e,f' }, 'invalid-parameter', 'at most 5'],
    [{ fields: '' }, 'invalid-parameter', 'fields'],
    [{ fields: 'x'.repeat(200) }, 'invalid-parameter', 'fields'],
    [{ query: 'x'.repeat(201) }, 'invalid-parameter', 'at most 200'],
    [{ 'filter[a][is]': '1' }, 'invalid-filter', 'is'],
    [{ filters: '1' }, 'invalid-filter', 'filter[field]'],
    [{ limmit: '5' }, 'invalid-parameter', 'Did you mean limit?'],
    [{ Sort: 'a' }, 'invalid-parameter', 'Did you mean sort?'],
    [{ page: '2' }, 'invalid-parameter', 'page is not a parameter'],
    [{ 'a\nb': '2' }, 'invalid-parameter', 'a·b'],
  ])('answers %j with 400 %s', (params, code, detail) => {
    const problem = problemOf(() => parseListQuery(params));
    expect(problem).toMatchObject({ status: 400, code });
    expect(problem.detail).toContain(detail);
    expect(problem.errors).toHaveLength(1);
  });

  it('takes an empty parameter for none', () => {
    expect(parseListQuery({ query: '  ', cursor: '', sort: '', include: '' })).toEqual(
      parseListQuery({}),
    );
  });

  it('passes on no character that a database could stumble over', () => {
    expect(parseListQuery({ query: 'a\0b\ud800' }).query).toBe('a b\ufffd');
  });

  it('answers any query string with a query or a problem of status 400', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('limit', 'sort', 'fields', 'count', 'filter[a][in]'),
    );
    const value = fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 2, maxLength: 3 }));
    fc.assert(
      fc.property(fc.dictionary(name, value), (params) => {
        try {
          expect(parseListQuery(params).limit).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          expect(error).toMatchObject({ status: 400 });
        }
      }),
    );
  });
});

describe('parseSearchBody', () => {
  it('reads into the same shape as a query string', () => {
    const where = { field: 'status', op: 'eq', value: 'active' };
    const lists = { sort: ['-createdAt', 'lastName'], fields: ['id'], include: ['owner'] };
    const texts = { sort: '-createdAt,lastName', fields: 'id', include: 'owner' };
    const expected = {
      ...parseListQuery({ ...texts, limit: '10', query: 'x', count: 'estimated' }),
      where: { ...where, at: '/where' },
      relations: true,
    };
    const common = { where, limit: 10, query: 'x', count: 'estimated', deleted: false };
    expect(parseSearchBody({ ...common, ...lists })).toEqual(expected);
    expect(parseSearchBody({ ...common, ...texts })).toEqual(expected);
    expect(parseSearchBody({})).toEqual({ ...parseListQuery({}), relations: true });
  });

  it.each<[unknown, number, string | undefined]>([
    [null, 400, undefined],
    [[], 400, undefined],
    ['x', 400, undefined],
    [{ limit: 501 }, 400, '/limit'],
    [{ limit: 1.5 }, 400, '/limit'],
    [{ limit: null }, 400, '/limit'],
    [{ sort: [{ field: 'a' }] }, 400, '/sort'],
    [{ sort: ['a', 'a'] }, 400, '/sort'],
    [{ fields: 5 }, 400, '/fields'],
    [{ fields: [] }, 400, '/fields'],
    [{ include: ['a', 'b', 'c', 'd', 'e', 'f'] }, 400, '/include'],
    [{ count: true }, 400, '/count'],
    [{ deleted: 1 }, 400, '/deleted'],
    [{ query: 5 }, 400, '/query'],
    [{ cursor: 5 }, 400, undefined],
    [{ where: { and: [{ field: 'a' }] } }, 400, '/where/and/0'],
    [{ where: null }, 400, '/where'],
    [{ filter: {} }, 422, '/filter'],
    [{ 'a/b': 1 }, 422, '/a~1b'],
    [JSON.parse('{"__proto__": 1}'), 422, '/__proto__'],
  ])('answers %j with %i', (body, status, pointer) => {
    const problem = problemOf(() => parseSearchBody(body));
    expect(problem.status).toBe(status);
    expect(problem.errors?.[0]?.pointer).toBe(pointer);
  });

  it('names every unknown member and the one that may be meant', () => {
    const problem = problemOf(() => parseSearchBody({ wher: {}, sorts: [], limit: 5 }));
    expect(problem.errors).toMatchObject([{ pointer: '/wher' }, { pointer: '/sorts' }]);
    expect(problem.errors?.[0]?.detail).toContain('Did you mean where?');
  });

  it('answers any JSON with a query or a problem', () => {
    const body = fc.record(
      {
        limit: fc.jsonValue(),
        sort: fc.jsonValue(),
        fields: fc.jsonValue(),
        where: fc.jsonValue(),
        x: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), (json) => {
        try {
          parseSearchBody(json);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});
