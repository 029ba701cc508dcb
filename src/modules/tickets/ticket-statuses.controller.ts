import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { PutTicketStatusesDto, TicketStatusesDto } from './ticket-status.dto.js';
import { TicketStatusesService } from './ticket-statuses.service.js';

@ApiTags('Tickets')
@Controller('v1/ticket-statuses')
export class TicketStatusesController {
  constructor(private readonly statuses: TicketStatusesService) {}

  @Get()
  @Endpoint({
    permission: 'ticket:read',
    summary: 'The statuses of tickets, and which may follow which',
    answers: TicketStatusesDto,
  })
  async get(@Ctx() ctx: RequestContext) {
    return json(await this.statuses.get(ctx));
  }

  @Put()
  @Endpoint({
    permission: 'ticketStatus:manage',
    summary: 'Set the statuses of tickets, and which may follow which',
    description:
      'All of them, in their order. There must be one of each category `new` (new tickets begin ' +
      'with the first), `open` and `solved`. A status that tickets have can be renamed, but ' +
      'neither removed nor given another category: 409 names it in `inUse`.',
    answers: TicketStatusesDto,
    problems: [409, 422],
  })
  async put(@Ctx() ctx: RequestContext, @Body() body: PutTicketStatusesDto) {
    return json(await this.statuses.put(ctx, body.statuses));
  }
}
