import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { RequestContext } from '../../common/context.js';
import { Answer } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx, Url } from '../../platform/http/parameters.js';
import { EventPageDto, FeedQueryDto, StreamQueryDto } from './events.dto.js';
import { EventStreams } from './event-streams.js';
import { EventsService } from './events.service.js';
import { SseWriter } from './sse-writer.js';

const SCOPE =
  'Shows the events of objects that you may read without limits; a role that reads only its own ' +
  'records sees none of that object.';

@ApiTags('Events')
@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly streams: EventStreams,
  ) {}

  @Get()
  @Endpoint({
    permission: 'event:read',
    summary: 'Follow every change',
    description:
      'Each committed change once, in the order of the commits. Keep `page.nextCursor` and send ' +
      `it as \`after\`: no change is ever missed or shown twice. ${SCOPE}`,
    answers: EventPageDto,
  })
  async page(
    @Ctx() ctx: RequestContext,
    @Url() url: string,
    @Query() query: FeedQueryDto,
  ): Promise<Answer> {
    const { json, nextCursor } = await this.events.page(ctx, query);
    const next = new URL(url, 'http://keel');
    next.searchParams.set('after', nextCursor);
    return new Answer(200, json, { link: `<${next.pathname}${next.search}>; rel="next"` });
  }

  @Get('stream')
  @ApiOkResponse({
    description: 'Events as they happen',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The last `id` received; sent by EventSource when it comes back',
  })
  @Endpoint({
    permission: 'event:read',
    summary: 'Follow every change as it happens',
    description:
      'The same as server-sent events: `id` is the cursor, `event` the type, `data` the event. ' +
      `Comes with a comment every 15 seconds and ends after half an hour; come back then. It ends as well, within a second, with the session or key. ${SCOPE}`,
    answers: null,
  })
  async stream(
    @Ctx() ctx: RequestContext,
    @Query() query: StreamQueryDto,
    @Headers('last-event-id') lastId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = this.events.filterOf(ctx, query.types);
    const after = await this.events.start(ctx, lastId ?? query.after ?? 'latest');
    this.streams.admit(ctx);
    reply.hijack();
    const writer = new SseWriter(reply.raw);
    await writer.begin(reply.getHeaders());
    void this.streams.send(ctx, after, filter, writer);
  }
}
