import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../../common/context.js';
import { json } from '../../../platform/http/answers.js';
import { Endpoint, IdempotencyHeader } from '../../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../../platform/http/parameters.js';
import { BouncesDto, BouncesInput } from './bounce.dto.js';
import { BouncesService } from './bounces.service.js';

@ApiTags('Campaigns')
@Controller('v1/campaigns')
export class BouncesController {
  constructor(private readonly bounces: BouncesService) {}

  @Post('bounces')
  @Endpoint({
    permission: 'campaign:send',
    summary: 'Tell of mails that came back, or that receivers complained about',
    description:
      'For a gateway that tells of them as JSON. Raw reports of mail servers (RFC 3464) are taken ' +
      'by `POST /v1/inbound/email`.',
    answers: BouncesDto,
    problems: [422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async record(@Ctx() ctx: RequestContext, @Body() body: BouncesInput) {
    return json(await this.bounces.record(ctx, body));
  }
}
