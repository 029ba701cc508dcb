import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { minorUnits } from '../../common/values/currency.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Params } from '../../platform/records/params.js';
import { BEGINNING } from './report-scope.js';
import { booked, IS_ORDER, rounded } from './booked-orders.js';
import { namesOf } from './record-names.js';
import type { CustomerKind } from './report-params.dto.js';
import type { DayRates } from './report-rates.js';
import { ROOM } from './report-room.js';
import type { Scope } from './report-scope.js';
import type { ReportRow } from './report-table.js';

/** Customers of one cohort, so many months after their first order. */
export interface CohortRow {
  cohort: string;
  month: number;
  customers: number;
  revenue: string;
}

/** Customers with the same three scores. */
export interface ScoreRow {
  r: number;
  f: number;
  m: number;
  customers: number;
  orders: number;
  recency: number;
  revenue: string;
}

/** SQL of what customers buy over time. */
@Injectable()
export class CustomersRepository {
  constructor(private readonly database: Database) {}

  async cohorts(
    ctx: RequestContext,
    customer: CustomerKind,
    scope: Scope,
    months: number,
    rates: DayRates,
  ): Promise<CohortRow[]> {
    const statement = cohortStatement(ctx, customer, scope, months, rates);
    const [, result] = await this.database.run(ctx, [ROOM, statement]);
    return (result?.rows ?? []) as unknown as CohortRow[];
  }

  /** At most 125: one for each three scores. */
  async scores(
    ctx: RequestContext,
    customer: CustomerKind,
    scope: Scope,
    rates: DayRates,
  ): Promise<ScoreRow[]> {
    const { text, params } = scored(ctx, customer, scope, rates);
    const [, result] = await this.database.run(ctx, [
      ROOM,
      {
        text: `${text} select r, f, m, count(*) as customers, sum(orders)::bigint as orders,
            sum(recency)::bigint as recency, coalesce(sum(revenue), 0)::text as revenue
          from s group by 1, 2, 3 order by 1 desc, 2 desc, 3 desc`,
        params: params.values,
      },
    ]);
    return (result?.rows ?? []) as unknown as ScoreRow[];
  }

  /** The customers that spent most, each with its scores; one more than the limit. */
  async scoredCustomers(
    ctx: RequestContext,
    customer: CustomerKind,
    scope: Scope,
    rates: DayRates,
  ): Promise<ReportRow[]> {
    const { text, params } = scored(ctx, customer, scope, rates);
    const { sql, join } = namesOf(ctx, params, TABLES[customer], 's.c');
    const [, result] = await this.database.run(ctx, [
      ROOM,
      {
        text: `${text} select s.c as key, ${sql} as name, s.recency as "recencyDays", s.orders,
            ${rounded('s.revenue', minorUnits(scope.currency))} as revenue, s.r, s.f, s.m
          from s ${join} order by s.revenue desc nulls last, s.c limit ${scope.limit + 1}`,
        params: params.values,
      },
    ]);
    return (result?.rows ?? []) as ReportRow[];
  }

  /** What customers have spent so far: those that spent most, and all of them together. */
  async lifetimes(
    ctx: RequestContext,
    customer: CustomerKind,
    scope: Scope,
    rates: DayRates,
  ): Promise<{ rows: ReportRow[]; summary: ReportRow }> {
    const [, rows, summary] = await this.database.run(ctx, [
      ROOM,
      lifetimeStatement(ctx, customer, scope, rates),
      summaryStatement(ctx, customer, scope, rates),
    ]);
    return {
      rows: (rows?.rows ?? []) as ReportRow[],
      summary: (summary?.rows[0] ?? {}) as ReportRow,
    };
  }
}

const TABLES = { company: 'companies', contact: 'contacts' } as const;
const COLUMNS = { company: 'o.company_id', contact: 'o.contact_id' } as const;

/** Whoever has ordered something; a credit note alone makes no customer. */
function perCustomer(ctx: RequestContext, kind: CustomerKind, scope: Scope, rates: DayRates) {
  const of = booked(ctx, scope, rates);
  const text = `c as (
    select ${COLUMNS[kind]} as c, count(*) filter (where ${IS_ORDER}) as orders,
      min(o.order_date) filter (where ${IS_ORDER}) as first,
      max(o.order_date) filter (where ${IS_ORDER}) as last, coalesce(sum(${of.net}), 0) as revenue
    from orders o ${of.join} where ${of.where} and ${COLUMNS[kind]} is not null
    group by 1 having count(*) filter (where ${IS_ORDER}) > 0)`;
  return { text, params: of.params };
}

