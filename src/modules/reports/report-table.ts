import { createHash } from 'node:crypto';
import { guard } from '../../platform/files/formats/index.js';
import { Answer } from '../../platform/http/answers.js';

/** A value of a report: exact decimals are text. */
export type Cell = string | number | boolean | null;
export type ReportRow = Record<string, Cell>;

/** What every report is: rows of the same columns, and what is to be said of them all. */
export interface ReportTable {
  /** Columns of the rows, in their order. */
  names: readonly string[];
  rows: readonly ReportRow[];
  /** Further members of the JSON: what was asked for, rates, totals. */
  about: Record<string, unknown>;
}

export type ReportFormat = 'json' | 'csv';

const LINE_END = '\r\n';
const NEEDS_QUOTES = /[",\r\n]/;

/** The report as it is sent. */
export function tableAnswer({ names, rows, about }: ReportTable, format: ReportFormat): Answer {
  const isCsv = format === 'csv';
  const body = isCsv ? csvOf(names, rows) : JSON.stringify({ ...about, rows });
  return new Answer(200, body, {
    'content-type': isCsv ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
    'cache-control': 'private, no-cache',
    etag: `"${createHash('sha1').update(body).digest('base64url')}"`,
  });
}

/** RFC 4180, with a header; texts that a spreadsheet would run are guarded as in exports. */
function csvOf(names: readonly string[], rows: readonly ReportRow[]): string {
  const lines = [names.map(cellOf), ...rows.map((row) => names.map((name) => cellOf(row[name])))];
  return lines.map((cells) => cells.join(',') + LINE_END).join('');
}

function cellOf(value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? guard(value) : String(value);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
