import { describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileOf, outcome, readFile } from '../../../../test/support/import-files.js';

/** Real data that lies beside the repository of those who have it; not a part of it. */
const FOLDER = join(process.cwd(), '..', 'shared', 'data');
const FILES = [
  { name: 'breweries.csv', rows: 11_822, columns: 14 },
  { name: 'us-legislators.csv', rows: 537, columns: 14 },
  { name: 'northwind/customers.csv', rows: 91, columns: 11 },
  { name: 'northwind/employees.csv', rows: 9, columns: 15 },
  { name: 'northwind/products.csv', rows: 77, columns: 10 },
  { name: 'northwind/orders.csv', rows: 830, columns: 14 },
  { name: 'northwind/order_details.csv', rows: 2155, columns: 5 },
  { name: 'northwind/categories.csv', rows: 8, columns: 3 },
  { name: 'online-retail.csv.gz', rows: 541_909, columns: 8 },
].filter(({ name }) => existsSync(join(FOLDER, name)));

describe('real files', () => {
  it('are read to the last row, and none of them is bad', async () => {
    for (const { name, rows, columns } of FILES) {
      const file = await readFile(createReadStream(join(FOLDER, name)), { filename: name });
      expect(file.reader).toMatchObject({ format: 'csv', delimiter: ',', encoding: 'utf-8' });
      expect(file.reader.headers).toHaveLength(columns);
      expect(file.rows).toHaveLength(rows);
      expect(file.rows.filter(({ error }) => error !== null)).toEqual([]);
    }
  }, 120_000);

  it('are the same in every encoding that can hold them', async () => {
    for (const { name } of FILES.filter((file) => file.rows < 20_000)) {
      const bytes = readFileSync(join(FOLDER, name));
      const expected = outcome((await readFile(fileOf(bytes))).rows);
      for (const encoding of ['utf-16le', 'utf-16be', 'windows-1252', 'gb18030']) {
        const encoded = iconv.encode(bytes.toString(), encoding, { addBOM: false });
        if (iconv.decode(encoded, encoding) !== bytes.toString()) continue;
        // Accents in GB18030 have four bytes and are not what a Chinese file is made of.
        const declared = encoding === 'gb18030' ? { encoding } : {};
        const file = await readFile(fileOf(encoded, 65_536), declared);
        expect(outcome(file.rows)).toEqual(expected);
      }
    }
  }, 120_000);
});
