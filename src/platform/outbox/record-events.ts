import type { Statement } from '../database/pipeline.js';
import { MAX_EVENT_RECORDS } from './event.js';
import type { Changes, EventInput } from './event.js';

const EVENTS_SQL = `
  insert into events (workspace_id, id, type, object, actor_type, actor_id, actor_user_id,
    request_id, ip, source, feed, record_id, record_ids, changes)
  select "workspaceId", id, type, object, "actorType", "actorId", "actorUserId",
    "requestId", ip, source, feed, "recordId", "recordIds", changes
  from json_to_recordset($1::json) as e ("workspaceId" uuid, id uuid, type text, object text,
    "actorType" text, "actorId" uuid, "actorUserId" uuid, "requestId" text, ip text, source text,
    feed boolean, "recordId" uuid, "recordIds" uuid[], changes jsonb)`;

const EVENT_SQL = `
  insert into events (workspace_id, id, type, object, actor_type, actor_id, actor_user_id,
    request_id, ip, source, feed, record_id, record_ids, changes)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

const EVENT_RECORDS_SQL = `
  insert into event_records (workspace_id, record_id, event_id, version, changes)
  select $1::uuid, "recordId", $2::uuid, version, changes
  from json_to_recordset($3::json) as r ("recordId" uuid, version integer, changes jsonb)`;

/**
 * The one statement that writes events, in their order, as part of the write that they tell of.
 * @param events 1 or more, each naming at most {@link MAX_EVENT_RECORDS} records.
 */
export function recordEvents(events: readonly EventInput[]): Statement {
  for (const { recordIds } of events) {
    if (recordIds && recordIds.length > MAX_EVENT_RECORDS) {
      throw new RangeError(`An event names at most ${MAX_EVENT_RECORDS} records`);
    }
  }
  const [first] = events;
  if (first && events.length === 1) return recordEvent(first);
  return { text: EVENTS_SQL, params: [JSON.stringify(events)] };
}

/** One event, as most writes have: without the work of reading it from JSON. */
function recordEvent(event: EventInput): Statement {
  return {
    text: EVENT_SQL,
    params: [
      ...[event.workspaceId, event.id, event.type, event.object],
      ...[event.actorType, event.actorId, event.actorUserId, event.requestId, event.ip],
      ...[event.source, event.feed, event.recordId, event.recordIds],
      event.changes && JSON.stringify(event.changes),
    ],
  };
}

/** What a bulk write did to one of its records. */
export interface EventRecord {
  recordId: string;
  /** The record's version after the write. */
  version: number;
  changes?: Changes | null;
}

/** The statement that keeps, for an event of a bulk write, what happened to each record. */
export function recordEventRecords(
  event: Pick<EventInput, 'workspaceId' | 'id'>,
  records: readonly EventRecord[],
): Statement {
  return {
    text: EVENT_RECORDS_SQL,
    params: [event.workspaceId, event.id, JSON.stringify(records)],
  };
}
