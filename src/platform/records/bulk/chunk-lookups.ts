import type { Transaction } from '../../database/transaction.js';
import { findByKey } from '../match-key.js';
import type { MatchKey } from '../match-key.js';
import { rowOf } from '../record-row.js';
import type { RecordRow } from '../record-row.js';
import { rowColumns } from '../write-sql.js';
import { keyOfRow } from './bulk-job.js';
import type { BulkJob } from './bulk-job.js';
import type { GivenItems } from './chunk-lists.js';
import type { BulkMemory } from './bulk-memory.js';
import type { ParsedRow } from './row-parser.js';

/** Record that holds a value of a key, by key and value. */
export type Holders = Map<string, Map<string, string>>;

/** What the rows of a chunk meet in the database. */
export interface Surroundings {
  holders: Holders;
  /** Records that rows may change, as they are now. */
  records: Map<string, RecordRow>;
  /** Values of the match key that earlier chunks of the file had. */
  seen: Set<string>;
  /** What the import gave lists of records in earlier chunks. */
  given: Map<string, GivenItems>;
}

/** Whether the import has to know which keys the file had before. */
export function watchesDuplicates(job: BulkJob): boolean {
  if (job.list) return false; // rows with the same key are one record
  return job.match !== null && job.mode !== 'create' && job.onDuplicate !== 'update';
}

/** Looks up, in a few statements for the whole chunk, which records its rows name. */
export async function lookAround(
  tx: Transaction,
  job: BulkJob,
  memory: BulkMemory,
  rows: readonly ParsedRow[],
): Promise<Surroundings> {
  const { ctx, definition } = job;
  const wanted = job.keys.map((key) => ({ key, values: valuesOf(key, rows) }));
  const asked = wanted.filter(({ values }) => values.length > 0);
  const statements = asked.map(({ key, values }) => findByKey(ctx, definition, key, values));
  const drafted = job.dryRun
    ? asked.map(({ key, values }) => memory.find(definition.object, key.name, values))
    : [];
  const matched = asked.find(({ key }) => key === job.match);
  const seenValues = watchesDuplicates(job) ? (matched?.values ?? []) : [];
  const seen = seenValues.length > 0 ? [memory.find(definition.object, 'seen', seenValues)] : [];
  const results = await tx.run([...statements, ...drafted, ...seen]);
  const holders: Holders = new Map(job.keys.map(({ name }) => [name, new Map<string, string>()]));
  [...asked, ...(job.dryRun ? asked : [])].forEach(({ key }, index) => {
    const found = holders.get(key.name) as Map<string, string>;
    for (const row of results[index]?.rows ?? []) {
      found.set(row['value'] as string, row['id'] as string);
    }
  });
  const seenRows = seen.length > 0 ? (results.at(-1)?.rows ?? []) : [];
  const ids = changeable(job, holders);
  const records = await readRecords(tx, job, memory, ids);
  const given = job.list ? await memory.given(tx, ids) : new Map<string, GivenItems>();
  const seenKeys = new Set(seenRows.map((row) => row['value'] as string));
  return { holders, records, seen: seenKeys, given };
}

/** Ids of records that rows may change: those matched, or with `create` those that hold a key. */
function changeable(job: BulkJob, holders: Holders): string[] {
  const isMatched = job.mode !== 'create' || job.list !== null;
  const keys = !isMatched ? job.keys : job.match ? [job.match] : [];
  const ids = new Set<string>();
  if (!isMatched && job.onDuplicate !== 'update') return [];
  for (const { name } of keys) for (const id of holders.get(name)?.values() ?? []) ids.add(id);
  return [...ids];
}

function valuesOf(key: MatchKey, rows: readonly ParsedRow[]): string[] {
  const values = new Set<string>();
  for (const row of rows) {
    if (row.errors.length > 0) continue;
    const value = keyOfRow(key, row);
    if (value !== null) values.add(value);
  }
  return [...values];
}

/**
 * The records as they are. They are not locked: most rows of a repeated import change nothing, and
 * those that do are written only if the version is still the one read here.
 */
async function readRecords(
  tx: Transaction,
  job: BulkJob,
  memory: BulkMemory,
  ids: readonly string[],
): Promise<Map<string, RecordRow>> {
  if (ids.length === 0) return new Map();
  const { definition, ctx } = job;
  const rows = await tx.query(
    `select ${rowColumns(definition)} from ${definition.table} r
     where r.workspace_id = $1 and r.id = any($2::uuid[])`,
    [ctx.workspaceId, ids],
  );
  const records = new Map(rows.map((row) => [row['id'] as string, rowOf(definition, row)]));
  if (job.dryRun) for (const [id, row] of await memory.drafts(tx, ids)) records.set(id, row);
  return records;
}
