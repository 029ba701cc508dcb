/**
 * Reading import files and writing export files: streams of rows in both directions, in bounded
 * memory, without database or Nest.
 */
export { openRows } from './open-rows.js';
export { detached, FORMATS, type Cell, type Format, type Row, type RowReader } from './row.js';
export type { ReadOptions } from './table.js';
export { FileError, type FileErrorCode, type RowError, type RowErrorCode } from './file-error.js';
export { DEFAULT_LIMITS, type Limits } from './limits.js';
export {
  createWriter,
  EXPORT_CONTENT_TYPES,
  EXPORT_FORMATS,
  type ExportFormat,
} from './create-writer.js';
export type { ExportColumn, ExportRecord, WriteOptions } from './export-column.js';
export { guard } from './csv/guard.js';
export { errorsCsv, type RejectedRow } from './csv/csv-writer.js';
export { ERROR_COLUMN, LINE_COLUMN } from './header.js';
