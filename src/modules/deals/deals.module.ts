import { Module } from '@nestjs/common';
import { PipelinesModule } from '../pipelines/index.js';
import { DealMovesController } from './deal-moves.controller.js';
import { DealsController } from './deals.controller.js';
import { DealsService } from './deals.service.js';
import { StageHistoryService } from './stage-history.service.js';

/** Chances to sell, on their way through the stages of a pipeline. */
@Module({
  imports: [PipelinesModule],
  controllers: [DealsController, DealMovesController],
  providers: [DealsService, StageHistoryService],
  exports: [DealsService],
})
export class DealsModule {}
