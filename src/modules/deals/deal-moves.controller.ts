import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json, ok } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch } from '../../platform/http/parameters.js';
import { DealDto, LoseDealDto, MoveDealDto, ReopenDealDto, WinDealDto } from './deal.dto.js';
import { DealsService } from './deals.service.js';
import { StageHistoryDto } from './stage-history.dto.js';
import { StageHistoryService } from './stage-history.service.js';

@ApiTags('Deals')
@Controller('v1/deals/:id')
export class DealMovesController {
  constructor(
    private readonly deals: DealsService,
    private readonly history: StageHistoryService,
  ) {}

  @Post('move')
  @Endpoint({
    permission: 'deal:update',
    summary: 'Move a deal to a stage',
    description:
      'The same as changing `stageId`, with an event of its own. Fields that the stage requires must have values.',
    answers: DealDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async move(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: MoveDealDto,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deals.move(ctx, id, body, version));
  }

  @Post('win')
  @Endpoint({
    permission: 'deal:update',
    summary: 'Win a deal',
    description:
      'It goes to the first won stage of its pipeline. With `createOrder`, an order is made in the same transaction; `orderId` names it.',
    answers: DealDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async win(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: WinDealDto,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deals.win(ctx, id, body, version));
  }

  @Post('lose')
  @Endpoint({
    permission: 'deal:update',
    summary: 'Lose a deal',
    description: 'It goes to the first lost stage of its pipeline.',
    answers: DealDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async lose(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: LoseDealDto,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deals.lose(ctx, id, body.reason, version));
  }

  @Post('reopen')
  @Endpoint({
    permission: 'deal:update',
    summary: 'Open a deal again that was won or lost',
    answers: DealDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async reopen(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ReopenDealDto,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deals.reopen(ctx, id, body.stageId, version));
  }

  @Get('stage-history')
  @Endpoint({
    permission: 'deal:read',
    summary: 'The stages a deal has been in, and for how long',
    answers: StageHistoryDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async stageHistory(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json({ data: await this.history.of(ctx, id) });
  }
}
