import { Module } from '@nestjs/common';
import { ExchangeRatesModule } from '../exchange-rates/index.js';
import { OrdersModule } from '../orders/index.js';
import { PipelinesModule } from '../pipelines/index.js';
import { BoardController } from './board.controller.js';
import { BoardRepository } from './board.repository.js';
import { BoardService } from './board.service.js';
import { DealMovesController } from './deal-moves.controller.js';
import { DealOrders } from './deal-orders.js';
import { DealTotalsUpkeep } from './deal-totals.upkeep.js';
import { DealsController } from './deals.controller.js';
import { DealsService } from './deals.service.js';
import { StageClearingService } from './stage-clearing.service.js';
import { StageHistoryService } from './stage-history.service.js';

/** Chances to sell, on their way through the stages of a pipeline. */
@Module({
  imports: [PipelinesModule, OrdersModule, ExchangeRatesModule],
  controllers: [DealsController, DealMovesController, BoardController],
  providers: [
    DealsService,
    DealOrders,
    StageHistoryService,
    StageClearingService,
    BoardRepository,
    BoardService,
  ],
  exports: [DealsService],
})
export class DealsModule {}

/** What the worker does for deals. */
@Module({ providers: [DealTotalsUpkeep] })
export class DealsWorkerModule {}
