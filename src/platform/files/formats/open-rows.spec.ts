import { describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { fileOf, outcome, readFile } from '../../../../test/support/import-files.js';
import { FileError, openRows, type ReadOptions } from './index.js';

/** Opening or reading fails with this code; answers its detail. */
async function failure(
  content: string | Uint8Array,
  code: string,
  options?: ReadOptions,
): Promise<string> {
  const error: unknown = await readFile(fileOf(content), options).then(
    (file) => file.error,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FileError);
  expect((error as FileError).code).toBe(code);
  return (error as FileError).detail;
}

async function rowsOf(content: string | Uint8Array, options?: ReadOptions) {
  const { rows, error } = await readFile(fileOf(content), options);
  expect(error).toBeNull();
  return outcome(rows);
}

const csv = (rows: number) =>
  `id,name\n${Array.from({ length: rows }, (_, row) => `${row},name ${row}\n`).join('')}`;

describe('the header', () => {
  it('names the columns, without the blanks around it', async () => {
    const { reader } = await readFile(fileOf('E-mail , Name\na@b.c,x\n'));
    expect(reader.headers).toEqual(['E-mail', 'Name']);
  });

  it('is missed where the first row has an address, a number or a date in it', async () => {
    const file = await readFile(fileOf('ann@example.com,Ann\nbob@example.com,Bob\n'));
    expect(file.reader.headers).toEqual(['Column 1', 'Column 2']);
    expect(outcome(file.rows)).toEqual([
      ['ann@example.com', 'Ann'],
      ['bob@example.com', 'Bob'],
    ]);
    expect((await readFile(fileOf('1,2\n3,4\n'))).reader.headers).toEqual(['Column 1', 'Column 2']);
  });

  it('is what the sender says it is', async () => {
    expect(await rowsOf('a,b\nc,d\n', { header: false })).toHaveLength(2);
    const { reader } = await readFile(fileOf('2023,2024\n1,2\n'), { header: true });
    expect(reader.headers).toEqual(['2023', '2024']);
  });

  it('may lack names: empty ones at the end are dropped, others are numbered', async () => {
    const { reader, rows } = await readFile(fileOf(',name,,\n0,Ann,,\n1,Bob,x,\n'));
    expect(reader.headers).toEqual(['Column 1', 'name']);
    expect(outcome(rows)).toEqual([['0', 'Ann'], '3: too-many-cells']);
  });

  it('may not name two columns alike, nor none', async () => {
    expect(await failure('a,b,a\n1,2,3\n', 'duplicate-header')).toContain('Columns 1 and 3');
    await failure(',,\n1,2,3\n', 'no-rows', { header: true });
  });

  it('may not be longer than 2,000 columns', async () => {
    const wide = Array.from({ length: 100_000 }, (_, column) => `c${column}`).join(',');
    expect(await failure(`${wide}\n1\n`, 'too-many-columns')).toContain('2,000');
  });

  it('may not have an open quote, NUL or bytes that are no text', async () => {
    expect(await failure('a,"b\n1,2\n', 'unclosed-quote')).toContain('line 1');
    await failure('a,b\0\n1,2\n', 'binary-file');
    await failure(Buffer.from('a,b\xfcc\n1,2\n', 'latin1'), 'wrong-encoding', {
      encoding: 'utf-8',
    });
  });

  it('of our own error files is read without _line and _error', async () => {
    const { reader, rows } = await readFile(fileOf('_line,_error,a,b\n7,bad,1,2\n8,bad,1,2,3\n'));
    expect(reader.headers).toEqual(['a', 'b']);
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['1', '2'],
      ['1', '2', '3'],
    ]);
    expect(rows[1]!.error?.code).toBe('too-many-cells');
  });
});

