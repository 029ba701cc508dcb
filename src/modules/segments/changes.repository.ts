import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/database/transaction.js';

/** Events that one step reads, and records named by them after which it stops. */
const MOST_EVENTS = 200;
const MOST_RECORDS = 10_000;

/** A record that something happened to. */
export interface ChangedRecord {
  id: string;
  /** Names of the fields that changed; null when all of it may have. */
  fields: readonly string[] | null;
  /** Of fields that tie records together: what the event says of them, `[old, new]`. */
  ties: Readonly<Record<string, unknown>>;
}

/** What happened to records of an object, in the order of the log. */
export interface Changed {
  /** Plural name. */
  object: string;
  action: string;
  records: readonly ChangedRecord[];
}

/** The next part of the log, and where it ends. */
export interface LogPart {
  position: number;
  changed: Changed[];
  hasMore: boolean;
}

interface EventRow {
  id: string;
  position: number;
  object: string;
  action: string;
  recordId: string | null;
  recordIds: string[] | null;
  fields: string[] | null;
  ties: Record<string, unknown> | null;
}

/** What a write does to all of a record, or may do. */
const WHOLE = new Set(['created', 'deleted', 'restored', 'purged', 'merged']);

/** Names of what changed and, of ties, the values; as SQL over the jsonb `changes`. */
const partsOf = (changes: string, ties: string): string => `
  case when ${changes} is not null
    then array(select jsonb_object_keys(${changes})) end as fields,
  (select jsonb_object_agg(k.name, ${changes} -> k.name) from unnest(${ties}) as k (name)
    where ${changes} ? k.name) as ties`;

const EVENTS_SQL = `
  select e.id, e.position, e.object, split_part(e.type, '.', 2) as action,
    e.record_id as "recordId", e.record_ids as "recordIds", ${partsOf('e.changes', '$3::text[]')}
  from events e
  where e.workspace_id = $1 and e.feed and e.position is not null and e.position > $2
  order by e.position limit ${MOST_EVENTS}`;

const RECORDS_SQL = `
  select r.event_id as "eventId", r.record_id as id, ${partsOf('r.changes', '$3::text[]')}
  from event_records r where r.workspace_id = $1 and r.event_id = any($2::uuid[])`;

/** SQL that reads the change log for segments. */
@Injectable()
export class ChangesRepository {
  /**
   * The changes after a position.
   * @param objects plural names of those of which anything is wanted.
   * @param ties names of the fields whose former values are wanted.
   */
  async after(
    tx: Transaction,
    workspaceId: string,
    position: number,
    objects: ReadonlySet<string>,
    ties: readonly string[],
  ): Promise<LogPart> {
    const params = [workspaceId, position, ties];
    const events = cut(await tx.query<EventRow>(EVENTS_SQL, params), objects);
    const wanted = events.rows.filter(
      ({ object, action }) => objects.has(object) && !isOwn(action),
    );
    const bulk = wanted.filter(({ recordIds, action }) => recordIds && !isWhole(action));
    const details = await this.details(tx, workspaceId, bulk, ties);
    return {
      position: events.rows.at(-1)?.position ?? position,
      changed: wanted.map((event) => changedOf(event, details.get(event.id))),
      hasMore: events.hasMore,
    };
  }

  private async details(
    tx: Transaction,
    workspaceId: string,
    events: readonly EventRow[],
    ties: readonly string[],
  ): Promise<Map<string, ChangedRecord[]>> {
    if (events.length === 0) return new Map();
    const ids = events.map(({ id }) => id);
    const rows = await tx.query<ChangedRecord & { eventId: string }>(RECORDS_SQL, [
      ...[workspaceId, ids, ties],
    ]);
    const records = rows.map((row) => ({ ...row, ties: row.ties ?? {} }));
    return Map.groupBy(records, ({ eventId }) => eventId);
  }
}

/** What segments say of their members changes none of them. */
const isOwn = (action: string): boolean => action.startsWith('segment_');

const isWhole = (action: string): boolean => WHOLE.has(action);

/** As many events as name a bounded number of records, but at least one. */
function cut(
  rows: EventRow[],
  objects: ReadonlySet<string>,
): { rows: EventRow[]; hasMore: boolean } {
  let records = 0;
  for (const [index, { object, action, recordIds }] of rows.entries()) {
    if (!objects.has(object) || isOwn(action)) continue;
    records += recordIds?.length ?? 1;
    if (records > MOST_RECORDS && index > 0) return { rows: rows.slice(0, index), hasMore: true };
  }
  return { rows, hasMore: rows.length === MOST_EVENTS };
}

function changedOf(event: EventRow, details: readonly ChangedRecord[] | undefined): Changed {
  const { object, action, recordId, recordIds, ties, fields } = event;
  if (details) return { object, action, records: details };
  const whole = isWhole(action) || recordIds !== null;
  const records = (recordIds ?? [recordId])
    .filter((id) => id !== null)
    .map((id) => ({ id, fields: whole ? null : fields, ties: ties ?? {} }));
  return { object, action, records };
}
