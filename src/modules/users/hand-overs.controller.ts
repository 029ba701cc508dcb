import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json, page } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { IdPageQuery, readIdPage } from '../../platform/http/id-page.js';
import { Ctx, Id, RawQuery, Url } from '../../platform/http/parameters.js';
import { HandOverDto, HandOverInput, HandOverPageDto } from './hand-over.dto.js';
import { HandOversService } from './hand-overs.service.js';

@ApiTags('Users')
@Controller('v1/users/:id')
export class HandOversController {
  constructor(private readonly handOvers: HandOversService) {}

  @Post('hand-over')
  @Endpoint({
    permission: 'user:manage',
    summary: 'Hand over what a user owns',
    description:
      'Every record outside the bin, of all objects or those named, gets another owner: the ' +
      'worker does it, 1,000 at a time, each with its version, event and timeline entry. It ' +
      'takes the permission to change all records of these objects. One that failed is asked for ' +
      'again and does what is left. `dryRun` answers 200 with the numbers at once.',
    status: 202,
    answers: HandOverDto,
    alsoAnswers: { 200: 'Dry run: nothing has been changed' },
    problems: [404, 409, 422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async start(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: HandOverInput) {
    const handOver = await this.handOvers.start(ctx, id, body);
    if (handOver.id === null) return json(handOver, 200);
    return json(handOver, 202, { location: `/v1/users/${id}/hand-overs/${handOver.id}` });
  }

  @Get('hand-overs')
  @Endpoint({
    permission: 'user:manage',
    summary: 'List hand-overs of what a user owned, the newest first',
    answers: HandOverPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @IdPageQuery()
  async list(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    return page(await this.handOvers.page(ctx, id, readIdPage(query)), url);
  }

  @Get('hand-overs/:handOverId')
  @Endpoint({
    permission: 'user:manage',
    summary: 'Get a hand-over: how far it is',
    answers: HandOverDto,
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string, @Id('handOverId') handOverId: string) {
    return json(await this.handOvers.get(ctx, id, handOverId));
  }
}
