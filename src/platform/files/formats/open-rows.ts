import { BatchReader } from './batch-reader.js';
import { CsvTable } from './csv/csv-table.js';
import { FileError } from './file-error.js';
import { ByteSource } from './input/byte-source.js';
import { hintedFormat, isZip, refuseBinary, textFormat } from './input/file-format.js';
import { gunzip, isGzip } from './input/gunzip.js';
import { TextSource } from './input/text-source.js';
import { BATCH_ROWS, BLOCK_BYTES, DEFAULT_LIMITS, SAMPLE_BYTES } from './limits.js';
import { NdjsonTable } from './ndjson/ndjson-table.js';
import type { RowReader } from './row.js';
import type { OpenedFile, ReadOptions, Table } from './table.js';
import { VcardTable } from './vcard/vcard-table.js';
import { XlsxTable } from './xlsx/xlsx-table.js';

/**
 * Opens a file of contacts, companies or anything else that comes in rows: csv, tsv, ndjson, xlsx
 * or vcard, gzipped or not. What the options do not say is told from the file's first 256 KiB.
 * Memory stays flat however large the file is; nothing is taken from the source before the rows
 * before it have been taken.
 * @param source the file's bytes in chunks of any size
 * @throws FileError when the file cannot be read at all; the batches throw it where a file turns
 *   out to be damaged further on
 */
export async function openRows(
  source: AsyncIterable<Uint8Array>,
  options: ReadOptions = {},
): Promise<RowReader> {
  const sent = new ByteSource(source);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  try {
    const isCompressed = isGzip(await sent.peek(SAMPLE_BYTES));
    const bytes = isCompressed ? new ByteSource(gunzip(sent.blocks(BLOCK_BYTES), limits)) : sent;
    const table = await openTable({ bytes, options, limits });
    const { batchRows = BATCH_ROWS, skipRows = 0 } = options;
    return new BatchReader(table, sent, bytes, { batchRows, skipRows });
  } catch (error) {
    await sent.close();
    throw error;
  }
}

async function openTable(file: OpenedFile): Promise<Table> {
  const { bytes, options } = file;
  const sample = await bytes.peek(SAMPLE_BYTES);
  if (sample.length === 0) throw new FileError('empty-file', 'The file is empty.');
  if (isZip(sample)) return openZip(file);
  refuseBinary(sample, options.encoding);
  if ((options.format ?? hintedFormat(options)) === 'xlsx') {
    throw new FileError('wrong-format', 'The file is not an .xlsx workbook.');
  }
  const text = await TextSource.open(bytes, options.encoding);
  const format = textFormat(await text.sample(), options);
  if (format === 'ndjson') return NdjsonTable.open(text, file);
  if (format === 'vcard') return VcardTable.open(text, file);
  return CsvTable.open(format === 'tsv' ? 'tsv' : 'csv', text, file);
}

async function openZip(file: OpenedFile): Promise<Table> {
  const { format } = file.options;
  if (format === undefined || format === 'xlsx') return XlsxTable.open(file);
  throw new FileError('wrong-format', `The file is not ${format}: it is a zip archive.`);
}
