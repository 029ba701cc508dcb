import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import { parseListQuery } from '../../common/list-query.js';
import type { PageJson } from '../http/answers.js';
import { Params } from './params.js';
import type { RecordKit } from './record-kit.js';
import { mentionReach } from './record-mentions.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordReader } from './record-reader.js';

const SORT = '-timeline,-about';
const KEYS = [{ type: 'bigint' as const }, { type: 'uuid' as const }];

/**
 * One entry per event of the record, alone or among others, and per event of another record that
 * names it (`about`), newest first.
 */
const timelineSql = (mentioned: string): string => `
  select e.seq, coalesce(e.about_id, $2::uuid) as tie, json_build_object('id', e.id, 'type', e.type,
      'occurredAt', to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'actor', json_build_object('type', e.actor_type, 'id', e.actor_id, 'userId', e.actor_user_id),
      'source', e.source, 'changes', e.changes,
      'about', case when e.about_id is not null then
        json_build_object('object', e.about_object, 'id', e.about_id, 'title', (
          select d.title from search_documents d where d.workspace_id = $1
            and d.object = e.about_object and d.record_id = e.about_id)) end)::text as json
  from (
    select seq, id, type, occurred_at, actor_type, actor_id, actor_user_id, source, changes,
      null as about_object, null::uuid as about_id
    from events where workspace_id = $1 and record_id = $2
    union all
    select v.seq, v.id, v.type, v.occurred_at, v.actor_type, v.actor_id, v.actor_user_id, v.source,
      er.changes, null, null
    from event_records er join events v on v.workspace_id = er.workspace_id and v.id = er.event_id
    where er.workspace_id = $1 and er.record_id = $2
    union all
    select v.seq, v.id, v.type, v.occurred_at, v.actor_type, v.actor_id, v.actor_user_id, v.source,
      coalesce(v.changes, er.changes), m.object, m.about_id
    from event_mentions m join events v on v.workspace_id = m.workspace_id and v.id = m.event_id
    left join event_records er on er.workspace_id = m.workspace_id and er.event_id = m.event_id
      and er.record_id = m.about_id
    where m.workspace_id = $1 and m.record_id = $2 and ${mentioned}
  ) e
  where $3::bigint is null or (e.seq, coalesce(e.about_id, $2::uuid)) < ($3::bigint, $4::uuid)
  order by e.seq desc, tie desc limit $5`;

interface Entry {
  seq: number;
  /** Tells apart what one event says of several records. */
  tie: string;
  json: string;
}

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
    const before = cursor ? decodeCursor(cursor, SORT, ctx.workspaceId, KEYS).values : [null, null];
    const params = new Params(ctx.workspaceId);
    for (const value of [id, ...before, limit + 1]) params.add(value);
    const text = timelineSql(mentionReach(this.kit.all(), ctx, params));
    const rows = await this.kit.database.query<Entry>(ctx, text, params.values);
    const data = rows.slice(0, limit);
    const last = rows.length > limit ? data.at(-1) : undefined;
    const nextCursor = last
      ? encodeCursor({ sort: SORT, values: [last.seq, last.tie] }, ctx.workspaceId)
      : null;
    const page = JSON.stringify({ nextCursor, hasMore: last !== undefined });
    const json = `{"data":[${data.map((row) => row.json).join(',')}],"page":${page}}`;
    return { json, nextCursor };
  }
}
