import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../../common/context.js';
import { json } from '../../../platform/http/answers.js';
import { Endpoint } from '../../../platform/http/endpoint.decorator.js';
import { Ctx, Id } from '../../../platform/http/parameters.js';
import { TicketSlaDto } from './ticket-sla.dto.js';
import { TicketSlaService } from './ticket-sla.service.js';

@ApiTags('Tickets')
@Controller('/v1/tickets')
export class TicketSlaController {
  constructor(private readonly figures: TicketSlaService) {}

  @Get(':id/sla')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'How a ticket stands with its SLA',
    description:
      'For each promise of the policy it goes by: when it is due, business time gone by and left, ' +
      'and whether it was kept.',
    answers: TicketSlaDto,
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json(await this.figures.of(ctx, id));
  }
}
