import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../../common/list-query.js';
import { Problem } from '../../common/errors.js';
import type { PageJson } from '../../platform/http/answers.js';
import { Sequencer } from '../../platform/outbox/sequencer.js';
import { eventJson } from './event-json.js';
import { parseTypes, visibleObjects } from './event-filter.js';
import type { EventFilter } from './event-filter.js';
import { EventsRepository } from './events.repository.js';
import type { FeedPage, Position } from './events.repository.js';

/** What a cursor of the feed is in order by. */
const ORDER = 'position';
const KEYS = [{ type: 'bigint' as const }];

/** Begins with what happens from now on. */
const LATEST = 'latest';

/** The change feed: every committed change once, in the order of the commits. */
@Injectable()
export class EventsService {
  constructor(
    private readonly repository: EventsRepository,
    private readonly sequencer: Sequencer,
  ) {}

  /**
   * A page of the feed, up to what was committed before the request.
   * @throws Problem 400 for a cursor, type or limit that cannot be read.
   */
  async page(
    ctx: RequestContext,
    query: { after?: string; types?: string; limit?: string },
  ): Promise<PageJson & { nextCursor: string }> {
    const filter = this.filterOf(ctx, query.types);
    const limit = limitOf(query.limit);
    await this.sequencer.catchUp();
    const after = await this.start(ctx, query.after ?? '');
    const { events, position, hasMore } = await this.next(ctx, after, filter, limit);
    const nextCursor = this.cursorOf(ctx, position);
    const page = JSON.stringify({ nextCursor, hasMore });
    return { json: `{"data":[${events.map(eventJson).join(',')}],"page":${page}}`, nextCursor };
  }

  /** Events after a position, without putting new ones in order first. */
  next(
    ctx: RequestContext,
    after: Position,
    filter: EventFilter,
    limit: number,
  ): Promise<FeedPage> {
    return this.repository.feed(ctx, after, filter, limit);
  }

  /** @throws Problem 400 for what cannot be an event type. */
  filterOf(ctx: RequestContext, types: string | undefined): EventFilter {
    return { visible: visibleObjects(ctx), ...parseTypes(types) };
  }

  /**
   * Where to begin: with a cursor, with `latest`, or with the oldest event.
   * @throws Problem 400 for a cursor that is not ours.
   */
  async start(ctx: RequestContext, after: string): Promise<Position> {
    if (after === '') return 0;
    if (after === LATEST) {
      await this.sequencer.catchUp();
      return this.repository.head(ctx);
    }
    return decodeCursor(after, ORDER, ctx.workspaceId, KEYS).values[0] as Position;
  }

  cursorOf(ctx: RequestContext, position: Position): string {
    return encodeCursor({ sort: ORDER, values: [position] }, ctx.workspaceId);
  }
}

/** @throws Problem 400 for what is not a number of entries a page may have. */
export function limitOf(text: string | undefined): number {
  const limit = text === undefined ? DEFAULT_LIMIT : Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new Problem('invalid-parameter', `limit must be a whole number from 1 to ${MAX_LIMIT}.`);
}
