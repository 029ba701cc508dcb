import type { Duplex } from 'node:stream';
import { csvWriter } from './csv/csv-writer.js';
import type { WriteOptions } from './export-column.js';
import { ndjsonWriter } from './ndjson/ndjson-writer.js';
import { xlsxWriter } from './xlsx/xlsx-writer.js';

export const EXPORT_FORMATS = ['csv', 'ndjson', 'xlsx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Content type of an exported file. */
export const EXPORT_CONTENT_TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/**
 * A stream that takes batches (arrays) of records and gives the file's bytes. It holds one batch at
 * a time, and takes the next when its bytes have been read:
 * `pipeline(batches, createWriter('csv', { columns }), response)`.
 */
export function createWriter(format: ExportFormat, options: WriteOptions): Duplex {
  switch (format) {
    case 'csv':
      return csvWriter(options);
    case 'ndjson':
      return ndjsonWriter(options);
    case 'xlsx':
      return xlsxWriter(options);
  }
}
