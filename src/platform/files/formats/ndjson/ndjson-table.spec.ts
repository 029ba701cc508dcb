import { describe, expect, it } from '@jest/globals';
import { fileOf, outcome, readFile } from '../../../../../test/support/import-files.js';

const lines = (...objects: unknown[]) =>
  objects
    .map((object) => `${typeof object === 'string' ? object : JSON.stringify(object)}\n`)
    .join('');

describe('ndjson', () => {
  it('gives nested objects columns by path, and keeps the types of values', async () => {
    const { reader, rows } = await readFile(
      fileOf(
        lines(
          {
            name: 'Ann',
            address: { city: 'Ulm', geo: { lat: 48.4 } },
            tags: ['a', 'b'],
            vip: true,
          },
          { name: 'Bob', custom: { tier: 'gold' }, age: 30, vip: null },
        ),
      ),
    );
    expect(reader.headers).toEqual([
      ...['name', 'address.city', 'address.geo.lat', 'tags', 'vip', 'custom.tier', 'age'],
    ]);
    expect(outcome(rows)).toEqual([
      ['Ann', 'Ulm', 48.4, ['a', 'b'], true],
      ['Bob', undefined, undefined, undefined, null, 'gold', 30],
    ]);
  });

  it('takes a path written out and a nested one for the same column', async () => {
    const text = lines({ address: { city: 'Ulm' } }, { 'address.city': 'Bern' });
    expect(outcome((await readFile(fileOf(text))).rows)).toEqual([['Ulm'], ['Bern']]);
    const twice = lines({ a: 1 }, { address: { city: 'Ulm' }, 'address.city': 'Bern' });
    expect(outcome((await readFile(fileOf(twice))).rows)).toEqual([[1], '2: duplicate-key']);
  });

  it('keeps the digits that a double cannot hold', async () => {
    const { rows } = await readFile(
      fileOf('{"id":12345678901234567890,"amount":1234567890123456.78,"price":9.80,"big":1e400}\n'),
    );
    expect(outcome(rows)).toEqual([['12345678901234567890', '1234567890123456.78', 9.8, '1e400']]);
  });

  it('rejects lines that are no object and reads the others', async () => {
    const deep = '{"a":'.repeat(6) + '1' + '}'.repeat(6);
    const { rows } = await readFile(
      fileOf(
        lines(
          { a: 1 },
          '{"a": 2',
          '[1]',
          '',
          '"x"',
          deep,
          { a: [[[[[[[[[[[1]]]]]]]]]]] },
          { a: 3 },
        ),
      ),
    );
    expect(outcome(rows)).toEqual([
      [1],
      '2: invalid-json',
      '3: not-an-object',
      '5: not-an-object',
      '6: too-deep',
      '7: too-deep',
      [3],
    ]);
    expect(rows[1]!.cells).toEqual(['{"a": 2']);
  });

  it('rejects texts the database cannot keep, wherever they are in the object', async () => {
    const { rows } = await readFile(
      fileOf(
        '{"a":"x\\u0000y"}\n{"a":"\\ud800"}\n{"a":["x","\\u0000"]}\n{"a":"back\\\\u0000slash"}\n' +
          '{"a\\u0000":1}\n{"a":{"b":[{"c":"\\udc00"}]}}\n{"a":"\\u00e9"}\n',
      ),
    );
    expect(outcome(rows)).toEqual([
      '1: nul-character',
      '2: invalid-encoding',
      '3: nul-character',
      ['back\\u0000slash'],
      '5: invalid-encoding',
      '6: nul-character',
      ['é'],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/[^\\]\\u0000|[^\\]\\ud/);
  });

  it('gives no row more columns than a file may have', async () => {
    const text = lines(
      { a: 1, b: 2 },
      { a: 1, c: 3, d: 4 },
      { b: 5 },
      ...Array.from({ length: 100 }, (_, at) => ({ [`empty${at}`]: {} })),
    );
    const { reader, rows } = await readFile(fileOf(text), { limits: { maxColumns: 3 } });
    expect(outcome(rows).slice(0, 3)).toEqual([[1, 2], '2: too-many-columns', [undefined, 5]]);
    expect(reader.headers).toEqual(['a', 'b', 'c']);
    expect(rows.at(-1)!.error?.code).toBe('too-many-columns');
  });

  it('is not fooled by the names of built-in members', async () => {
    const { reader, rows } = await readFile(fileOf('{"__proto__":{"x":1},"constructor":2}\n'));
    expect(reader.headers).toEqual(['__proto__.x', 'constructor']);
    expect(outcome(rows)).toEqual([[1, 2]]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('rejects a line beyond the limit and reads on', async () => {
    const text = lines({ a: 1 }, { a: 'x'.repeat(500) }, { a: 2 });
    const limits = { maxRow: 200 };
    for (const size of [7, 10_000]) {
      const { rows } = await readFile(fileOf(text, size), { limits });
      expect(outcome(rows)).toEqual([[1], '2: row-too-long', [2]]);
    }
    const { rows } = await readFile(fileOf(text), { limits: { maxCell: 200 } });
    expect(outcome(rows)).toEqual([[1], '2: cell-too-long', [2]]);
  });

  it('reads lines however they end and wherever they are cut', async () => {
    const text = '{"a":1}\r\n{"a":2}\n\r\n{"a":"ü"}\r{"a":4}';
    for (const size of [1, 2, 3, 8, 9, 100]) {
      const { rows } = await readFile(fileOf(text, size));
      expect(rows.map(({ line, cells }) => [line, cells[0]])).toEqual([
        [1, 1],
        [2, 2],
        [4, 'ü'],
        [5, 4],
      ]);
    }
  });

  it('leaves out the columns of our own error files', async () => {
    const { reader } = await readFile(fileOf('{"_line":3,"_error":"bad","a":1}\n'));
    expect(reader.headers).toEqual(['a']);
  });
});
