import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';

/** Entries one request looks at in search of those it wants. */
const WINDOW = 20_000;

/** Which entries are wanted; what is absent does not matter. */
export interface AuditFilter {
  /** User or API key. */
  actor?: string;
  object?: string;
  recordId?: string;
  /** `contact.created`, or `contact.*`. */
  type?: string;
  /** Times, RFC 3339; `to` itself is left out. */
  from?: string;
  to?: string;
}

export interface AuditEntry {
  id: string;
  json: string;
}

/** Entries, and the id below which the next page goes on; null at the end. */
export interface AuditPage {
  entries: AuditEntry[];
  before: string | null;
}

const ENTRY = `
  id, json_build_object(
    'id', id, 'type', type, 'object', object,
    'occurredAt', to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'actor', json_build_object('type', actor_type, 'id', actor_id, 'userId', actor_user_id),
    'requestId', request_id, 'ip', ip, 'source', source,
    'recordIds', coalesce(record_ids, array_remove(array[record_id], null)),
    'changes', changes)::text as json`;

const WANTED = `
  ($3::uuid is null or actor_id = $3 or actor_user_id = $3)
  and ($4::text is null or object = $4)
  and ($5::text is null or type = $5 or (right($5, 1) = '.' and starts_with(type, $5)))
  and ($6::timestamptz is null or occurred_at >= $6)
  and ($7::timestamptz is null or occurred_at < $7)`;

/** The newest entries below a place in the log; looks at a bounded number of them. */
const ALL_SQL = `
  select ${ENTRY} from (
    select * from events where workspace_id = $1 and ($2::uuid is null or id < $2)
    order by id desc limit ${WINDOW}
  ) as recent
  where ${WANTED} order by id desc limit $8`;

const WINDOW_END_SQL = `
  select id from events where workspace_id = $1 and ($2::uuid is null or id < $2)
  order by id desc offset ${WINDOW - 1} limit 1`;

/** Those of one record, alone or among others. */
const RECORD_SQL = `
  select ${ENTRY} from events
  where workspace_id = $1 and ($2::uuid is null or id < $2)
    and (record_id = $9 or id = any(array(
      select event_id from event_records where workspace_id = $1 and record_id = $9)))
    and ${WANTED}
  order by id desc limit $8`;

/** All SQL of the audit trail. */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** Entries below a place in the log, newest first; a page may be empty although there is more. */
  async page(
    ctx: RequestContext,
    filter: AuditFilter,
    before: string | null,
    limit: number,
  ): Promise<AuditPage> {
    const params = parametersOf(ctx, filter, before, limit);
    const ofRecord = filter.recordId !== undefined;
    const entries = ofRecord
      ? await this.database.query<AuditEntry>(ctx, RECORD_SQL, [...params, filter.recordId])
      : await this.database.query<AuditEntry>(ctx, ALL_SQL, params);
    if (entries.length > limit) {
      const shown = entries.slice(0, limit);
      return { entries: shown, before: shown.at(-1)?.id ?? null };
    }
    if (ofRecord) return { entries, before: null };
    const [end] = await this.database.query<{ id: string }>(
      ctx,
      WINDOW_END_SQL,
      params.slice(0, 2),
    );
    return { entries, before: end?.id ?? null };
  }
}

function parametersOf(
  ctx: RequestContext,
  { actor, object, type, from, to }: AuditFilter,
  before: string | null,
  limit: number,
): unknown[] {
  const prefix = type?.endsWith('.*') ? type.slice(0, -1) : type;
  const optional = [actor, object, prefix, from, to].map((value) => value ?? null);
  return [ctx.workspaceId, before, ...optional, limit + 1];
}
