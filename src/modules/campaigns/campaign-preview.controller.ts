import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json, unstored } from '../../platform/http/answers.js';
import { Endpoint, IdempotencyHeader } from '../../platform/http/endpoint.decorator.js';
import { Ctx, Id } from '../../platform/http/parameters.js';
import {
  AudienceDto,
  PreviewDto,
  PreviewInput,
  TestInput,
  TestSentDto,
} from './campaign-deeds.dto.js';
import { CampaignPreviewService } from './campaign-preview.service.js';

@ApiTags('Campaigns')
@Controller('v1/campaigns/:id')
export class CampaignPreviewController {
  constructor(private readonly previews: CampaignPreviewService) {}

  @Post('preview')
  @Endpoint({
    permission: 'campaign:read',
    summary: 'See the mail that a contact would get',
    answers: PreviewDto,
    problems: [404, 422],
    idempotency: 'none',
  })
  async preview(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: PreviewInput) {
    return unstored(await this.previews.preview(ctx, id, body));
  }

  @Post('audience')
  @Endpoint({
    permission: 'campaign:read',
    summary: 'Count whom a campaign would reach now, and who is left out and why',
    answers: AudienceDto,
    problems: [404],
    throttle: 'search',
    idempotency: 'none',
  })
  async audience(@Ctx() ctx: RequestContext, @Id() id: string) {
    return unstored(await this.previews.audienceOf(ctx, id));
  }

  @Post('test')
  @Endpoint({
    permission: 'campaign:send',
    summary: 'Send the mail to addresses of your own, to look at it',
    description: 'Nothing of it counts; its links to unsubscribe lead nowhere.',
    status: 202,
    answers: TestSentDto,
    problems: [404, 422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async test(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: TestInput) {
    return json(await this.previews.test(ctx, id, body), 202);
  }
}
