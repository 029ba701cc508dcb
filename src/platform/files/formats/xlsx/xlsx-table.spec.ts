import { describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { fileOf, outcome, readFile } from '../../../../../test/support/import-files.js';
import { openRows } from '../open-rows.js';
import { FIXED_PARTS, SHEET_PART } from './workbook-parts.js';

/** A workbook as another program writes it. */
async function workbook(fill: (book: ExcelJS.Workbook) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  fill(book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** A workbook with parts of our choosing. */
async function archive(parts: Record<string, string | Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries({ ...FIXED_PARTS, ...parts })) {
    if (content !== '') zip.addBuffer(Buffer.from(content), name);
  }
  zip.end();
  return buffer(zip.outputStream);
}

const sheet = (rows: string) => ({
  [SHEET_PART]: `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
});

async function failure(content: Uint8Array, options = {}): Promise<unknown> {
  return readFile(fileOf(content), options).then(
    ({ error }) => error,
    (error: unknown) => error,
  );
}

describe('xlsx', () => {
  it('reads texts, numbers, dates, booleans, formulas and links as a person sees them', async () => {
    const content = await workbook((book) => {
      const table = book.addWorksheet('People');
      table.addRow(['name', 'amount', 'born', 'seen', 'vip', 'sum', 'link', 'rich', 'plz', 'at']);
      table.addRow([
        ...['Ann & Söhne <x>', 0.1 + 0.2, new Date('1980-01-31'), new Date('2026-07-01T08:26:00Z')],
        ...[true, { formula: 'A1&"x"', result: 'ax' }],
        ...[{ text: 'site', hyperlink: 'https://example.com' }],
        ...[{ richText: [{ text: 'bold', font: { bold: true } }, { text: ' plain' }] }, 1067, 0.5],
      ]);
      table.getCell('C2').numFmt = 'dd.mm.yyyy';
      table.getCell('D2').numFmt = '[$-407]yyyy-mm-dd hh:mm;@';
      table.getCell('I2').numFmt = '00000';
      table.getCell('J2').numFmt = 'hh:mm';
    });
    const { reader, rows } = await readFile(fileOf(content, 1000));
    expect(reader.format).toBe('xlsx');
    expect(reader.headers).toHaveLength(10);
    expect(rows).toEqual([
      {
        line: 2,
        cells: [
          ...['Ann & Söhne <x>', 0.3, '1980-01-31', '2026-07-01T08:26:00.000Z', true],
          ...['ax', 'site', 'bold plain', '01067', '12:00:00'],
        ],
        error: null,
      },
    ]);
  });

  it('counts rows as the sheet does, pads short ones and rejects long ones', async () => {
    const content = await workbook((book) => {
      const table = book.addWorksheet('S');
      table.getRow(3).values = ['a', 'b', 'c'];
      table.getRow(5).values = ['1'];
      table.getRow(6).values = [];
      table.getRow(7).values = ['1', null, '3', null, 'five'];
      table.getRow(9).values = ['1', { error: '#REF!' }, '3'];
    });
    const { rows } = await readFile(fileOf(content));
    expect(outcome(rows)).toEqual([['1', null, null], '7: too-many-cells', '9: cell-error']);
    expect(rows.map(({ line }) => line)).toEqual([5, 7, 9]);
    expect(rows[2]!.error!.detail).toContain('B9');
  });

  it('takes the first sheet that is not hidden, or the one that is named', async () => {
    const content = await workbook((book) => {
      book.addWorksheet('Old', { state: 'hidden' }).addRows([['x'], ['hidden']]);
      book.addWorksheet('Now').addRows([['x'], ['first']]);
      book.addWorksheet('Later').addRows([['x'], ['second']]);
    });
    expect(outcome((await readFile(fileOf(content))).rows)).toEqual([['first']]);
    const named = await readFile(fileOf(content), { sheet: 'later' });
    expect(outcome(named.rows)).toEqual([['second']]);
    expect(await failure(content, { sheet: 'Never' })).toMatchObject({
      code: 'sheet-not-found',
      detail: 'The workbook has no sheet "Never", but "Old", "Now", "Later".',
    });
  });

  it('reads days counted from 1904, and escapes of characters that XML cannot hold', async () => {
    const content = await archive({
      'xl/workbook.xml': FIXED_PARTS['xl/workbook.xml']!.replace(
        '<sheets>',
        '<workbookPr date1904="1"/><sheets>',
      ),
      ...sheet(
        '<row><c t="inlineStr"><is><t>day</t></is></c><c t="str"><v>text</v></c></row>' +
          '<row><c s="1"><v>0</v></c><c t="str"><v>a_x000D_b_x005F_x0041_</v></c></row>',
      ),
    });
    expect(outcome((await readFile(fileOf(content))).rows)).toEqual([
      ['1904-01-01', 'a\rb_x0041_'],
    ]);
  });

  it('finds texts among more than are kept in memory', async () => {
    const count = 60_000;
    const text = (at: number) => `${at} ${'long text '.repeat(at % 97)}`;
    const strings = Array.from({ length: count }, (_, at) => `<si><t>${text(at)}</t></si>`);
    const cell = (at: number) => `<c t="s"><v>${at}</v></c>`;
    const rows = Array.from(
      { length: count },
      (_, at) => `<row>${cell((at * 7919) % count)}</row>`,
    );
    const content = await archive({
      ...sheet(`<row><c t="str"><v>header</v></c></row>${rows.slice(0, 5000).join('')}`),
      'xl/sharedStrings.xml': `<sst>${strings.join('')}</sst>`,
    });
    const read = await readFile(fileOf(content));
    expect(read.rows).toHaveLength(5000);
    expect(read.rows.every(({ cells }, at) => cells[0] === text((at * 7919) % count))).toBe(true);
  });

  it.each([
    [
      'a zip archive without a workbook',
      { 'xl/workbook.xml': '', 'a.csv': 'a,b' },
      'unsupported-format',
    ],
    [
      'a Word document',
      { 'xl/workbook.xml': '', 'word/document.xml': '<x/>' },
      'unsupported-format',
    ],
    ['a workbook without cells', sheet(''), 'empty-file'],
    ['a sheet that is no XML', { [SHEET_PART]: 'a,b\n1,2\n' }, 'corrupt-file'],
    ['a sheet that ends early', { [SHEET_PART]: '<worksheet><sheetData><row>' }, 'corrupt-file'],
    ['a header alone', sheet('<row><c t="str"><v>a</v></c></row>'), 'no-rows'],
    ['elements without end', { [SHEET_PART]: '<a>'.repeat(10_000) }, 'corrupt-file'],
    [
      'one endless text',
      { [SHEET_PART]: `<a>${randomBytes(4_500_000).toString('hex')}</a>` },
      'corrupt-file',
    ],
    ['an entity', { [SHEET_PART]: '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>' }, 'corrupt-file'],
    [
      '12 MB of the same',
      { [SHEET_PART]: `<worksheet>${'<row/>'.repeat(2_000_000)}` },
      'decompression-bomb',
    ],
  ])('refuses %s', async (_what, parts, code) => {
    expect(await failure(await archive(parts as Record<string, string>))).toMatchObject({ code });
  });

  it('refuses a workbook that was cut, and one beyond the limit', async () => {
    const content = await workbook((book) => book.addWorksheet('S').addRows([['a'], ['1']]));
    const cut = content.subarray(0, content.length - 100);
    expect(await failure(cut)).toMatchObject({ code: 'corrupt-file' });
    expect(await failure(content, { limits: { maxSpool: 1000 } })).toMatchObject({
      code: 'file-too-large',
    });
  });

  it('rejects rows beyond the last column, and refuses such a header', async () => {
    const cell = (column: string) => `<c r="${column}1" t="str"><v>x</v></c>`;
    const wide = await archive(
      sheet(`<row>${cell('A')}${cell('XFD')}</row><row>${cell('A')}</row>`),
    );
    expect(await failure(wide)).toMatchObject({ code: 'too-many-columns' });
    const row = await archive(
      sheet(`<row>${cell('A')}</row><row>${cell('A')}${cell('XFD')}</row>`),
    );
    expect(outcome((await readFile(fileOf(row))).rows)).toEqual(['2: too-many-columns']);
  });

  it('leaves no temporary file, also when it is not read to its end', async () => {
    const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('keel-import-'));
    const before = leftovers();
    const content = await workbook((book) =>
      book.addWorksheet('S').addRows(Array.from({ length: 5000 }, (_, at) => [`a${at}`])),
    );
    for await (const batch of await openRows(fileOf(content))) {
      expect(batch).toHaveLength(1000);
      break;
    }
    await (await openRows(fileOf(content))).close();
    await failure(content.subarray(0, 3000));
    expect(leftovers()).toEqual(before);
  });
});
