import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { minorUnits } from '../../common/values/currency.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { booked, foreignStatement, IS_ORDER, rounded } from './booked-orders.js';
import type { Booked } from './booked-orders.js';
import { namesOf } from './record-names.js';
import type { SalesBy } from './report-params.dto.js';
import type { DayRates, ForeignAmount } from './report-rates.js';
import { ROOM } from './report-room.js';
import type { Scope } from './report-scope.js';
import { periodSql, periodText } from './report-sql.js';
import type { ReportRow } from './report-table.js';
import type { Period } from './report-query.dto.js';

const PERIODS: readonly string[] = ['day', 'week', 'month', 'quarter', 'year'];
const isPeriod = (by: SalesBy): by is Period & SalesBy => PERIODS.includes(by);

/** SQL of sales. */
@Injectable()
export class SalesRepository {
  constructor(private readonly database: Database) {}

  async foreign(ctx: RequestContext, scope: Scope): Promise<ForeignAmount[]> {
    const [, result] = await this.database.run(ctx, [ROOM, foreignStatement(ctx, scope)]);
    return (result?.rows ?? []) as unknown as ForeignAmount[];
  }

  /** One group more than the limit, when there are more; and the sum of all orders. */
  async read(
    ctx: RequestContext,
    by: SalesBy,
    scope: Scope,
    rates: DayRates,
  ): Promise<{ rows: ReportRow[]; total: ReportRow }> {
    const statement =
      by === 'product' ? byProduct(ctx, scope, rates) : byOrders(ctx, by, scope, rates);
    const [, groups, total] = await this.database.run(ctx, [
      ROOM,
      statement,
      totalStatement(ctx, scope, rates),
    ]);
    return {
      rows: (groups?.rows ?? []) as ReportRow[],
      total: (total?.rows[0] ?? {}) as ReportRow,
    };
  }
}

/** Of orders alone: their totals hold the sums of their lines. */
const measuresOf = ({ net }: Booked): string => `
  count(*) filter (where ${IS_ORDER}) as orders,
  count(*) filter (where not ${IS_ORDER}) as notes,
  sum(${net}) as revenue, sum(${net}) filter (where not ${IS_ORDER}) as credited`;

const shownOf = (decimals: number, alias = 'g'): string => `
  ${alias}.orders, ${alias}.notes as "creditNotes",
  ${rounded(`${alias}.revenue`, decimals)} as revenue,
  ${rounded(`${alias}.credited`, decimals)} as credited`;

function totalStatement(ctx: RequestContext, scope: Scope, rates: DayRates): Statement {
  const of = booked(ctx, scope, rates);
  return {
    text: `select ${shownOf(minorUnits(scope.currency))}
      from (select ${measuresOf(of)} from orders o ${of.join} where ${of.where}) g`,
    params: of.params.values,
  };
}

function byOrders(ctx: RequestContext, by: SalesBy, scope: Scope, rates: DayRates): Statement {
  const of = booked(ctx, scope, rates);
  const { key, shown, order, join } = keyOf(ctx, by, of);
  return {
    text: `select ${shown}, ${shownOf(minorUnits(scope.currency))}
      from (select ${key} as k, ${measuresOf(of)} from orders o ${of.join}
        where ${of.where} group by 1) g
      ${join} order by ${order} limit ${scope.limit + 1}`,
    params: of.params.values,
  };
}

function keyOf(ctx: RequestContext, by: SalesBy, { params }: Booked) {
  const byRevenue = 'g.revenue desc nulls last, g.k';
  if (isPeriod(by)) {
    const key = periodSql('o.order_date', 'date', by, () => "'UTC'");
    return { key, shown: `${periodText('g.k', by)} as key`, order: 'g.k', join: '' };
  }
  if (by === 'country') {
    const key = 'coalesce(o.billing_address_country, o.shipping_address_country)';
    return { key, shown: 'g.k as key', order: byRevenue, join: '' };
  }
  if (by === 'owner') {
    const { sql, join } = namesOf(ctx, params, 'users', 'g.k');
    return { key: 'o.owner_id', shown: `g.k as key, ${sql} as name`, order: byRevenue, join };
  }
  const company = namesOf(ctx, params, 'companies', 'g.k');
  const contact = namesOf(ctx, params, 'contacts', 'g.k');
  return {
    key: 'coalesce(o.company_id, o.contact_id)',
    shown: `g.k as key, coalesce(${company.sql}, ${contact.sql}) as name`,
    join: `${company.join} ${contact.join}`,
    order: byRevenue,
  };
}

/** Of lines, which the database keeps beside the orders. */
function byProduct(ctx: RequestContext, scope: Scope, rates: DayRates): Statement {
  const of = booked(ctx, scope, rates, 'order_lines');
  const net = of.converted('o.net');
  const { sql: name, join } = namesOf(ctx, of.params, 'products', 'g.k');
  const decimals = minorUnits(scope.currency);
  return {
    text: `select g.k as key, ${name.replace('.name', '.sku')} as sku, ${name} as name, g.lines,
        trim_scale(g.quantity)::text as quantity, ${rounded('g.revenue', decimals)} as revenue,
        ${rounded('g.credited', decimals)} as credited
      from (select o.product_id as k, count(*) as lines, sum(o.quantity) as quantity,
          sum(${net}) as revenue, sum(${net}) filter (where not ${IS_ORDER}) as credited
        from order_lines o ${of.join} where ${of.where} group by 1) g
      ${join} order by g.revenue desc nulls last, g.k limit ${scope.limit + 1}`,
    params: of.params.values,
  };
}
