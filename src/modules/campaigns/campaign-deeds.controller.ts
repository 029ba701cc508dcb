import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { ok } from '../../platform/http/answers.js';
import { Endpoint, IdempotencyHeader } from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch } from '../../platform/http/parameters.js';
import {
  CampaignMoveInput,
  ResolveInput,
  ScheduleInput,
  WinnerInput,
} from './campaign-deeds.dto.js';
import { CampaignDeedsService } from './campaign-deeds.service.js';
import { CampaignDto } from './campaign.dto.js';

const PROBLEMS = [404, 409, 412, 422];
const NAMES_ALLOWED = 'In another state it is refused (409); `allowed` names its moves.';

@ApiTags('Campaigns')
@Controller('v1/campaigns/:id')
export class CampaignDeedsController {
  constructor(private readonly deeds: CampaignDeedsService) {}

  @Post('schedule')
  @Endpoint({
    permission: 'campaign:send',
    summary: 'Let a campaign be sent at its time',
    description: `Needs \`contact:read\` for all contacts. ${NAMES_ALLOWED}`,
    answers: CampaignDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async schedule(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ScheduleInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deeds.schedule(ctx, id, body, version));
  }

  @Post('send')
  @Endpoint({
    permission: 'campaign:send',
    summary: 'Send a campaign now',
    description:
      'Who is in the audience when it begins gets it, once, whatever dies meanwhile: nobody who ' +
      'has not agreed to its purpose, or has unsubscribed until the moment their mail goes. Needs ' +
      `\`contact:read\` for all contacts. ${NAMES_ALLOWED}`,
    answers: CampaignDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async send(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() _body: CampaignMoveInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deeds.send(ctx, id, version));
  }

  @Post('pause')
  @Endpoint({
    permission: 'campaign:send',
    summary: 'Send no more of a campaign until it is resumed',
    description: `Mails whose last byte is under way arrive; no further one goes. ${NAMES_ALLOWED}`,
    answers: CampaignDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async pause(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: CampaignMoveInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deeds.pause(ctx, id, body, version));
  }

  @Post('resume')
  @Endpoint({
    permission: 'campaign:send',
    summary: 'Go on with a paused campaign',
    description: NAMES_ALLOWED,
    answers: CampaignDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async resume(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: CampaignMoveInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deeds.resume(ctx, id, body, version));
  }

  @Post('cancel')
  @Endpoint({
    permission: 'campaign:send',
    summary: 'Call a campaign off: whoever has not got it will not',
    description: NAMES_ALLOWED,
    answers: CampaignDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async cancel(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: CampaignMoveInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deeds.cancel(ctx, id, body, version));
  }

  @Post('winner')
  @Endpoint({
    permission: 'campaign:send',
    summary: 'Choose the variant that the rest of the audience gets',
    description: NAMES_ALLOWED,
    answers: CampaignDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async choose(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: WinnerInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deeds.choose(ctx, id, body.variantId, version));
  }

  @Post('uncertain')
  @Endpoint({
    permission: 'campaign:send',
    summary: 'Say what became of mails that nobody knows of',
    description: 'The figures of the campaign count them as `uncertain`.',
    answers: CampaignDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async resolve(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ResolveInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deeds.resolve(ctx, id, body, version));
  }
}
