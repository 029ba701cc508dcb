import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { DEFAULT_LIMITS, type Limits } from '../limits.js';
import type { Row } from '../row.js';
import { CsvScanner } from './scanner.js';
import type { Dialect } from './text-window.js';

const COMMA: Dialect = { delimiter: ',', quote: '"', lineEnd: '\n', guarded: true };

interface Options {
  columns?: number;
  limits?: Partial<Limits>;
  dialect?: Partial<Dialect>;
  /** Sizes of the blocks, over and over. */
  sizes?: number[];
  suspect?: boolean;
}

function scan(text: string, options: Options = {}): Row[] {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const scanner = new CsvScanner({ ...COMMA, ...options.dialect }, limits);
  scanner.columns = options.columns ?? 0;
  const rows: Row[] = [];
  const sizes = options.sizes ?? [text.length];
  let at = 0;
  for (let turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    scanner.feed(text.slice(at, at + size), options.suspect ?? false, at + size >= text.length);
    at += size;
    while (scanner.take(rows, rows.length + 3));
  }
  return rows;
}

const cells = (rows: Row[]) => rows.map((row) => row.cells);
const seen = (rows: Row[]) => rows.map(({ line, error }) => [line, error?.code ?? 'good']);

describe('CsvScanner', () => {
  it('reads cells, quoted cells, doubled quotes and line breaks inside quotes', () => {
    const rows = scan('a,"b, c","say ""hi""","two\nlines",\r\n1,2,3,4,5\n');
    expect(cells(rows)).toEqual([
      ['a', 'b, c', 'say "hi"', 'two\nlines', null],
      ['1', '2', '3', '4', '5'],
    ]);
  });

  it('gives the line an editor shows, after line breaks in quotes and after blank lines', () => {
    const rows = scan('a\n\n"x\r\ny\nz"\nb\n,,\nc');
    expect(rows.map(({ line }) => line)).toEqual([1, 3, 6, 8]);
  });

  it('reads files of old Macs, whose lines end in a carriage return', () => {
    const rows = scan('a,b\r"1\r2",x\r3,4', { dialect: { lineEnd: '\r' } });
    expect(cells(rows)).toEqual([
      ['a', 'b'],
      ['1\r2', 'x'],
      ['3', '4'],
    ]);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it('takes quotes inside an unquoted cell for text', () => {
    expect(cells(scan('5" pipe,it"s\n'))).toEqual([['5" pipe', 'it"s']]);
  });

  it('does not mind blanks around quoted cells, and keeps those of others', () => {
    expect(cells(scan('a, "b, c" , d \n'))).toEqual([['a', 'b, c', ' d ']]);
  });

  it('takes rows of nothing but empty cells for no rows', () => {
    expect(cells(scan('a,b\n,\n"",\n\r\n \n', { columns: 0 }))).toEqual([['a', 'b'], [' ']]);
  });

  it('rejects rows that are too short or too long and reads the others', () => {
    const rows = scan('1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n4,5,6', { columns: 3 });
    expect(seen(rows)).toEqual([
      [1, 'good'],
      [2, 'too-few-cells'],
      [3, 'too-many-cells'],
      [4, 'good'],
      [5, 'good'],
    ]);
    expect(rows[1]).toMatchObject({
      cells: ['1', '2'],
      error: { detail: 'The row has 2 cells, the header has 3.' },
    });
    expect(rows[2]!.cells).toEqual(['1', '2', '3', '4']);
    expect(rows[3]!.cells).toEqual(['1', '2', '3']);
  });

  it('loses one row to a quote that is never closed, and names the line it was opened on', () => {
    const rows = scan('1,2\n3,"4\n5,6\n7,8\n', { columns: 2 });
    expect(seen(rows)).toEqual([
      [1, 'good'],
      [2, 'unclosed-quote'],
      [3, 'good'],
      [4, 'good'],
    ]);
    expect(rows[1]!.error!.detail).toContain('line 2');
    expect(rows[1]!.cells).toEqual(['3', '"4']);
  });

  it('loses one row to a quote that the next quoted cell seems to close', () => {
    const rows = scan('1,"2\n3,4\n5,"six"\n7,8\n', { columns: 2 });
    expect(seen(rows)).toEqual([
      [1, 'malformed-quote'],
      [2, 'good'],
      [3, 'good'],
      [4, 'good'],
    ]);
    expect(rows[2]!.cells).toEqual(['5', 'six']);
  });

  it('names the line of a bad quote that is not the first line of its row', () => {
    const rows = scan('1,"a\nb","c\n5,6\n', { columns: 3 });
    expect(rows[0]).toMatchObject({ line: 1, error: { code: 'unclosed-quote' } });
    expect(rows[0]!.error!.detail).toContain('line 2');
    expect(seen(rows)[1]).toEqual([3, 'too-few-cells']);
  });

  it('rejects text after a closing quote, and what is left of that cell on later lines', () => {
    expect(seen(scan('"a"b,2\n3,4\n', { columns: 2 }))).toEqual([
      [1, 'malformed-quote'],
      [2, 'good'],
    ]);
    expect(seen(scan('"a\nb"x,2\n3,4\n', { columns: 2 }))).toEqual([
      [1, 'malformed-quote'],
      [2, 'malformed-quote'],
      [3, 'good'],
    ]);
  });

  it('takes a quote that is open for more than the limit for one that is never closed', () => {
    const text = `1,"${'x\n'.repeat(30)}"\n3,4\n`;
    const rows = scan(text, { columns: 2, limits: { maxCell: 20 } });
    expect(rows[0]).toMatchObject({ line: 1, error: { code: 'unclosed-quote' } });
    expect(rows.at(-1)!.cells).toEqual(['3', '4']);
  });

  it('rejects a cell and a row beyond the limits and reads on after them', () => {
    const text = `a,b\n${'x'.repeat(30)},1\n${'y,'.repeat(60)}\n1,2\n`;
    const rows = scan(text, { columns: 2, limits: { maxCell: 20, maxRow: 100 } });
    expect(seen(rows)).toEqual([
      [1, 'good'],
      [2, 'cell-too-long'],
      [3, 'row-too-long'],
      [4, 'good'],
    ]);
  });

  it('rejects rows of more columns than a file may have', () => {
    const rows = scan(`${'x,'.repeat(20)}x\n1\n`, { limits: { maxColumns: 10 } });
    expect(rows[0]).toMatchObject({ error: { code: 'too-many-columns' } });
    expect(rows[0]!.cells).toHaveLength(10);
    expect(rows[1]!.error).toBeNull();
  });

  it.each(['1,"x\n', '1,""x""\n', 'x","y\n', '"",1\n', 'y",z,"\n', '1,"""\n', '"""\n', ',"""",\n'])(
    'reads 100,000 lines of %j before the test times out, as quadratic time would not let it',
    (line) => {
      const rows = scan(line.repeat(100_000), { columns: 2, sizes: [65_536] });
      expect(rows.length).toBeGreaterThan(0);
    },
  );

  it('rejects rows with U+0000 or bytes that are no text, mended for whoever mends the file', () => {
    const rows = scan('a\0b,M\udcfcller\nc,d\n', { columns: 2, suspect: true });
    expect(rows[0]).toMatchObject({ cells: ['ab', 'Müller'], error: { code: 'nul-character' } });
    expect(rows[1]).toMatchObject({ cells: ['c', 'd'], error: null });
  });

  it('takes away the apostrophe that guards against formulas, and no other', () => {
    const text = "'=1+1,\"'+49 30\",'tis,''=x,'\n";
    expect(cells(scan(text))).toEqual([['=1+1', '+49 30', "'tis", "'=x", "'"]]);
    expect(cells(scan(text, { dialect: { guarded: false } }))[0]![0]).toBe("'=1+1");
  });

  it('reads what an independent reader reads from well-formed csv', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '語') });
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 8 }),
      );
    fc.assert(
      fc.property(table, (rows) => {
        const text = rows
          .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        const parsed: string[][] = parse(text);
        const expected = parsed
          .map((row) => row.map((value) => value || null))
          .filter((row) => row.some((value) => value !== null));
        expect(cells(scan(text))).toEqual(expected);
      }),
    );
  });

  it('reads the same rows, good and bad, wherever the text is cut into blocks', () => {
    const unit = fc.constantFrom('a', 'b', '"', '""', ',', '\n', '\r\n', '\r', ' ', 'xyz', "'=");
    const limits = { maxCell: 12, maxRow: 40, maxColumns: 4 };
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        (text, sizes) => {
          expect(scan(text, { columns: 3, limits, sizes })).toEqual(
            scan(text, { columns: 3, limits }),
          );
        },
      ),
      { numRuns: 3000 },
    );
  });
});
