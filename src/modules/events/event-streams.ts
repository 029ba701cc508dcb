import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { BackgroundLoop } from '../../common/background-loop.js';
import { Problem } from '../../common/errors.js';
import { CredentialsService } from '../auth/index.js';
import type { EventFilter } from './event-filter.js';
import { eventJson } from './event-json.js';
import { EventsService } from './events.service.js';
import type { Position } from './events.repository.js';
import { FeedWatch } from './feed-watch.js';
import type { SseWriter } from './sse-writer.js';

/** Streams one process serves, and one workspace may hold there. */
const MAX_STREAMS = 500;
const MAX_PER_WORKSPACE = 50;

/** Events read and written at once. */
const BATCH = 100;

/** Milliseconds between signs of life: proxies close what is silent for a minute. */
const HEARTBEAT = 15_000;

/** Milliseconds after which a client has to come back, and to prove again that it may. */
const LIFETIME = 30 * 60_000;

/** Milliseconds between looks whether callers are still signed in: all streams in one statement. */
const CHECK = 500;

/** Sends the feed to clients that keep their connection open. */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly logger = new Logger('events');
  private readonly open = new Map<SseWriter, RequestContext>();
  private readonly callers = new BackgroundLoop(() => this.closeEnded(), {
    ...{ shortest: CHECK, longest: CHECK },
    onError: (error) => this.logger.warn({ error }, 'Callers of streams could not be checked'),
  });

  constructor(
    private readonly events: EventsService,
    private readonly watch: FeedWatch,
    private readonly credentials: CredentialsService,
  ) {}

  /** Streams that are open. */
  get count(): number {
    return this.open.size;
  }

  /** @throws Problem 429 or 503 when there are too many streams. */
  admit({ workspaceId }: RequestContext): void {
    const own = [...this.open.values()].filter((ctx) => ctx.workspaceId === workspaceId).length;
    const headers = { 'retry-after': '30' };
    if (own >= MAX_PER_WORKSPACE) {
      const detail = `A workspace may hold ${MAX_PER_WORKSPACE} streams. Close one first.`;
      throw new Problem('too-many-requests', detail, { headers });
    }
    if (this.open.size >= MAX_STREAMS) {
      throw new Problem('unavailable', 'This server holds as many streams as it can.', { headers });
    }
  }

  /** Writes events until the client leaves, the server stops or the time is over. */
  async send(
    ctx: RequestContext,
    after: Position,
    filter: EventFilter,
    writer: SseWriter,
  ): Promise<void> {
    this.open.set(writer, ctx);
    this.callers.start();
    const end = setTimeout(() => writer.close(), LIFETIME);
    try {
      await this.follow(ctx, after, filter, writer);
    } catch (error) {
      // The client comes back with the last id it has.
      this.logger.warn({ error, requestId: ctx.requestId }, 'A stream of events broke off');
    } finally {
      clearTimeout(end);
      this.open.delete(writer);
      writer.close();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.callers.stop();
    for (const writer of this.open.keys()) writer.close();
  }

  /** A session or key that has ended takes its streams along. */
  private async closeEnded(): Promise<boolean> {
    const streams = [...this.open];
    if (streams.length === 0) return false;
    const callers = await this.credentials.stillInForce(streams.map(([, ctx]) => ctx));
    const inForce = new Set(callers);
    for (const [writer, ctx] of streams) if (!inForce.has(ctx)) writer.close();
    return false;
  }

  private async follow(
    ctx: RequestContext,
    after: Position,
    filter: EventFilter,
    writer: SseWriter,
  ): Promise<void> {
    let hasGrown = true;
    let wake = (): void => undefined;
    const unwatch = this.watch.watch(() => {
      hasGrown = true;
      wake();
    });
    writer.onClose(() => wake());
    try {
      let position = after;
      while (!writer.isClosed) {
        if (hasGrown) {
          hasGrown = false;
          position = await this.sendNew(ctx, position, filter, writer);
          continue;
        }
        await new Promise<void>((resolve) => {
          const beat = setTimeout(resolve, HEARTBEAT);
          wake = () => {
            clearTimeout(beat);
            resolve();
          };
        });
        if (!hasGrown) await writer.comment();
      }
    } finally {
      unwatch();
    }
  }

  private async sendNew(
    ctx: RequestContext,
    after: Position,
    filter: EventFilter,
    writer: SseWriter,
  ): Promise<Position> {
    let position = after;
    for (;;) {
      const page = await this.events.next(ctx, position, filter, BATCH);
      for (const event of page.events) {
        if (writer.isClosed) return position;
        await writer.event(this.events.cursorOf(ctx, event.position), event.type, eventJson(event));
      }
      position = page.position;
      if (!page.hasMore || writer.isClosed) return position;
    }
  }
}
