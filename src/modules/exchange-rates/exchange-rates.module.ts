import { Module } from '@nestjs/common';
import { CurrencyConverter } from './currency-converter.js';
import { ExchangeRatesController } from './exchange-rates.controller.js';
import { ExchangeRatesRepository } from './exchange-rates.repository.js';
import { ExchangeRatesService } from './exchange-rates.service.js';

/** What one currency is worth in another, day by day. */
@Module({
  controllers: [ExchangeRatesController],
  providers: [ExchangeRatesRepository, ExchangeRatesService, CurrencyConverter],
  exports: [CurrencyConverter],
})
export class ExchangeRatesModule {}
