import { Module } from '@nestjs/common';
import { CacheModule } from '../../platform/cache/cache.module.js';
import { ExchangeRatesModule } from '../exchange-rates/index.js';
import { ReportCache } from './report-cache.js';
import { ReportQueryService } from './report-query.service.js';
import { ReportRates } from './report-rates.js';
import { ReportTargets } from './report-targets.js';
import { ReportsController } from './reports.controller.js';
import { WorkspaceClock } from './workspace-clock.js';

/** How many and how much: any question, and the ready answers that selling needs. */
@Module({
  imports: [CacheModule, ExchangeRatesModule],
  controllers: [ReportsController],
  providers: [ReportCache, ReportQueryService, ReportRates, ReportTargets, WorkspaceClock],
})
export class ReportsModule {}
