import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { ok } from '../../platform/http/answers.js';
import { Endpoint, IdempotencyHeader } from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch } from '../../platform/http/parameters.js';
import { AssignTicketDto, TicketStatusMoveDto } from './ticket-deeds.dto.js';
import { TicketDto } from './ticket.dto.js';
import { TicketsService } from './tickets.service.js';

@ApiTags('Tickets')
@Controller('v1/tickets/:id')
export class TicketDeedsController {
  constructor(private readonly tickets: TicketsService) {}

  @Post('take')
  @Endpoint({
    permission: 'ticket:take',
    summary: 'Make yourself the assignee of a ticket that has none',
    description:
      '409 with `ownerId` when somebody has it. A ticket that was new becomes open, where the ' +
      'flow of statuses allows it.',
    answers: TicketDto,
    problems: [404, 409, 412],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async take(@Ctx() ctx: RequestContext, @Id() id: string, @IfMatch() version: number | undefined) {
    return ok(await this.tickets.take(ctx, id, version));
  }

  @Post('assign')
  @Endpoint({
    permission: 'ticket:assign',
    summary: 'Give a ticket to a user, to the queue of a team, or both',
    description:
      'The assignee is the owner of the ticket. The queue of a team is ' +
      '`GET /v1/tickets?filter[teamId]=<id>&filter[isOpen]=true`; what nobody has taken in it, ' +
      'the same with `filter[ownerId][isNull]=true`.',
    answers: TicketDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async assign(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: AssignTicketDto,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.tickets.assign(ctx, id, body, version));
  }

  @Post('status')
  @Endpoint({
    permission: 'ticket:update',
    summary: 'Give a ticket another status',
    description:
      'The same as changing `status`, with a reason for the timeline. A status that the flow does ' +
      'not allow to follow is refused (409); `allowed` names those that may.',
    answers: TicketDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async setStatus(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: TicketStatusMoveDto,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.tickets.setStatus(ctx, id, body, version));
  }

  @Post('follow')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'Follow a ticket',
    description: 'Others are made followers by changing `followers`.',
    answers: TicketDto,
    problems: [404],
  })
  @IdempotencyHeader()
  async follow(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.tickets.follow(ctx, id));
  }

  @Post('unfollow')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'Do not follow a ticket any more',
    answers: TicketDto,
    problems: [404],
  })
  @IdempotencyHeader()
  async unfollow(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(await this.tickets.unfollow(ctx, id));
  }
}
