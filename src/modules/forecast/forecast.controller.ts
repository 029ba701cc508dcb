import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { ForecastDto, ForecastQueryDto } from './forecast.dto.js';
import { ForecastService } from './forecast.service.js';

@ApiTags('Forecast')
@Controller('v1/forecast')
export class ForecastController {
  constructor(private readonly forecasts: ForecastService) {}

  @Get()
  @Endpoint({
    permission: 'deal:read',
    summary: 'What will be sold, by month, owner or team',
    description:
      'Open deals by their expected close date at the latest rates, won deals by the day they closed at the rate of that day. Who may read only their own deals gets the forecast of those.',
    answers: ForecastDto,
    problems: [422],
  })
  async forecast(@Ctx() ctx: RequestContext, @Query() query: ForecastQueryDto) {
    return json(await this.forecasts.of(ctx, query));
  }
}