/** Equal values get equal scores, which `ntile` would not give them. */
const quintile = (order: string): string =>
  `least(5, 1 + floor(5 * percent_rank() over (order by ${order})))::int`;

function scored(
  ctx: RequestContext,
  kind: CustomerKind,
  scope: Scope,
  rates: DayRates,
): { text: string; params: Params } {
  const { text, params } = perCustomer(ctx, kind, scope, rates);
  const today = params.add(scope.to, 'date');
  return {
    text: `with ${text}, s as (select c.c, c.orders, c.revenue, ${today} - c.last as recency,
      ${quintile('c.last')} as r, ${quintile('c.orders')} as f, ${quintile('c.revenue')} as m
      from c)`,
    params,
  };
}

/** First orders are looked for in all that was ever sold. */
function cohortStatement(
  ctx: RequestContext,
  kind: CustomerKind,
  scope: Scope,
  months: number,
  rates: DayRates,
): Statement {
  const of = booked(ctx, { ...scope, from: BEGINNING }, rates);
  const { params } = of;
  const [from, to] = [params.add(scope.from, 'date'), params.add(scope.to, 'date')];
  const month = (sql: string): string => `date_trunc('month', ${sql}::timestamp)`;
  const since = (part: string): string => `extract(${part} from o.m) - extract(${part} from f.m)`;
  return {
    text: `with o as (
        select ${COLUMNS[kind]} as c, ${month('o.order_date')} as m, ${IS_ORDER} as is_order,
          ${of.net} as net
        from orders o ${of.join} where ${of.where} and ${COLUMNS[kind]} is not null),
      f as (select o.c, min(o.m) as m from o where o.is_order group by 1),
      g as (
        select f.m, ((${since('year')}) * 12 + ${since('month')})::int as n,
          count(distinct o.c) filter (where o.is_order) as customers, sum(o.net) as revenue
        from o join f on f.c = o.c
        where f.m between ${month(from)} and ${month(to)} group by 1, 2)
      select to_char(g.m, 'YYYY-MM') as cohort, g.n as month, g.customers,
        ${rounded('g.revenue', minorUnits(scope.currency))} as revenue
      from g where g.n between 0 and ${params.add(months, 'int')} order by g.m, g.n`,
    params: params.values,
  };
}

function lifetimeStatement(
  ctx: RequestContext,
  kind: CustomerKind,
  scope: Scope,
  rates: DayRates,
): Statement {
  const { text, params } = perCustomer(ctx, kind, scope, rates);
  const decimals = minorUnits(scope.currency);
  const { sql, join } = namesOf(ctx, params, TABLES[kind], 'c.c');
  return {
    text: `with ${text} select c.c as key, ${sql} as name, c.first as "firstOrder",
        c.last as "lastOrder", c.last - c.first as "lifespanDays", c.orders,
        ${rounded('c.revenue', decimals)} as revenue,
        ${rounded('c.revenue / c.orders', decimals)} as "averageOrder"
      from c ${join} order by c.revenue desc, c.c limit ${scope.limit + 1}`,
    params: params.values,
  };
}

function summaryStatement(
  ctx: RequestContext,
  kind: CustomerKind,
  scope: Scope,
  rates: DayRates,
): Statement {
  const { text, params } = perCustomer(ctx, kind, scope, rates);
  const decimals = minorUnits(scope.currency);
  const middle = (order: string): string =>
    `percentile_disc(0.5) within group (order by c.revenue${order})`;
  return {
    text: `with ${text} select count(*) as customers,
        count(*) filter (where c.orders > 1) as "returningCustomers",
        coalesce(sum(c.orders), 0)::bigint as orders, ${rounded('sum(c.revenue)', decimals)} as revenue,
        ${rounded('avg(c.revenue)', decimals)} as "averageLifetimeValue",
        ${rounded(`(${middle('')} + ${middle(' desc')}) / 2`, decimals)} as "medianLifetimeValue",
        ${rounded('sum(c.revenue) / nullif(sum(c.orders), 0)', decimals)} as "averageOrder",
        coalesce(round(avg(c.orders), 2), 0)::text as "ordersPerCustomer",
        coalesce(round(avg(c.last - c.first), 1), 0)::text as "averageLifespanDays"
      from c`,
    params: params.values,
  };
}
