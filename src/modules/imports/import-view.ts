import { MOST_SAMPLES } from '../../platform/records/bulk/bulk-job.js';
import type { ImportRow } from './imports.repository.js';
import type { ImportDto } from './import.dto.js';

/** How people see an import. */
export function importView(row: ImportRow): ImportDto {
  const { created, updated, unchanged, failed, nextRow: read } = row;
  const isRunning = row.status === 'queued' || row.status === 'running';
  const { at: _at, by: _by, ...revert } = (row.revert ?? {}) as Record<string, unknown>;
  return {
    id: row.id,
    object: row.object,
    mode: row.options.mode ?? 'upsert',
    status: row.status,
    totals: { read, created, updated, unchanged, failed },
    createdReferences: row.createdReferences,
    warnings: { count: row.warnings, samples: row.warningSamples.slice(0, MOST_SAMPLES) },
    progress: progressOf(row, isRunning),
    rowsPerSecond: rateOf(row),
    dryRun: row.options.dryRun === true,
    file: { name: row.fileName, size: row.fileSize },
    format: row.format,
    encoding: row.encoding,
    delimiter: row.delimiter,
    options: row.options,
    matchOn: row.matchOn,
    mapping: row.mapping,
    unmappedHeaders: row.unmapped,
    problem: row.problem,
    revert: row.revert ? (revert as unknown as ImportDto['revert']) : null,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

/** Share of the file's bytes that is done: 1 only at the end. */
function progressOf({ status, bytesRead, fileSize }: ImportRow, isRunning: boolean): number {
  if (status === 'queued') return 0;
  const share = fileSize > 0 ? bytesRead / fileSize : 1;
  if (isRunning) return Math.min(0.99, Math.round(share * 1000) / 1000);
  return status === 'completed' || status === 'reverting' || status === 'reverted'
    ? 1
    : Math.min(1, Math.round(share * 1000) / 1000);
}

function rateOf({ startedAt, finishedAt, nextRow }: ImportRow): number | null {
  if (startedAt === null) return null;
  const end = finishedAt === null ? Date.now() : Date.parse(finishedAt);
  const seconds = (end - Date.parse(startedAt)) / 1000;
  return seconds > 0 ? Math.round(nextRow / seconds) : null;
}
