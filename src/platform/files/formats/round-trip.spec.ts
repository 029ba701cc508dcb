import { describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { fileOf, outcome, readFile } from '../../../../test/support/import-files.js';
import {
  createWriter,
  errorsCsv,
  type Cell,
  type ExportFormat,
  type ExportRecord,
  type WriteOptions,
} from './index.js';

/** Writes records in batches of `batch` and gives the file. */
async function written(
  format: ExportFormat,
  records: readonly ExportRecord[],
  options: WriteOptions,
  batch = 3,
): Promise<Buffer> {
  const batches: ExportRecord[][] = [];
  for (let at = 0; at < records.length; at += batch) batches.push(records.slice(at, at + batch));
  return buffer(Readable.from(batches).pipe(createWriter(format, options)));
}

const columnsOf = (...paths: string[]) => paths.map((path) => ({ header: path, path }));
const COLUMNS = columnsOf('name', 'address.city', 'custom.tier');
const record = ([name, city, tier]: Cell[]) => ({ name, address: { city }, custom: { tier } });

/** Texts that are hard on csv, spreadsheets, XML and encodings. */
const hard = fc.string({
  unit: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...'",;\t|\n\r=+-@\'0 5a_') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('ü', '張', '😀', '\u00a0', '_x000D_', '&<>', '\u007f'),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }) },
  ),
  maxLength: 12,
});
const fit = hard.filter((text) => !text.includes('\0') && !text.includes('\ufeff'));
const cell: fc.Arbitrary<string | null> = fc.oneof(fit, fc.constant(null));
const tableOf = <T extends Cell>(value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 12 });
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });

/** Empty texts are empty cells, and rows of empty cells are none. */
const normal = (rows: readonly Cell[][]) =>
  rows
    .map((row) => row.map((value) => (value === '' || value === undefined ? null : value)))
    .filter((row) => row.some((value) => value !== null));