describe('the delimiter', () => {
  it.each([
    [',', 'a,b;c,d\n1,2;3,4\n'],
    [';', 'name;price\nx;1,5\ny;2,5\n'],
    [';', 'name;note\nx;"a, b, c"\ny;d\n'],
    ['\t', 'a\tb\n1\t2\n'],
    ['|', 'a|b,c\n1|2\n'],
    [',', 'one\ntwo\n'],
  ])('%j is told from the text', async (delimiter, text) => {
    expect((await readFile(fileOf(text))).reader.delimiter).toBe(delimiter);
  });

  it('can be given, also by the line that Excel writes', async () => {
    expect(await rowsOf('a:b\n1:2\n', { delimiter: ':' })).toEqual([['1', '2']]);
    const { reader, rows } = await readFile(fileOf('sep=|\r\na,x|b,y\r\n1|2\r\n'));
    expect(reader.headers).toEqual(['a,x', 'b,y']);
    expect(rows).toEqual([{ line: 3, cells: ['1', '2'], error: null }]);
  });

  it('of tsv is a tab', async () => {
    expect(await rowsOf('a,b\tc\n1,2\t3\n', { format: 'tsv' })).toEqual([['1,2', '3']]);
    expect((await readFile(fileOf('a\tb\n1\t2\n'))).reader.format).toBe('tsv');
  });

  it('has to be one character, and not the quote', async () => {
    await failure('a\n1\n', 'invalid-option', { delimiter: ', ' });
    await failure('a\n1\n', 'invalid-option', { delimiter: '\n' });
    await failure('a\n1\n', 'invalid-option', { delimiter: '"' });
    expect(await rowsOf('a,b\n"1,2\n', { quote: null })).toEqual([['"1', '2']]);
    expect(await rowsOf("a,b\n'1,2',3\n", { quote: "'" })).toEqual([['1,2', '3']]);
  });
});

describe('a file that is no table', () => {
  it.each([
    ['empty-file', ''],
    ['empty-file', '\ufeff'],
    ['empty-file', '\n\r\n\n'],
    ['no-rows', 'id,name\n'],
    ['no-rows', 'id,name'],
    ['unsupported-format', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')],
    ['unsupported-format', '%PDF-1.7\n%\n1 0 obj\n'],
    ['unsupported-format', Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1')],
    ['unsupported-format', Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0', 'latin1')],
    ['unsupported-format', '<!DOCTYPE html><table>'],
    ['unsupported-format', '[{"a": 1}, {"a": 2}]'],
    ['unsupported-format', '{\n  "a": 1\n}'],
    ['unsupported-format', gzipSync(gzipSync('a,b\n1,2\n'))],
    ['empty-file', gzipSync('')],
    ['binary-file', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251))],
    ['corrupt-file', Buffer.from('PK\x03\x04nothing of a zip archive', 'latin1')],
  ])('is refused as %s', async (code, content) => {
    expect(await failure(content, code)).toMatch(/^(?:The|No) .*\.$/);
  });

  it('is refused when it is not what it was declared to be', async () => {
    await failure('a,b\n1,2\n', 'wrong-format', { format: 'xlsx' });
    await failure('a,b\n1,2\n', 'wrong-format', { format: 'ndjson' });
    await failure('a,b\n1,2\n', 'wrong-format', { format: 'vcard' });
    await failure('{"a":1}\n', 'wrong-format', { format: 'csv' });
    await failure(Buffer.from('PK\x03\x04', 'latin1'), 'wrong-format', { format: 'csv' });
    await failure('a,b\n', 'wrong-format', { filename: 'list.xlsx' });
    await failure('a,b\n1,2\n', 'unknown-encoding', { encoding: 'klingon' });
  });
});

describe('the format', () => {
  it.each([
    ['csv', 'a,b\n1,2\n', {}],
    ['ndjson', '{"a":1}\n', { filename: 'x.csv' }],
    ['vcard', 'BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n', {}],
    ['tsv', 'a,b\n1,2\n', { filename: 'list.TSV.gz' }],
    ['tsv', 'a\n1\n', { contentType: 'text/tab-separated-values; charset=utf-8' }],
  ] as const)(
    '%s is told from what stands in the file, else from its name',
    async (format, text, hints) => {
      expect((await readFile(fileOf(text), hints)).reader.format).toBe(format);
    },
  );
});

describe('a broken file', () => {
  it('gives every good row, and every bad one with its line and reason', async () => {
    const text = 'a,b\n1,2\n3\n4,"5\n6,7\n8,9,10\n11,1\0 2\n13,14\n';
    expect(await rowsOf(text)).toEqual([
      ['1', '2'],
      '3: too-few-cells',
      '4: unclosed-quote',
      ['6', '7'],
      '6: too-many-cells',
      '7: nul-character',
      ['13', '14'],
    ]);
  });

  it('gives the rows before the end of a truncated gzip, but not the row that was cut', async () => {
    const packed = gzipSync(csv(100_000));
    const { rows, error } = await readFile(fileOf(packed.subarray(0, packed.length - 5000)));
    expect(error).toMatchObject({ code: 'truncated-file' });
    expect(rows.length).toBeGreaterThan(1000);
    expect(rows.every(({ cells, line }) => cells[1] === `name ${line - 2}`)).toBe(true);
  });

  it('that is a damaged gzip is told from one that was cut', async () => {
    const packed = gzipSync(csv(100_000));
    packed.fill(0xff, packed.length - 5000, packed.length - 4900);
    expect((await readFile(fileOf(packed))).error).toMatchObject({ code: 'corrupt-file' });
  });

  it('passes on what the source itself fails with', async () => {
    const broken = new Error('the disk is on fire');
    async function* source() {
      yield gzipSync(csv(100_000)).subarray(0, 40_000);
      throw broken;
    }
    await expect(openRows(source())).rejects.toBe(broken);
    async function* plain() {
      yield Buffer.from(csv(100_000));
      throw broken;
    }
    expect((await readFile(plain())).error).toBe(broken);
  });

  it('that grows beyond all reason when decompressed is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 'a,b\n'));
    const detail = await failure(bomb, 'decompression-bomb');
    expect(detail).toContain('250 times');
    await failure(gzipSync(csv(5000)), 'file-too-large', { limits: { maxBytes: 10_000 } });
  });
});

