import { Module } from '@nestjs/common';
import { CacheModule } from '../../platform/cache/cache.module.js';
import { ExchangeRatesModule } from '../exchange-rates/index.js';
import { ForecastModule } from '../forecast/index.js';
import { CustomersRepository } from './customers.repository.js';
import { CustomersService } from './customers.service.js';
import { FunnelRepository } from './funnel.repository.js';
import { PipelineService } from './pipeline.service.js';
import { ReportCache } from './report-cache.js';
import { ReportConditions } from './report-conditions.js';
import { ReportQueryService } from './report-query.service.js';
import { ReportRates } from './report-rates.js';
import { ReportScopes } from './report-scope.js';
import { ReportTargets } from './report-targets.js';
import { CustomerReportsController } from './customer-reports.controller.js';
import { ReportsController } from './reports.controller.js';
import { ServiceReportsService } from './service-reports.service.js';
import { ServiceReportsRepository } from './service.repository.js';
import { SalesRepository } from './sales.repository.js';
import { SalesService } from './sales.service.js';
import { WorkspaceClock } from './workspace-clock.js';

/** How many and how much: any question, and the ready answers that selling needs. */
@Module({
  imports: [CacheModule, ExchangeRatesModule, ForecastModule],
  controllers: [ReportsController, CustomerReportsController],
  providers: [
    ReportCache,
    ReportConditions,
    ReportQueryService,
    ReportRates,
    ReportScopes,
    ReportTargets,
    WorkspaceClock,
    PipelineService,
    FunnelRepository,
    SalesService,
    SalesRepository,
    CustomersService,
    CustomersRepository,
    ServiceReportsService,
    ServiceReportsRepository,
  ],
})
export class ReportsModule {}
