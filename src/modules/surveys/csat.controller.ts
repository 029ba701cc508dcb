import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { CsatService } from './csat.service.js';
import { CsatDto, CsatQueryDto } from './survey.dto.js';

@ApiTags('Satisfaction surveys')
@Controller('v1/tickets/csat')
export class CsatController {
  constructor(private readonly csat: CsatService) {}

  @Get()
  @Endpoint({
    permission: 'ticket:read',
    summary: 'How satisfied customers are: by month, assignee or team',
    description:
      'Surveys by the month in which they were sent, in the time zone of the workspace, and by ' +
      'the assignee and team that the ticket had when it was done. Who may read only their own ' +
      'tickets gets the figures of those.',
    answers: CsatDto,
    problems: [422],
    throttle: 'search',
  })
  async of(@Ctx() ctx: RequestContext, @Query() query: CsatQueryDto) {
    return json(await this.csat.of(ctx, query));
  }
}
