import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json, noContent, page } from '../../platform/http/answers.js';
import { Endpoint, NOT_MODIFIED } from '../../platform/http/endpoint.decorator.js';
import { Ctx, Url } from '../../platform/http/parameters.js';
import {
  ConversionDto,
  ConvertQueryDto,
  ExchangeRatePageDto,
  PutExchangeRatesDto,
  PutRatesResultDto,
  RateListQueryDto,
} from './exchange-rate.dto.js';
import { ExchangeRatesService } from './exchange-rates.service.js';

@ApiTags('Exchange rates')
@Controller('v1/exchange-rates')
export class ExchangeRatesController {
  constructor(private readonly rates: ExchangeRatesService) {}

  @Get()
  @Endpoint({
    permission: 'exchangeRate:read',
    summary: 'List exchange rates, newest first',
    answers: ExchangeRatePageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [422],
  })
  async list(@Ctx() ctx: RequestContext, @Query() query: RateListQueryDto, @Url() url: string) {
    return page(await this.rates.page(ctx, query), url);
  }

  @Put()
  @Endpoint({
    permission: 'exchangeRate:manage',
    summary: 'Set up to 1,000 exchange rates',
    description:
      'Each by its pair of currencies and its day; all of them, or none when one is wrong.',
    answers: PutRatesResultDto,
    problems: [422],
    throttle: 'bulk',
  })
  async put(@Ctx() ctx: RequestContext, @Body() body: PutExchangeRatesDto) {
    return json(await this.rates.put(ctx, body.rates));
  }

  @Get('convert')
  @Endpoint({
    permission: 'exchangeRate:read',
    summary: 'Convert an amount, and tell by which rate',
    description:
      'By the latest rate at or before the day, of the pair or of the pair the other way round.',
    answers: ConversionDto,
    problems: [422],
  })
  async convert(@Ctx() ctx: RequestContext, @Query() query: ConvertQueryDto) {
    return json(await this.rates.convert(ctx, query));
  }

  @Delete(':from/:to/:date')
  @Endpoint({
    permission: 'exchangeRate:manage',
    summary: 'Remove the exchange rate of a day',
    status: 204,
    answers: null,
    problems: [404],
  })
  @ApiParam({ name: 'from', example: 'USD' })
  @ApiParam({ name: 'to', example: 'EUR' })
  @ApiParam({ name: 'date', example: '2026-01-02' })
  async remove(
    @Ctx() ctx: RequestContext,
    @Param('from') from: string,
    @Param('to') to: string,
    @Param('date') date: string,
  ) {
    await this.rates.remove(ctx, from, to, date);
    return noContent();
  }
}
