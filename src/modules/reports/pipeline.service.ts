import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Answer } from '../../platform/http/answers.js';
import { addUnconverted, MoneySum, UsedRates } from '../deals/index.js';
import type { UnconvertedDto } from '../deals/index.js';
import { CurrencyConverter, RATES_TAG } from '../exchange-rates/index.js';
import { ForecastService } from '../forecast/index.js';
import type { ForecastQueryDto } from '../forecast/index.js';
import { FunnelRepository } from './funnel.repository.js';
import type { OpenStageRow, ReachedRow, SourceRow, WonSourceRow } from './funnel.repository.js';
import { ReportCache } from './report-cache.js';
import type { FunnelQueryDto, PipelineQueryDto } from './report-params.dto.js';
import { percentOf, ReportScopes } from './report-scope.js';
import type { Scope } from './report-scope.js';
import type { ReportFormat, ReportRow, ReportTable } from './report-table.js';

const DAY = 86_400;
const DEALS = ['deals', 'pipelines', RATES_TAG];
const FORECAST = [
  ...['key', 'name', 'deals', 'closed', 'commit', 'bestCase', 'pipeline', 'weighted'],
  ...['quota', 'attainment'],
];

/** What is about to be sold, and how much of what is begun gets there. */
@Injectable()
export class PipelineService {
  constructor(
    private readonly scopes: ReportScopes,
    private readonly funnels: FunnelRepository,
    private readonly forecasts: ForecastService,
    private readonly converter: CurrencyConverter,
    private readonly cache: ReportCache,
  ) {}

  /** Open deals by stage, at the latest rates. @throws Problem 422. */
  async pipeline(
    ctx: RequestContext,
    query: PipelineQueryDto,
    format: ReportFormat,
  ): Promise<Answer> {
    const scope = await this.scopes.of(ctx, query, 'deal');
    const { pipelineId = null } = query;
    const asked = { name: 'pipeline', query: { pipelineId, scope }, format };
    return this.cache.answer(ctx, asked, DEALS, async () => {
      const rows = await this.funnels.open(ctx, pipelineId, scope);
      const at = new Date().toISOString().slice(0, 10);
      const wanted = rows.map(({ currency }) => ({ from: currency, to: scope.currency, at }));
      const rates = new UsedRates(await this.converter.rates(ctx, wanted), scope.currency);
      return openTable(rows, rates, scope.currency, at);
    });
  }

  /** The forecast, which is also at `/v1/forecast`, as a table. @throws Problem 422. */
  async forecast(
    ctx: RequestContext,
    query: ForecastQueryDto,
    format: ReportFormat,
  ): Promise<Answer> {
    const { from, to, by, pipelineId } = query;
    const today = new Date().toISOString().slice(0, 10);
    const asked = { name: 'forecast', query: { from, to, by, pipelineId, today }, format };
    const objects = [...DEALS, 'quotas', 'teams', 'users'];
    return this.cache.answer(ctx, asked, objects, async () => {
      const { rows, ...about } = await this.forecasts.of(ctx, { from, to, by, pipelineId });
      return { names: FORECAST, rows: rows as unknown as ReportRow[], about: { ...about } };
    });
  }

  /** Deals through the stages, or leads by source. @throws Problem 404 for the pipeline, 422. */
  async funnel(ctx: RequestContext, query: FunnelQueryDto, format: ReportFormat): Promise<Answer> {
    return query.by === 'source'
      ? this.bySource(ctx, query, format)
      : this.byStage(ctx, query, format);
  }

  private async byStage(ctx: RequestContext, query: FunnelQueryDto, format: ReportFormat) {
    const scope = await this.scopes.of(ctx, query, 'deal');
    const { source = null } = query;
    const pipeline = await this.funnels.pipeline(ctx, query.pipelineId ?? null);
    if (!pipeline) throw Problem.notFound('pipeline', query.pipelineId ?? 'that is the default');
    const asked = { name: 'funnel', query: { source, pipeline, scope }, format };
    return this.cache.answer(ctx, asked, DEALS, async () => {
      const rows = await this.funnels.reached(ctx, pipeline.id, source, scope);
      const { from, to, timeZone } = scope;
      return {
        names: [
          ...['stageId', 'key', 'stage', 'type', 'deals', 'share', 'conversion', 'averageDays'],
        ],
        rows: conversions(rows),
        about: {
          by: 'stage',
          pipelineId: pipeline.id,
          pipeline: pipeline.name,
          from,
          to,
          timeZone,
        },
      };
    });
  }

