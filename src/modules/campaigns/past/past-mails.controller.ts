import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../../common/context.js';
import { json } from '../../../platform/http/answers.js';
import { Endpoint, IdempotencyHeader } from '../../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch } from '../../../platform/http/parameters.js';
import { PastMailsDto, PastMailsInput } from './past-mails.dto.js';
import { PastMailsService } from './past-mails.service.js';

@ApiTags('Campaigns')
@Controller('v1/campaigns/:id')
export class PastMailsController {
  constructor(private readonly mails: PastMailsService) {}

  @Post('past-mails')
  @Endpoint({
    permission: 'campaign:send',
    summary: 'Tell of mails of a campaign that another system has sent',
    description:
      'For whoever moves to Keel and keeps the figures: up to 1,000 mails a request, as many ' +
      'requests as it takes. Nothing is sent. A draft is `sent` from then on (`sentElsewhere`); a ' +
      'campaign that Keel sends is refused (409). Orders and deals that followed count, as ' +
      '`attributionDays` says. Needs `role:manage`, and `contact:read` for all contacts.',
    answers: PastMailsDto,
    problems: [404, 409, 412, 422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async tell(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: PastMailsInput,
    @IfMatch() version: number | undefined,
  ) {
    return json(await this.mails.tell(ctx, id, body, version));
  }
}