describe('reading on', () => {
  const text = csv(2500).replace('7,name 7\n', '7\n\n').replace('name 9', '"name\n9"');

  it('gives batches of the same size however the file arrives', async () => {
    const sizes = async (...chunks: number[]) => {
      const lengths: number[] = [];
      for await (const batch of await openRows(fileOf(text, ...chunks), { batchRows: 400 })) {
        lengths.push(batch.length);
      }
      return lengths;
    };
    expect(await sizes(7)).toEqual([400, 400, 400, 400, 400, 400, 100]);
    expect(await sizes(100_000)).toEqual(await sizes(7));
  });

  it.each([1, 7, 8, 9, 1000, 1500, 2499])(
    'after %d rows gives the rows behind them',
    async (skipRows) => {
      const all = (await readFile(fileOf(text))).rows;
      const { rows } = await readFile(fileOf(text, 1000), { skipRows });
      expect(rows).toEqual(all.slice(skipRows));
    },
  );

  it('after all rows gives none, and no error', async () => {
    expect(await readFile(fileOf(text), { skipRows: 2500 })).toMatchObject({
      rows: [],
      error: null,
    });
  });

  it('takes no more from the source than is asked for, and lets go of it', async () => {
    let taken = 0;
    let released = false;
    async function* source() {
      try {
        yield Buffer.from('a,b\n');
        for (; ; taken += 1) yield Buffer.from('1,2\n'.repeat(16_384));
      } finally {
        released = true;
      }
    }
    const reader = await openRows(source());
    for await (const batch of reader) {
      expect(batch).toHaveLength(1000);
      break;
    }
    expect(taken).toBeLessThan(16);
    expect(released).toBe(true);
    const unread = await openRows(source());
    released = false;
    await unread.close();
    expect(released).toBe(true);
  });

  it('tells how much of the file was taken, as it was sent', async () => {
    const packed = gzipSync(text);
    expect((await readFile(fileOf(packed))).reader.bytesRead).toBe(packed.length);
  });
});
