import { Module } from '@nestjs/common';
import { ExchangeRatesModule } from '../exchange-rates/index.js';
import { AttainmentService } from './attainment.service.js';
import { ForecastController } from './forecast.controller.js';
import { ForecastRepository } from './forecast.repository.js';
import { ForecastService } from './forecast.service.js';
import { QuotasController } from './quotas.controller.js';
import { QuotasService } from './quotas.service.js';

/** What will be sold, and what should be. */
@Module({
  imports: [ExchangeRatesModule],
  controllers: [ForecastController, QuotasController],
  providers: [ForecastRepository, ForecastService, AttainmentService, QuotasService],
  exports: [ForecastService, QuotasService],
})
export class ForecastModule {}
