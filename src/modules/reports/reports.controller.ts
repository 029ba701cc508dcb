import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { Format, FormatDocs } from './report-format.js';
import { ReportDto, ReportQueryInput } from './report-query.dto.js';
import { ReportQueryService } from './report-query.service.js';
import type { ReportFormat } from './report-table.js';

@ApiTags('Reports')
@Controller('v1/reports')
export class ReportsController {
  constructor(private readonly queries: ReportQueryService) {}

  @Post('query')
  @Endpoint({
    permission: 'self',
    summary: 'Measures of any object by dimensions',
    description:
      'Up to 10 measures (count, sum, avg, min, max, distinct, median) by up to 4 dimensions: fields, tags, properties of the workspace, fields of records that are pointed to (`company.address.country`), and dates by day, week, month, quarter or year in a time zone. The object has to be readable; who may read only their own records measures those. Amounts are never added across currencies: without `currency` the currency is a dimension of its own.',
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
}
