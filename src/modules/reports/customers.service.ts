import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Answer } from '../../platform/http/answers.js';
import { MoneySum } from '../deals/index.js';
import { RATES_TAG } from '../exchange-rates/index.js';
import { CustomersRepository } from './customers.repository.js';
import type { CohortRow, ScoreRow } from './customers.repository.js';
import { ReportCache } from './report-cache.js';
import type { CohortsQueryDto, LifetimeValueQueryDto, RfmQueryDto } from './report-params.dto.js';
import { ReportRates } from './report-rates.js';
import type { DayRates } from './report-rates.js';
import { percentOf, ReportScopes, sinceEver } from './report-scope.js';
import type { Scope } from './report-scope.js';
import type { ReportFormat, ReportRow, ReportTable } from './report-table.js';
import { RFM_GROUPS, rfmGroup } from './rfm-groups.js';
import { SalesRepository } from './sales.repository.js';

const OBJECTS = ['orders', 'companies', 'contacts', RATES_TAG];
const USUAL_MONTHS = 12;
const MOST_MONTHS = 60;

/** Who comes back, who stays away, and what they are worth. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly scopes: ReportScopes,
    private readonly customers: CustomersRepository,
    private readonly sales: SalesRepository,
    private readonly rates: ReportRates,
    private readonly cache: ReportCache,
  ) {}

  /** Customers by the month of their first order. @throws Problem 422. */
  async cohorts(
    ctx: RequestContext,
    query: CohortsQueryDto,
    format: ReportFormat,
  ): Promise<Answer> {
    const scope = await this.scopes.of(ctx, query, 'order');
    const customer = query.customer ?? 'company';
    const months = monthsOf(query.months);
    return this.report(ctx, 'cohorts', { customer, months }, scope, format, async (rates) => {
      const rows = await this.customers.cohorts(ctx, customer, scope, months, rates);
      return {
        names: ['cohort', 'size', 'month', 'customers', 'retention', 'revenue'],
        rows: withRetention(rows),
        about: { customer },
      };
    });
  }

  /** Customers by recency, frequency and money. @throws Problem 422. */
  async rfm(ctx: RequestContext, query: RfmQueryDto, format: ReportFormat): Promise<Answer> {
    const scope = await this.scopes.of(ctx, query, 'order', sinceEver);
    const { customer = 'company', by = 'group' } = query;
    return this.report(ctx, 'rfm', { customer, by }, scope, format, async (rates) => {
      const about = { customer, by };
      if (by === 'customer') {
        const found = await this.customers.scoredCustomers(ctx, customer, scope, rates);
        const rows = found.slice(0, scope.limit).map(named);
        const names = ['key', 'name', 'group', 'r', 'f', 'm', 'recencyDays', 'orders', 'revenue'];
        return { names, rows, about: { ...about, truncated: found.length > scope.limit } };
      }
      const scores = await this.customers.scores(ctx, customer, scope, rates);
      const whole = scores.reduce((sum, { customers }) => sum + customers, 0);
      const measures = ['customers', 'share', 'revenue', 'averageOrders', 'averageRecencyDays'];
      if (by === 'score') {
        const rows = scores.map((row) => ({
          ...{ r: row.r, f: row.f, m: row.m, group: rfmGroup(row.r, row.f, row.m) },
          ...sumsOf([row], whole, scope.currency),
        }));
        return { names: ['r', 'f', 'm', 'group', ...measures], rows, about };
      }
      const rows = RFM_GROUPS.map((group) => {
        const own = scores.filter(({ r, f, m }) => rfmGroup(r, f, m) === group);
        return { group, ...sumsOf(own, whole, scope.currency) };
      });
      return { names: ['group', ...measures], rows, about: { ...about, customers: whole } };
    });
  }

  /** What customers have spent so far. @throws Problem 422. */
  async lifetimeValue(
    ctx: RequestContext,
    query: LifetimeValueQueryDto,
    format: ReportFormat,
  ): Promise<Answer> {
    const scope = await this.scopes.of(ctx, query, 'order', sinceEver);
    const { customer = 'company' } = query;
    return this.report(ctx, 'lifetime-value', { customer }, scope, format, async (rates) => {
      const { rows, summary } = await this.customers.lifetimes(ctx, customer, scope, rates);
      return {
        names: [
          ...['key', 'name', 'firstOrder', 'lastOrder', 'lifespanDays'],
          ...['orders', 'revenue', 'averageOrder'],
        ],
        rows: rows.slice(0, scope.limit),
        about: { customer, summary, truncated: rows.length > scope.limit },
      };
    });
  }

  private report(
    ctx: RequestContext,
    name: string,
    asked: object,
    scope: Scope,
    format: ReportFormat,
    make: (rates: DayRates) => Promise<ReportTable>,
  ): Promise<Answer> {
    return this.cache.answer(ctx, { name, query: { asked, scope }, format }, OBJECTS, async () => {
      const foreign = await this.sales.foreign(ctx, { ...scope, from: sinceEver() });
      const rates = await this.rates.ofDays(ctx, scope.currency, foreign);
      const { names, rows, about } = await make(rates);
      const { from, to, currency } = scope;
      const { used, unconverted } = rates;
      return { names, rows, about: { from, to, currency, rates: used, unconverted, ...about } };
    });
  }
}

function monthsOf(text: string | undefined): number {
  const months = text === undefined ? USUAL_MONTHS : Number(text);
  if (months >= 1 && months <= MOST_MONTHS) return months;
  const detail = `must be a whole number from 1 to ${MOST_MONTHS}`;
  throw Problem.validation([{ pointer: '/months', code: 'range', detail }]);
}

/** Everybody of a cohort buys in its first month, which is what makes them one. */
function withRetention(rows: readonly CohortRow[]): ReportRow[] {
  const sizes = new Map(
    rows.filter(({ month }) => month === 0).map(({ cohort, customers }) => [cohort, customers]),
  );
  return rows.map(({ cohort, month, customers, revenue }) => {
    const size = sizes.get(cohort) ?? 0;
    return { cohort, size, month, customers, retention: percentOf(customers, size), revenue };
  });
}

function named(row: ReportRow): ReportRow {
  const [r, f, m] = [Number(row['r']), Number(row['f']), Number(row['m'])];
  return { ...row, group: rfmGroup(r, f, m) };
}

function sumsOf(rows: readonly ScoreRow[], whole: number, currency: string): ReportRow {
  const sum = (name: 'customers' | 'orders' | 'recency'): number =>
    rows.reduce((total, row) => total + row[name], 0);
  const revenue = new MoneySum(currency);
  for (const row of rows) revenue.add(row.revenue, '1');
  const customers = sum('customers');
  const average = (total: number, decimals: number): string | null =>
    customers === 0 ? null : (total / customers).toFixed(decimals);
  return {
    customers,
    share: percentOf(customers, whole),
    revenue: revenue.toString(),
    averageOrders: average(sum('orders'), 2),
    averageRecencyDays: average(sum('recency'), 1),
  };
}
