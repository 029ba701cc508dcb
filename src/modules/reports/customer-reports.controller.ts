import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { Endpoint, NOT_MODIFIED } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { CustomersService } from './customers.service.js';
import {
  CampaignsReportDto,
  CohortsReportDto,
  LifetimeValueReportDto,
  RfmReportDto,
  TicketsReportDto,
} from './report-answers.dto.js';
import { Format, ReportFormats } from './report-format.js';
import {
  CampaignsReportQueryDto,
  CohortsQueryDto,
  LifetimeValueQueryDto,
  RfmQueryDto,
  TicketsReportQueryDto,
} from './report-params.dto.js';
import type { ReportFormat } from './report-table.js';
import { ServiceReportsService } from './service-reports.service.js';

const alsoAnswers = { 304: NOT_MODIFIED };

/** Reports on customers: who stays, how they are helped, what they are written. */
@ApiTags('Reports')
@Controller('v1/reports')
export class CustomerReportsController {
  constructor(
    private readonly customers: CustomersService,
    private readonly service: ServiceReportsService,
  ) {}

  @Get('cohorts')
  @Endpoint({
    permission: 'order:read',
    summary: 'Who comes back: customers by the month of their first order',
    description:
      'For cohorts from `from` to `to`, what they bought in each month after; counted as in the report of sales.',
    answers: CohortsReportDto,
    alsoAnswers,
    problems: [422],
    throttle: 'search',
  })
  @ReportFormats()
  async cohorts(
    @Ctx() ctx: RequestContext,
    @Query() query: CohortsQueryDto,
    @Format() format: ReportFormat,
  ) {
    return this.customers.cohorts(ctx, query, format);
  }

  @Get('rfm')
  @Endpoint({
    permission: 'order:read',
    summary: 'Customers by recency, frequency and money',
    description:
      'Each gets a score of 1 to 5 by how its last order, its number of orders and its revenue rank among all customers (equal ones get equal scores), and the group that the scores make. Of all orders up to `to` unless `from` is given.',
    answers: RfmReportDto,
    alsoAnswers,
    problems: [422],
    throttle: 'search',
  })
  @ReportFormats()
  async rfm(
    @Ctx() ctx: RequestContext,
    @Query() query: RfmQueryDto,
    @Format() format: ReportFormat,
  ) {
    return this.customers.rfm(ctx, query, format);
  }

  @Get('lifetime-value')
  @Endpoint({
    permission: 'order:read',
    summary: 'What customers have spent so far',
    description:
      'Of all orders up to `to` unless `from` is given; counted as in the report of sales.',
    answers: LifetimeValueReportDto,
    alsoAnswers,
    problems: [422],
    throttle: 'search',
  })
  @ReportFormats()
  async lifetimeValue(
    @Ctx() ctx: RequestContext,
    @Query() query: LifetimeValueQueryDto,
    @Format() format: ReportFormat,
  ) {
    return this.customers.lifetimeValue(ctx, query, format);
  }

  @Get('tickets')
  @Endpoint({
    permission: 'ticket:read',
    summary: 'Tickets by status, priority, age, promise, owner, team or channel',
    description:
      'Of tickets that were made on the days from `from` to `to` (`by=age`: all open ones unless `from` is given), with the time to the first answer and to the solution, promises kept and missed, and what customers said of it.',
    answers: TicketsReportDto,
    alsoAnswers,
    problems: [422],
    throttle: 'search',
  })
  @ReportFormats()
  async tickets(
    @Ctx() ctx: RequestContext,
    @Query() query: TicketsReportQueryDto,
    @Format() format: ReportFormat,
  ) {
    return this.service.tickets(ctx, query, format);
  }

  @Get('campaigns')
  @Endpoint({
    permission: 'campaign:read',
    summary: 'What campaigns have brought',
    description:
      'Of campaigns that began on the days from `from` to `to`; counts of mails may be a minute old. Orders need `order:read`, and may count for several campaigns.',
    answers: CampaignsReportDto,
    alsoAnswers,
    problems: [422],
    throttle: 'search',
  })
  @ReportFormats()
  async campaigns(
    @Ctx() ctx: RequestContext,
    @Query() query: CampaignsReportQueryDto,
    @Format() format: ReportFormat,
  ) {
    return this.service.campaigns(ctx, query, format);
  }
}
