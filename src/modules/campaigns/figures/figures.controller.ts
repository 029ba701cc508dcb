import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../../common/context.js';
import { unstored } from '../../../platform/http/answers.js';
import { Endpoint } from '../../../platform/http/endpoint.decorator.js';
import { Ctx, Id } from '../../../platform/http/parameters.js';
import { FiguresDto } from './figures.dto.js';
import { FiguresService } from './figures.service.js';

@ApiTags('Campaigns')
@Controller('v1/campaigns/:id')
export class FiguresController {
  constructor(private readonly figures: FiguresService) {}

  @Get('figures')
  @Endpoint({
    permission: 'campaign:read',
    summary: 'What a campaign has done: mails, opens, clicks, deals and orders',
    description: 'Orders and deals are left out for those who may not read them.',
    answers: FiguresDto,
    problems: [404],
    throttle: 'search',
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string) {
    return unstored(await this.figures.of(ctx, id));
  }
}
