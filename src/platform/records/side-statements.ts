import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../database/pipeline.js';
import { eventOf } from '../outbox/event.js';
import type { Changes } from '../outbox/event.js';
import type { EventType } from '../outbox/event-types.js';
import { recordEventRecords, recordEvents } from '../outbox/record-events.js';
import { addDocuments, indexDocuments, removeDocuments } from '../search/search-documents.js';
import type { SearchDocument } from '../search/search-documents.js';
import type { CustomProperty } from './custom-properties.js';
import type { ObjectDefinition } from './object-definition.js';
import { mentionsOf, mentionStatements } from './record-mentions.js';
import { indexRows } from './record-row.js';
import type { RecordRow } from './record-row.js';
import type { WrittenRow } from './record-rules.js';

/** What a write did to one record. */
export interface Written {
  id: string;
  /** The record's version after the write. */
  version: number;
  changes: Changes | null;
}

/** What search finds a record by. */
export function searchDocumentOf(definition: ObjectDefinition, row: RecordRow): SearchDocument {
  const texts: string[] = [];
  for (const { search, columns } of definition.fieldList) {
    const value = search ? row.values[columns[0]?.column ?? ''] : null;
    if (typeof value === 'string') texts.push(value);
  }
  return {
    object: definition.object,
    recordId: row.id,
    title: definition.title(row.values),
    subtitle: definition.subtitle(row.values),
    texts,
    hidden: row.deletedAt !== null,
  };
}

/**
 * The statements that log a write: one event, and for several records what happened to each.
 * @param rows the records as they are now, where the event also shows on timelines of others.
 */
export function eventStatements(
  ctx: RequestContext,
  definition: ObjectDefinition,
  action: string,
  written: readonly Written[],
  rows: readonly WrittenRow[] = [],
): Statement[] {
  const type: EventType = `${definition.object}.${action}`;
  const [first, ...others] = written;
  if (!first) return [];
  const mentions = mentionsOf(definition, rows, action);
  const mentioned = (id: string) => mentionStatements(ctx, definition, id, mentions);
  if (others.length === 0) {
    const changes = first.changes ?? undefined;
    const facts = { type, object: definition.plural, recordId: first.id, changes };
    const event = eventOf(ctx, facts);
    return [recordEvents([event]), ...mentioned(event.id)];
  }
  const recordIds = written.map(({ id }) => id);
  const event = eventOf(ctx, { type, object: definition.plural, recordIds });
  const records = written.map(({ id, version, changes }) => ({
    recordId: id,
    version,
    changes,
  }));
  return [recordEvents([event]), recordEventRecords(event, records), ...mentioned(event.id)];
}

/** The statement that enters new records into `record_index`; none when there is nothing. */
export function indexStatements(
  ctx: RequestContext,
  definition: ObjectDefinition,
  rows: readonly RecordRow[],
  properties: ReadonlyMap<string, CustomProperty>,
): Statement[] {
  const entries = indexRows(rows, definition, properties);
  if (entries.length === 0) return [];
  return [
    {
      text: `insert into record_index (workspace_id, object, record_id, key, value, number, uniq)
        select $1, $2, i."recordId", i.key, i.value, i.number, i.uniq
        from json_to_recordset($3::json) as i ("recordId" uuid, key text, value text,
          number float8, uniq boolean)`,
      params: [ctx.workspaceId, definition.object, JSON.stringify(entries)],
    },
  ];
}

/** Takes records out of `record_index`: all entries, or only those that hold a unique value. */
export function unindexStatement(
  ctx: RequestContext,
  definition: ObjectDefinition,
  ids: readonly string[],
  which: 'all' | 'unique' = 'all',
): Statement {
  return {
    text: `delete from record_index where workspace_id = $1 and object = $2
      and record_id = any($3::uuid[]) ${which === 'unique' ? 'and uniq' : ''}`,
    params: [ctx.workspaceId, definition.object, ids],
  };
}

/** Makes new records findable. */
export function newSearchStatement(
  ctx: RequestContext,
  definition: ObjectDefinition,
  rows: readonly RecordRow[],
): Statement {
  return addDocuments(ctx.workspaceId, documentsOf(definition, rows));
}

export function searchStatement(
  ctx: RequestContext,
  definition: ObjectDefinition,
  rows: readonly RecordRow[],
): Statement {
  return indexDocuments(ctx.workspaceId, documentsOf(definition, rows));
}

const documentsOf = (definition: ObjectDefinition, rows: readonly RecordRow[]): SearchDocument[] =>
  rows.map((row) => searchDocumentOf(definition, row));

export function unsearchStatement(
  ctx: RequestContext,
  definition: ObjectDefinition,
  ids: readonly string[],
): Statement {
  return removeDocuments(ctx.workspaceId, definition.object, [...ids]);
}

/** Most records whose cached answers are named one by one after a write. */
const MOST_NAMED = 100;

/** Cache tags of a write: the lists of the object, and the records. */
export function tagsOf(definition: ObjectDefinition, ids: readonly string[]): string[] {
  const records =
    ids.length > MOST_NAMED
      ? [`${definition.plural}:*`]
      : ids.map((id) => `${definition.plural}:${id}`);
  return [definition.plural, ...records];
}
