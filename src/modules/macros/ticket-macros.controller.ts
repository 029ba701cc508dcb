import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { Answer } from '../../platform/http/answers.js';
import { Endpoint, IdempotencyHeader } from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch } from '../../platform/http/parameters.js';
import { MacroApplicationService } from './macro-application.service.js';
import { AppliedMacroDto, ApplyMacroDto } from './macro.dto.js';

@ApiTags('Tickets')
@Controller('v1/tickets/:id')
export class TicketMacrosController {
  constructor(private readonly application: MacroApplicationService) {}

  @Post('apply-macro')
  @Endpoint({
    permission: 'ticket:reply',
    summary: 'Do to a ticket what a macro says',
    description:
      'Assigns, changes and answers it in one transaction, or nothing of it. Needs `macro:read`, ' +
      'and what the parts need: `ticket:take` or `ticket:assign`, `ticket:update`.',
    answers: AppliedMacroDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async apply(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ApplyMacroDto,
    @IfMatch() version: number | undefined,
  ) {
    const { ticket, message } = await this.application.apply(ctx, id, body, version);
    return new Answer(200, `{"ticket":${ticket.json},"message":${JSON.stringify(message)}}`);
  }
}
