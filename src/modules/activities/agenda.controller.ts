import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { Answer } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { AgendaDto, AgendaQueryDto } from './agenda.dto.js';
import { AgendaService } from './agenda.service.js';

@ApiTags('Activities')
@Controller('v1/activities/agenda')
export class AgendaController {
  constructor(private readonly agenda: AgendaService) {}

  @Get()
  @Endpoint({
    permission: 'activity:read',
    summary: 'My day: what is late, what is up today, what comes, what has no time',
    description:
      'Open activities that the user owns or takes part in, by the days of the user. Whoever may ' +
      'read only their own activities sees those that they own.',
    answers: AgendaDto,
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Query() query: AgendaQueryDto) {
    return new Answer(200, await this.agenda.of(ctx, query));
  }
}
