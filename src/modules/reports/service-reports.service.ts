import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { Answer } from '../../platform/http/answers.js';
import { MoneySum } from '../deals/index.js';
import { RATES_TAG } from '../exchange-rates/index.js';
import { ReportCache } from './report-cache.js';
import type { CampaignsReportQueryDto, TicketsReportQueryDto } from './report-params.dto.js';
import { ReportRates } from './report-rates.js';
import type { DayRates } from './report-rates.js';
import { percentOf, ReportScopes, sinceEver } from './report-scope.js';
import type { ReportFormat, ReportRow } from './report-table.js';
import { ServiceReportsRepository } from './service.repository.js';
import type { CampaignRow, FollowedRow } from './service.repository.js';

const TICKETS = [
  ...['key', 'name', 'tickets', 'open', 'solved', 'firstResponseHours', 'resolutionHours'],
  ...['firstResponsesMet', 'firstResponsesMissed', 'resolutionsMet', 'resolutionsMissed'],
  ...['ratings', 'averageRating'],
];
const CAMPAIGNS = [
  ...[
    'key',
    'name',
    'status',
    'startedAt',
    'recipients',
    'sent',
    'delivered',
    'bounced',
    'skipped',
  ],
  ...['opened', 'clicked', 'openRate', 'clickRate', 'bounceRate', 'orders', 'revenue'],
];

/** How customers are helped, and what they are written. */
@Injectable()
export class ServiceReportsService {
  constructor(
    private readonly scopes: ReportScopes,
    private readonly repository: ServiceReportsRepository,
    private readonly rates: ReportRates,
    private readonly cache: ReportCache,
  ) {}

  /** @throws Problem 422 naming each parameter that is wrong. */
  async tickets(
    ctx: RequestContext,
    query: TicketsReportQueryDto,
    format: ReportFormat,
  ): Promise<Answer> {
    const by = query.by ?? 'status';
    const scope = await this.scopes.of(ctx, query, 'ticket', by === 'age' ? sinceEver : undefined);
    const asked = { name: 'tickets', query: { by, scope }, format };
    return this.cache.answer(ctx, asked, ['tickets', 'users', 'teams'], async () => {
      const { from, to, timeZone } = scope;
      const rows = await this.repository.tickets(ctx, by, scope);
      return { names: TICKETS, rows, about: { by, from, to, timeZone } };
    });
  }

  /** @throws Problem 422 naming each parameter that is wrong. */
  async campaigns(
    ctx: RequestContext,
    query: CampaignsReportQueryDto,
    format: ReportFormat,
  ): Promise<Answer> {
    const scope = await this.scopes.of(ctx, query, 'campaign');
    const asked = { name: 'campaigns', query: { scope }, format };
    return this.cache.answer(ctx, asked, ['campaigns', 'orders', RATES_TAG], async () => {
      const { from, to, currency, limit } = scope;
      const found = await this.repository.campaigns(ctx, scope);
      const shown = found.slice(0, limit);
      // What was ordered is for those who may read orders.
      const followed = ctx.grants.has('order:read')
        ? await this.repository.followed(
            ctx,
            shown.map(({ key }) => key),
          )
        : [];
      const rates = await this.rates.ofDays(ctx, currency, followed);
      const { used, unconverted } = rates;
      return {
        names: CAMPAIGNS,
        rows: shown.map((row) => rowOf(row, followed, rates, currency)),
        about: { from, to, currency, rates: used, unconverted, truncated: found.length > limit },
      };
    });
  }
}

function rowOf(
  { returned, ...row }: CampaignRow,
  followed: readonly FollowedRow[],
  { list }: DayRates,
  currency: string,
): ReportRow {
  const revenue = new MoneySum(currency);
  let orders = 0;
  for (const item of followed.filter(({ campaignId }) => campaignId === row.key)) {
    orders += item.records;
    const known = list.find(({ c, d }) => c === item.currency && d === item.day);
    if (known) revenue.add(item.amount, known.rate);
  }
  const delivered = row.sent - returned;
  return {
    ...{ ...row, delivered, orders, revenue: revenue.toString() },
    openRate: percentOf(row.opened, delivered),
    clickRate: percentOf(row.clicked, delivered),
    bounceRate: percentOf(row.bounced, row.sent + row.bounced - returned),
  };
}
