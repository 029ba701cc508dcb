import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { Answer, json } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx, Id } from '../../platform/http/parameters.js';
import { BoardDto, BoardQueryDto, MovedDealsDto } from './board.dto.js';
import { BoardService } from './board.service.js';
import { MoveDealsDto } from './deal.dto.js';
import { StageClearingService } from './stage-clearing.service.js';

@ApiTags('Pipelines')
@Controller('v1/pipelines/:id')
export class BoardController {
  constructor(
    private readonly boards: BoardService,
    private readonly clearing: StageClearingService,
  ) {}

  @Get('board')
  @Endpoint({
    permission: 'deal:read',
    summary: 'The board of a pipeline: per stage count, sum, weighted sum and the first deals',
    description:
      'Sums are in the currency of the workspace, at the latest rates. Who may read only their own deals sees and sums those.',
    answers: BoardDto,
    problems: [404, 422],
  })
  async board(@Ctx() ctx: RequestContext, @Id() id: string, @Query() query: BoardQueryDto) {
    return new Answer(200, await this.boards.of(ctx, id, query));
  }

  @Post('stages/:stageId/move-deals')
  @Endpoint({
    permission: 'deal:update',
    summary: 'Move all deals of a stage to another one',
    description:
      'By the rules of any move, up to 10,000 deals a call; then the stage can be removed.',
    answers: MovedDealsDto,
    problems: [404, 422],
    throttle: 'bulk',
    idempotency: 'none',
  })
  async moveDeals(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Id('stageId') stageId: string,
    @Body() body: MoveDealsDto,
  ) {
    return json(await this.clearing.clear(ctx, id, stageId, body));
  }
}
