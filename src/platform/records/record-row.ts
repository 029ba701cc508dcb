import type { CustomProperty, IndexEntry } from './custom-properties.js';
import { INDEXED_LENGTH, indexEntries } from './custom-properties.js';
import { itemsOf } from './list-items.js';
import { completedList } from './list-matching.js';
import type { ColumnValues } from './field-types.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordPatch } from './record-input.js';
import type { RecordRow } from './stored-row.js';

export type { RecordRow };

/** Reads what `rowColumns` selects. */
export function rowOf(definition: ObjectDefinition, row: Record<string, unknown>): RecordRow {
  const values: ColumnValues = {};
  for (const { column } of definition.columns) {
    values[column] = (row[column] ?? null) as ColumnValues[string];
  }
  return {
    id: row['id'] as string,
    version: row['version'] as number,
    ownerId: row['owner_id'] as string | null,
    values,
    tags: row['tags'] as string[],
    custom: row['custom'] as Record<string, unknown>,
    externalIds: row['external_ids'] as Record<string, string>,
    deletedAt: row['deleted_at'] as string | null,
    mergedInto: row['merged_into'] as string | null,
  };
}

const firstValues = new WeakMap<ObjectDefinition, ColumnValues>();

/** What the columns of a new record hold before anything is said of them. */
function firstValuesOf(definition: ObjectDefinition): ColumnValues {
  const known = firstValues.get(definition);
  if (known) return known;
  const values: ColumnValues = {};
  for (const { column } of definition.columns) values[column] = null;
  for (const { columns, initial } of definition.fieldList) {
    if (initial !== undefined) values[columns[0]?.column ?? ''] = initial;
  }
  firstValues.set(definition, values);
  return values;
}

/** A new record with what the patch gives. */
export function newRow(
  definition: ObjectDefinition,
  id: string,
  patch: RecordPatch,
  ownerId: string | null,
): RecordRow {
  return {
    id,
    version: 0,
    ...(patch.createdAt === undefined ? {} : { createdAt: patch.createdAt }),
    ownerId: patch.ownerId === undefined ? ownerId : patch.ownerId,
    values: { ...firstValuesOf(definition), ...patchedValues(definition, {}, patch) },
    tags: patch.tags ?? [],
    custom: merged({}, patch.custom),
    externalIds: merged({}, patch.externalIds) as Record<string, string>,
    deletedAt: null,
    mergedInto: null,
  };
}

/** The row after a merge patch. */
export function patched(
  definition: ObjectDefinition,
  row: RecordRow,
  patch: RecordPatch,
): RecordRow {
  return {
    ...row,
    ownerId: patch.ownerId === undefined ? row.ownerId : patch.ownerId,
    values: { ...row.values, ...patchedValues(definition, row.values, patch) },
    tags: patch.tags ?? row.tags,
    custom: merged(row.custom, patch.custom),
    externalIds: merged(row.externalIds, patch.externalIds) as Record<string, string>,
  };
}

/** What a patch gives, with its lists completed. */
function patchedValues(
  { lists }: ObjectDefinition,
  stored: ColumnValues,
  { values }: RecordPatch,
): ColumnValues {
  const given = lists.filter(({ column }) => typeof values[column] === 'string');
  if (given.length === 0) return values;
  const completed = given.map((list) => {
    const { column } = list;
    return [column, completedList(list, values[column], stored[column])] as const;
  });
  return { ...values, ...Object.fromEntries(completed) };
}

function merged(
  stored: Record<string, unknown>,
  patch: Record<string, unknown>,
): Record<string, unknown> {
  if (isEmpty(patch)) return stored; // as in most rows of an import
  const entries = Object.entries({ ...stored, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

/** `{ property: [old, new] }` of everything that differs; empty when nothing does. */
export function changesBetween(
  definition: ObjectDefinition,
  before: RecordRow,
  after: RecordRow,
): Record<string, [unknown, unknown]> {
  const changes: Record<string, [unknown, unknown]> = {};
  const note = (name: string, old: unknown, now: unknown): void => {
    if (JSON.stringify(old) !== JSON.stringify(now)) changes[name] = [old, now];
  };
  for (const { name, column, columns, kind } of definition.fieldList) {
    if (columns.some((item) => before.values[item.column] !== after.values[item.column])) {
      changes[name] = [kind.value(column, before.values), kind.value(column, after.values)];
    }
  }
  note('ownerId', before.ownerId, after.ownerId);
  note('tags', before.tags, after.tags);
  for (const key of new Set([...Object.keys(before.custom), ...Object.keys(after.custom)])) {
    note(`custom.${key}`, before.custom[key] ?? null, after.custom[key] ?? null);
  }
  const sources = [...Object.keys(before.externalIds), ...Object.keys(after.externalIds)];
  for (const source of new Set(sources)) {
    const now = after.externalIds[source] ?? null;
    note(`externalIds.${source}`, before.externalIds[source] ?? null, now);
  }
  return changes;
}

/** Rows as the one JSON parameter of `insertSql` and `updateSql`. */
export function rowsJson(rows: readonly RecordRow[]): string {
  return JSON.stringify(
    rows.map((row) => ({
      ...row.values,
      id: row.id,
      owner_id: row.ownerId,
      tags: row.tags,
      custom: row.custom,
      external_ids: row.externalIds,
    })),
  );
}

/** The rows' entries in `record_index`. */
export function indexRows(
  rows: readonly RecordRow[],
  definition: ObjectDefinition,
  properties: ReadonlyMap<string, CustomProperty>,
): (IndexEntry & { recordId: string })[] {
  return rows.flatMap((row) =>
    [...indexEntries(row, properties), ...itemEntries(definition, row)].map((entry) => ({
      ...entry,
      recordId: row.id,
    })),
  );
}

/** What the items of a record's lists can be found by. */
function itemEntries({ indexedItems }: ObjectDefinition, row: RecordRow): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (const [key, { list, member }] of indexedItems) {
    const values = itemsOf(row.values[list.column]).map((item) => item[member.name]);
    for (const value of new Set(values)) {
      if (typeof value !== 'string') continue;
      entries.push({ key, value: value.slice(0, INDEXED_LENGTH), number: null, uniq: false });
    }
  }
  return entries;
}

/** Whether a change touches what `record_index` holds of a record. */
export function touchesIndex(
  definition: ObjectDefinition,
  changes: Readonly<Record<string, unknown>>,
): boolean {
  return Object.keys(changes).some(
    (name) =>
      name === 'tags' ||
      name.startsWith('custom.') ||
      name.startsWith('externalIds.') ||
      definition.lists.some((list) => list.name === name),
  );
}