  private async bySource(ctx: RequestContext, query: FunnelQueryDto, format: ReportFormat) {
    if (!ctx.grants.has('lead:read')) {
      throw new Problem('forbidden', 'You need the permission lead:read.');
    }
    const scope = await this.scopes.of(ctx, query, 'lead');
    const dealOwner = ctx.grants.get('deal:read') === 'own' ? ctx.principal.userId : null;
    const asked = { name: 'funnel-sources', query: { scope }, format };
    return this.cache.answer(ctx, asked, ['leads', ...DEALS], async () => {
      const { sources, won } = await this.funnels.sources(ctx, scope, dealOwner);
      const wanted = won.map(({ currency, day }) => ({
        ...{ from: currency, to: scope.currency, at: day ?? scope.to },
      }));
      const rates = new UsedRates(await this.converter.rates(ctx, wanted), scope.currency);
      return sourceTable(sources, won, rates, scope);
    });
  }
}

function openTable(
  rows: readonly OpenStageRow[],
  rates: UsedRates,
  currency: string,
  at: string,
): ReportTable {
  const unconverted: UnconvertedDto[] = [];
  const total = new StageSums(currency);
  const stages = [...Map.groupBy(rows, ({ stageId }) => stageId).values()].map((own) => {
    const sums = new StageSums(currency);
    for (const row of own) {
      const rate = rates.get(row.currency, at)?.rate;
      for (const sum of [sums, total]) sum.add(row, rate);
      if (rate === undefined) addUnconverted(unconverted, row);
    }
    const { pipelineId, pipeline, stageId, stage, probability } = own[0] as OpenStageRow;
    return { pipelineId, pipeline, stageId, stage, probability, ...sums.row() };
  });
  const { deals, amount, weighted } = total.row();
  return {
    names: [
      ...['pipelineId', 'pipeline', 'stageId', 'stage', 'probability', 'deals', 'amount'],
      ...['weighted', 'averageDays', 'rotting'],
    ],
    rows: stages,
    about: {
      ...{ currency, rates: rates.list(), unconverted },
      total: { deals, amount, weighted },
    },
  };
}

/** What the deals of a stage come to; those without a rate are counted, but in no amount. */
class StageSums {
  private deals = 0;
  private seconds = 0;
  private rotting = 0;
  private readonly amount: MoneySum;
  private readonly weighted: MoneySum;

  constructor(currency: string) {
    this.amount = new MoneySum(currency);
    this.weighted = new MoneySum(currency);
  }

  add(row: OpenStageRow, rate: string | undefined): void {
    this.deals += row.deals;
    this.seconds += Number(row.seconds);
    this.rotting += row.rotting;
    if (rate === undefined) return;
    this.amount.add(row.amount, rate);
    this.weighted.add(row.weighted, rate);
  }

  row() {
    return {
      deals: this.deals,
      rotting: this.rotting,
      amount: this.amount.toString(),
      weighted: this.weighted.toString(),
      averageDays: (this.seconds / Math.max(this.deals, 1) / DAY).toFixed(1),
    };
  }
}

/** Each stage in percent of the first one, and of the one before. */
function conversions(rows: readonly ReachedRow[]): ReportRow[] {
  const first = rows.find(({ type }) => type === 'open')?.deals ?? 0;
  let before = first;
  return rows.map(({ seconds, ...row }) => {
    const conversion = row.type === 'lost' ? null : percentOf(row.deals, before);
    if (row.type === 'open') before = row.deals;
    return {
      ...row,
      share: percentOf(row.deals, first),
      conversion,
      averageDays: seconds === null ? null : (Number(seconds) / DAY).toFixed(1),
    };
  });
}

function sourceTable(
  sources: readonly SourceRow[],
  won: readonly WonSourceRow[],
  rates: UsedRates,
  { from, to, timeZone, currency, limit }: Scope,
): ReportTable {
  const unconverted: UnconvertedDto[] = [];
  const sums = new Map<string | null, MoneySum>();
  for (const row of won) {
    const rate = row.day === null ? '1' : rates.get(row.currency, row.day)?.rate;
    if (rate === undefined) addUnconverted(unconverted, row);
    else
      sums.set(row.source, (sums.get(row.source) ?? new MoneySum(currency)).add(row.amount, rate));
  }
  const rows = sources.slice(0, limit).map((row) => ({
    ...row,
    conversionRate: percentOf(row.converted, row.leads),
    winRate: percentOf(row.won, row.leads),
    revenue: (sums.get(row.source) ?? new MoneySum(currency)).toString(),
  }));
  return {
    names: [
      ...['source', 'leads', 'qualified', 'converted', 'deals', 'won', 'lost'],
      ...['conversionRate', 'winRate', 'revenue'],
    ],
    rows,
    about: {
      ...{ by: 'source', from, to, timeZone, currency, rates: rates.list(), unconverted },
      truncated: sources.length > limit,
    },
  };
}
