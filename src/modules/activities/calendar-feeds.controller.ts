import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { noContent, text, unstored } from '../../platform/http/answers.js';
import { Endpoint, NOT_MODIFIED, Public } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { CalendarFeedDto, NewCalendarFeedDto } from './calendar-feeds.dto.js';
import { CalendarFeedsService } from './calendar-feeds.service.js';

@ApiTags('Calendar')
@Controller('v1')
export class CalendarFeedsController {
  constructor(private readonly feeds: CalendarFeedsService) {}

  @Get('activities/calendar-feed')
  @Endpoint({
    permission: 'activity:read',
    summary: 'Whether you have a calendar feed, and since when',
    answers: CalendarFeedDto,
  })
  async get(@Ctx() ctx: RequestContext) {
    return unstored(await this.feeds.get(ctx));
  }

  @Post('activities/calendar-feed')
  @Endpoint({
    permission: 'activity:read',
    summary: 'Make a secret address for your calendar program',
    description:
      'It shows what you own or take part in, from 90 days back to 365 ahead. An address that you ' +
      'had before ends at once.',
    status: 201,
    answers: NewCalendarFeedDto,
    idempotency: 'none',
  })
  async make(@Ctx() ctx: RequestContext) {
    return unstored(await this.feeds.make(ctx), 201);
  }

  @Delete('activities/calendar-feed')
  @Endpoint({
    permission: 'activity:read',
    summary: 'End the secret address of your calendar',
    status: 204,
    answers: null,
    problems: [404],
  })
  async revoke(@Ctx() ctx: RequestContext) {
    await this.feeds.revoke(ctx);
    return noContent();
  }

  @Get('calendar/:file')
  @Public({
    summary: 'A calendar, for programs that read iCalendar',
    description: 'The address is the credential. It ends when it is revoked or its user leaves.',
    problems: [404],
    alsoAnswers: { 304: NOT_MODIFIED },
    throttle: 'calendar',
  })
  @ApiProduces('text/calendar')
  @ApiParam({ name: 'file', example: '4fzyo82mJx0QPmX2RrVnJk9sUq4Wc7BdTg5Yh8LzEa3.ics' })
  async file(@Param('file') file: string) {
    return text(await this.feeds.file(file), 'text/calendar; charset=utf-8', 'private, no-cache');
  }
}
