import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import { parseListQuery } from '../../common/list-query.js';
import type { PageJson } from '../http/answers.js';
import type { RecordKit } from './record-kit.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordReader } from './record-reader.js';

const SORT = '-timeline';
const KEYS = [{ type: 'bigint' as const }];

/** One entry per event of the record, alone or among others, newest first. */
const TIMELINE_SQL = `
  select e.seq, json_build_object('id', e.id, 'type', e.type,
      'occurredAt', to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'actor', json_build_object('type', e.actor_type, 'id', e.actor_id, 'userId', e.actor_user_id),
      'source', e.source, 'changes', e.changes)::text as json
  from (
    select seq, id, type, occurred_at, actor_type, actor_id, actor_user_id, source, changes
    from events where workspace_id = $1 and record_id = $2
    union all
    select v.seq, v.id, v.type, v.occurred_at, v.actor_type, v.actor_id, v.actor_user_id, v.source,
      er.changes
    from event_records er join events v on v.workspace_id = er.workspace_id and v.id = er.event_id
    where er.workspace_id = $1 and er.record_id = $2
  ) e
  where $3::bigint is null or e.seq < $3::bigint
  order by e.seq desc limit $4`;

/** All that happened to a record. */
export class RecordTimeline {
  constructor(
    private readonly kit: RecordKit,
    private readonly definition: ObjectDefinition,
    private readonly reader: RecordReader,
  ) {}

  /** A page of the record's events, newest first. */
  async page(
    ctx: RequestContext,
    id: string,
    query: { limit?: string; cursor?: string },
  ): Promise<PageJson> {
    const { limit, cursor } = parseListQuery({ ...query });
    await this.reader.get(ctx, id, { fields: [] });
    const before = cursor ? decodeCursor(cursor, SORT, ctx.workspaceId, KEYS).values[0] : null;
    const rows = await this.kit.database.query<{ seq: number; json: string }>(ctx, TIMELINE_SQL, [
      ctx.workspaceId,
      id,
      before,
      limit + 1,
    ]);
    const data = rows.slice(0, limit);
    const last = rows.length > limit ? data.at(-1) : undefined;
    const nextCursor = last
      ? encodeCursor({ sort: SORT, values: [last.seq] }, ctx.workspaceId)
      : null;
    const page = JSON.stringify({ nextCursor, hasMore: last !== undefined });
    const json = `{"data":[${data.map((row) => row.json).join(',')}],"page":${page}}`;
    return { json, nextCursor };
  }
}
