import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { Endpoint, NOT_MODIFIED } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { PipelineService } from './pipeline.service.js';
import {
  ForecastReportDto,
  FunnelReportDto,
  PipelineReportDto,
  SalesReportDto,
} from './report-answers.dto.js';
import { Format, FormatDocs, ReportFormats } from './report-format.js';
import {
  ForecastReportQueryDto,
  FunnelQueryDto,
  PipelineQueryDto,
  SalesQueryDto,
} from './report-params.dto.js';
import { ReportDto, ReportQueryInput } from './report-query.dto.js';
import { ReportQueryService } from './report-query.service.js';
import type { ReportFormat } from './report-table.js';
import { SalesService } from './sales.service.js';

const alsoAnswers = { 304: NOT_MODIFIED };

@ApiTags('Reports')
@Controller('v1/reports')
export class ReportsController {
  constructor(
    private readonly queries: ReportQueryService,
    private readonly pipelines: PipelineService,
    private readonly sales: SalesService,
  ) {}

  @Post('query')
  @Endpoint({
    permission: 'self',
    summary: 'Measures of any object by dimensions',
    description:
      'Up to 10 measures (count, sum, avg, min, max, distinct, median) by up to 4 dimensions: fields, tags, properties of the workspace, fields of records that are pointed to (`company.address.country`), and dates by day, week, month, quarter or year in a time zone. Needs `read` of the object; who may read only their own records measures those. Amounts are never added across currencies: without `currency` the currency is a dimension of its own.',
    answers: ReportDto,
    problems: [400, 422],
    throttle: 'search',
    idempotency: 'none',
  })
  @FormatDocs()
  async query(
    @Ctx() ctx: RequestContext,
    @Body() body: ReportQueryInput,
    @Format() format: ReportFormat,
  ) {
    return this.queries.answer(ctx, body, format);
  }

  @Get('pipeline')
  @Endpoint({
    permission: 'deal:read',
    summary: 'Open deals by stage',
    description: 'With amounts, weighted amounts, days in the stage and deals that rot.',
    answers: PipelineReportDto,
    alsoAnswers,
    problems: [422],
    throttle: 'search',
  })
  @ReportFormats()
  async pipeline(
    @Ctx() ctx: RequestContext,
    @Query() query: PipelineQueryDto,
    @Format() format: ReportFormat,
  ) {
    return this.pipelines.pipeline(ctx, query, format);
  }

  @Get('forecast')
  @Endpoint({
    permission: 'deal:read',
    summary: 'The forecast by month, owner or team',
    description: 'As `GET /v1/forecast` gives it, kept until a deal changes, also as CSV.',
    answers: ForecastReportDto,
    alsoAnswers,
    problems: [422],
    throttle: 'search',
  })
  @ReportFormats()
  async forecast(
    @Ctx() ctx: RequestContext,
    @Query() query: ForecastReportQueryDto,
    @Format() format: ReportFormat,
  ) {
    return this.pipelines.forecast(ctx, query, format);
  }

  @Get('funnel')
  @Endpoint({
    permission: 'deal:read',
    summary: 'How many get how far: deals by stage, or leads by source',
    description:
      'Of deals or leads that were made on the days from `from` to `to`. A deal has come as far as a stage when it was in it or in a later one, even if it was lost afterwards. `by=source` needs `lead:read` too.',
    answers: FunnelReportDto,
    alsoAnswers,
    problems: [404, 422],
    throttle: 'search',
  })
  @ReportFormats()
  async funnel(
    @Ctx() ctx: RequestContext,
    @Query() query: FunnelQueryDto,
    @Format() format: ReportFormat,
  ) {
    return this.pipelines.funnel(ctx, query, format);
  }

  @Get('sales')
  @Endpoint({
    permission: 'order:read',
    summary: 'What was sold, by product, country, customer, owner or period',
    description:
      'Orders that are neither drafts nor cancelled, less credit notes, by the day of each: after discounts, without tax and shipping costs. Foreign money is converted at the rate of the day. The country is that of the billing address, else of the shipping address; the customer the company, else the contact.',
    answers: SalesReportDto,
    alsoAnswers,
    problems: [422],
    throttle: 'search',
  })
  @ReportFormats()
  async sold(
    @Ctx() ctx: RequestContext,
    @Query() query: SalesQueryDto,
    @Format() format: ReportFormat,
  ) {
    return this.sales.answer(ctx, query, format);
  }
}
