import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database, SYSTEM } from '../../platform/database/database.js';
import type { EventFilter } from './event-filter.js';

/** Events one request looks at in search of those it wants. */
const FEED_WINDOW = 5000;

/** Where a reader of the feed stands: everything up to this position has been read. */
export type Position = number;

export interface StoredEvent {
  id: string;
  position: Position;
  type: string;
  occurred_at: string;
  actor_type: string;
  actor_id: string | null;
  actor_user_id: string | null;
  source: string | null;
  record_ids: string[];
  /** JSON text. */
  changes: string | null;
}

/** Events in order, and how far the reader has come with them. */
export interface FeedPage {
  events: StoredEvent[];
  position: Position;
  hasMore: boolean;
}

const COLUMNS = `
  id, position, type, occurred_at, actor_type, actor_id, actor_user_id, source,
  coalesce(record_ids, array_remove(array[record_id], null)) as record_ids,
  changes::text as changes`;

const ALL_SQL = `
  select ${COLUMNS} from events
  where workspace_id = $1 and feed and position > $2
  order by position limit $3`;

const FULL_WINDOW = `
  select position from events where workspace_id = $1 and feed and position > $2
  order by position offset ${FEED_WINDOW - 1} limit 1`;

const SOME_SQL = `
  select ${COLUMNS} from events
  where workspace_id = $1 and feed and position > $2
    and position <= coalesce((${FULL_WINDOW}), 9223372036854775807)
    and ($4::text[] is null or split_part(type, '.', 1) = any($4))
    and ($5::text[] is null or split_part(type, '.', 1) = any($5) or type = any($6))
  order by position limit $3`;

/** How far the window of one request reaches, and the feed. */
const WINDOW_SQL = `
  select (${FULL_WINDOW}) as full_window, max(position) as head
  from events where workspace_id = $1 and feed and position > $2`;

type Reader = Pick<RequestContext, 'workspaceId'>;

/** All SQL of the change feed. */
@Injectable()
export class EventsRepository {
  constructor(private readonly database: Database) {}

  /**
   * The next events after a position. A page of some events may be empty although there is more:
   * one request looks at a bounded number of events.
   */
  async feed(ctx: Reader, after: Position, filter: EventFilter, limit: number): Promise<FeedPage> {
    const wantsAll = filter.objects.length + filter.types.length === 0;
    if (wantsAll && filter.visible === null) return this.all(ctx, after, limit);
    const where = [ctx.workspaceId, after];
    const objects = wantsAll ? null : filter.objects;
    // The window is measured first: what comes while this runs is left to the next request.
    const [window, some] = await this.database.run(ctx, [
      { text: WINDOW_SQL, params: where },
      { text: SOME_SQL, params: [...where, limit + 1, filter.visible, objects, filter.types] },
    ]);
    const events = (some?.rows ?? []) as unknown as StoredEvent[];
    if (events.length > limit) return cut(events, limit);
    return uncut(events, after, window?.rows[0] as unknown as Window);
  }

  private async all(ctx: Reader, after: Position, limit: number): Promise<FeedPage> {
    const params = [ctx.workspaceId, after, limit + 1];
    const events = await this.database.query<StoredEvent>(ctx, ALL_SQL, params);
    if (events.length > limit) return cut(events, limit);
    return { events, position: events.at(-1)?.position ?? after, hasMore: false };
  }

  /** The newest position of a workspace's feed; 0 when it is empty. */
  async head(ctx: Reader): Promise<Position> {
    const sql = 'select max(position) as head from events where workspace_id = $1 and feed';
    const [row] = await this.database.query<{ head: Position | null }>(ctx, sql, [ctx.workspaceId]);
    return row?.head ?? 0;
  }

  /** The newest position over all workspaces; 0 when there is none. */
  async newestPosition(): Promise<Position> {
    const sql = 'select max(position) as head from events';
    const [row] = await this.database.query<{ head: Position | null }>(SYSTEM, sql);
    return row?.head ?? 0;
  }
}

interface Window {
  full_window: Position | null;
  head: Position | null;
}

function cut(events: StoredEvent[], limit: number): FeedPage {
  const shown = events.slice(0, limit);
  return { events: shown, position: shown.at(-1)?.position ?? 0, hasMore: true };
}

/** The page that ends with its window. */
function uncut(
  events: StoredEvent[],
  after: Position,
  { full_window: full, head }: Window,
): FeedPage {
  const position = Math.max(full ?? head ?? after, events.at(-1)?.position ?? after);
  return { events, position, hasMore: full !== null && full < (head ?? 0) };
}