describe('what is written is read back', () => {
  it('from csv, guarded, raw, with a byte order mark, gzipped, however it is cut', async () => {
    const options = fc.record({ raw: fc.boolean(), bom: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        tableOf(cell),
        options,
        fc.boolean(),
        sizes,
        async (rows, how, gzip, cut) => {
          fc.pre(normal(rows).length > 0);
          const file = await written('csv', rows.map(record), { columns: COLUMNS, ...how });
          const sent = gzip ? gzipSync(file) : file;
          const read = await readFile(fileOf(sent, ...cut), { header: true, raw: how.raw });
          expect(read.reader.headers).toEqual(['name', 'address.city', 'custom.tier']);
          expect(read.reader.delimiter).toBe(',');
          expect(outcome(read.rows)).toEqual(normal(rows));
        },
      ),
      // More line ends of old Macs in a cell than rows in the file.
      { numRuns: 300, examples: [[[['', '', '\r\r\r']], { raw: false, bom: false }, false, [1]]] },
    );
  });

  it('from csv in every encoding the text can be written in', async () => {
    const encodings = ['utf-16le', 'utf-16be', 'windows-1252', 'gb18030'];
    await fc.assert(
      fc.asyncProperty(
        tableOf(cell),
        fc.constantFrom(...encodings),
        sizes,
        async (rows, encoding, cut) => {
          fc.pre(normal(rows).length > 0);
          // Outside Unicode's own encodings U+FFFD means bytes that are no text.
          fc.pre(
            encoding.startsWith('utf') || !rows.flat().some((text) => text?.includes('\ufffd')),
          );
          const text = (await written('csv', rows.map(record), { columns: COLUMNS })).toString();
          const file = iconv.encode(text, encoding, { addBOM: false });
          fc.pre(iconv.decode(file, encoding) === text);
          const read = await readFile(fileOf(file, ...cut), { encoding, header: true });
          expect(outcome(read.rows)).toEqual(normal(rows));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('from ndjson, with the types of its values', async () => {
    const value = fc.oneof(cell, fc.integer(), fc.boolean(), fc.array(fit, { maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(tableOf(value), sizes, async (rows, cut) => {
        const file = await written('ndjson', rows.map(record), { columns: COLUMNS });
        const read = await readFile(fileOf(file, ...cut), { format: 'ndjson' });
        expect(read.reader.headers).toEqual(['name', 'address.city', 'custom.tier']);
        expect(outcome(read.rows)).toEqual(rows);
      }),
      { numRuns: 200 },
    );
  });

  it('from xlsx, with the types of its values', async () => {
    const value = fc.oneof(
      cell,
      fc.integer(),
      fc.boolean(),
      fc.constant('bell\u0007 nul-like\u0001'),
    );
    await fc.assert(
      fc.asyncProperty(tableOf(value), async (rows) => {
        fc.pre(normal(rows).length > 0);
        const file = await written('xlsx', rows.map(record), { columns: COLUMNS });
        const read = await readFile(fileOf(file, 777), { header: true });
        expect(outcome(read.rows)).toEqual(normal(rows));
      }),
      { numRuns: 100 },
    );
  });

  it('and resumes after any row as if it had never stopped', async () => {
    await fc.assert(
      fc.asyncProperty(tableOf(cell), fc.nat(12), sizes, async (rows, skipRows, cut) => {
        fc.pre(normal(rows).length > 0);
        const file = await written('csv', rows.map(record), { columns: COLUMNS });
        const read = await readFile(fileOf(file, ...cut), { header: true, skipRows });
        expect(outcome(read.rows)).toEqual(normal(rows).slice(skipRows));
      }),
      { numRuns: 100 },
    );
  });
});

describe('csv', () => {
  const csv = async (records: readonly ExportRecord[], options: WriteOptions) =>
    (await written('csv', records, options)).toString();

  it('guards what a spreadsheet would run, and leaves plain negative numbers alone', async () => {
    const records = ['=1+1', '+49 30', '-5', '-1+1', '@x', 'a'].map((name) => ({ name }));
    const columns = columnsOf('name');
    expect(await csv(records, { columns })).toBe(
      "name\r\n'=1+1\r\n'+49 30\r\n-5\r\n'-1+1\r\n'@x\r\na\r\n",
    );
    expect(await csv(records, { columns, raw: true })).toContain('\r\n=1+1\r\n+49 30\r\n');
    expect(await csv([], { columns: [{ header: '=cmd()', path: 'x' }] })).toBe(`"'=cmd()"\r\n`);
  });

  it('writes dates, lists and objects as text the importer understands', async () => {
    const values = {
      date: new Date('2026-01-31T08:00:00Z'),
      tags: ['a', 'b c'],
      hard: ['a;b', 'c'],
      object: { a: 1 },
      number: 1.5,
      no: false,
      big: 12n,
      none: undefined,
    };
    const text = await csv([values], { columns: columnsOf(...Object.keys(values)) });
    expect(text.split('\r\n')[1]).toBe(
      '2026-01-31T08:00:00.000Z,a;b c,"[""a;b"",""c""]","{""a"":1}",1.5,false,12,',
    );
  });

  it('has a header also when there are no records, and a mark for Excel when asked for', async () => {
    const file = await written('csv', [], { columns: columnsOf('a', 'b'), bom: true });
    expect(file).toEqual(Buffer.from('\ufeffa,b\r\n'));
  });

  it.each(['sep=;', '{"a"}', 'BEGIN:VCARD', '<html>', '[{', 'id'])(
    'is still csv when its first column is called %j',
    async (header) => {
      const columns = [{ header, path: 'a' }, ...columnsOf('b')];
      const file = await written('csv', [{ a: '1', b: 'x' }], { columns });
      const { reader, rows } = await readFile(fileOf(file), { header: true });
      expect(reader.headers).toEqual([header, 'b']);
      expect(outcome(rows)).toEqual([['1', 'x']]);
    },
  );
});

describe('xlsx', () => {
  it('is read by an independent reader, with dates, numbers and texts as they should be', async () => {
    const columns = [
      { header: 'Name', path: 'name' },
      { header: 'Born', path: 'born', type: 'date' as const },
      { header: 'Seen', path: 'seen', type: 'datetime' as const },
      { header: 'Amount', path: 'amount', type: 'number' as const },
      { header: 'Id', path: 'id', type: 'number' as const },
    ];
    const file = await written(
      'xlsx',
      [
        {
          name: '=1+1',
          born: '1980-01-31',
          seen: '2026-07-01T08:26:00.000Z',
          amount: '1250.50',
          id: '12345678901234567890',
        },
        { name: 'x'.repeat(40_000), born: 'unknown', amount: null },
      ],
      { columns },
    );
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(file as unknown as ArrayBuffer);
    const table = book.worksheets[0]!;
    expect(table.getRow(1).values).toEqual([undefined, 'Name', 'Born', 'Seen', 'Amount', 'Id']);
    expect(table.getRow(2).values).toEqual([
      undefined,
      '=1+1',
      new Date('1980-01-31'),
      new Date('2026-07-01T08:26:00.000Z'),
      1250.5,
      '12345678901234567890',
    ]);
    const cut = table.getCell('A3').value as string;
    expect(cut).toHaveLength(32_767);
    expect(cut).toMatch(/ … \[cut here: 40,000 characters\]$/);
    expect(table.getCell('B3').value).toBe('unknown');
    const read = await readFile(fileOf(file));
    expect(read.rows[0]!.cells.slice(1)).toEqual([
      ...['1980-01-31', '2026-07-01T08:26:00.000Z', 1250.5, '12345678901234567890'],
    ]);
  });

  it('ends in an error rather than in a workbook nobody can open', async () => {
    const rows = Array.from({ length: 1000 }, () => ({ a: 1 }));
    const batches = Readable.from(Array.from({ length: 1049 }, () => rows));
    const writer = createWriter('xlsx', { columns: columnsOf('a') });
    await expect(buffer(batches.pipe(writer))).rejects.toMatchObject({ code: 'file-too-large' });
  });
});

describe('the file of rejected rows', () => {
  it('can be mended and sent again, whatever was wrong with its rows', async () => {
    const text = 'name,city\nAnn,Ulm\nBob\nCid,"Bern\n=Dan,Köln,x\n';
    const { reader, rows } = await readFile(fileOf(text));
    const rejected = rows
      .filter(({ error }) => error !== null)
      .map(({ line, cells, error }) => ({ line, cells, error: error!.detail }));
    const file = await buffer(Readable.from([rejected]).pipe(errorsCsv(reader.headers)));
    expect(file.toString()).toBe(
      '\ufeff_line,_error,name,city\r\n' +
        '3,"The row has 1 cells, the header has 2.",Bob,\r\n' +
        '4,"The quote opened on line 4 is not closed within 1,048,576 characters.",Cid,"""Bern"\r\n' +
        `5,"The row has 3 cells, the header has 2.",'=Dan,Köln,x\r\n`,
    );
    const again = await readFile(fileOf(file));
    expect(again.reader.headers).toEqual(['name', 'city']);
    expect(outcome(again.rows)).toEqual([['Bob', null], ['Cid', '"Bern'], '4: too-many-cells']);
    expect(again.rows[2]!.cells).toEqual(['=Dan', 'Köln', 'x']);
  });
});
