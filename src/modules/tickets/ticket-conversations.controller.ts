import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { Answer, page } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch, Url } from '../../platform/http/parameters.js';
import { PageQueryDto } from '../../platform/records/record-dto.js';
import { TicketConversationsService } from './ticket-conversations.service.js';
import {
  MessagePageDto,
  NewMessageDto,
  PostedMessageDto,
  SplitResultDto,
  SplitTicketDto,
} from './ticket-message.dto.js';
import { TicketSplitsService } from './ticket-splits.service.js';

@ApiTags('Tickets')
@Controller('v1/tickets/:id')
export class TicketConversationsController {
  constructor(
    private readonly conversations: TicketConversationsService,
    private readonly splits: TicketSplitsService,
  ) {}

  @Get('messages')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'The conversation of a ticket: replies and notes, oldest first',
    answers: MessagePageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async listMessages(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Query() query: PageQueryDto,
    @Url() url: string,
  ) {
    return page(await this.conversations.page(ctx, id, query), url);
  }

  @Post('messages')
  @Endpoint({
    permission: 'ticket:reply',
    summary: 'Reply to the customer, or write an internal note',
    description:
      'The first public reply sets `firstRespondedAt`; a note is no response. An inbound reply ' +
      'opens a ticket that waited for the customer or was solved, where the flow allows it. ' +
      '`status` moves the ticket in the same transaction: 409 names in `allowed` what may follow.',
    status: 201,
    answers: PostedMessageDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async post(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: NewMessageDto,
    @IfMatch() version: number | undefined,
  ) {
    const { message, ticket } = await this.conversations.add(ctx, id, body, version);
    return new Answer(201, `${JSON.stringify(message).slice(0, -1)},"ticket":${ticket.json}}`);
  }

  @Post('split')
  @Endpoint({
    permission: 'ticket:update',
    summary: 'Move messages to a new ticket',
    description:
      'With their files. The new ticket has the same requester, company, owner, team and tags; ' +
      'each of the two links to the other. Needs `ticket:create` as well.',
    answers: SplitResultDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async split(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: SplitTicketDto,
    @IfMatch() version: number | undefined,
  ) {
    const { ticket, newTicket } = await this.splits.split(ctx, id, body, version);
    return new Answer(200, `{"ticket":${ticket.json},"newTicket":${newTicket.json}}`);
  }
}
