import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { Params } from '../../platform/records/params.js';
import type { DayRates } from './report-rates.js';
import type { Scope } from './report-scope.js';

/**
 * What an accountant counts as sold: orders that are neither drafts nor cancelled, and credit notes
 * with their negative amounts, by the day of the order or credit note. An amount is what is paid
 * for goods and services: after discounts, without tax and shipping costs.
 */
export interface Booked {
  params: Params;
  /** Conditions over orders `o`. */
  where: string;
  /** Joins of the rates, where there is foreign money. */
  join: string;
  /** The order's amount in the currency of the report; null where there is no rate. */
  net: string;
  /** The same of any amount with the currency and the day of `o`. */
  converted: (amount: string) => string;
}

const NET = '(o.subtotal - o.discount_total)';
export const IS_ORDER = "o.kind = 'order'";
const IS_BOOKED = "o.status not in ('draft', 'cancelled')";

/** @param of `orders` or `order_lines`, which has the same columns for this; named `o`. */
export function booked(
  ctx: RequestContext,
  scope: Scope,
  rates: DayRates | null,
  of: 'orders' | 'order_lines' = 'orders',
): Booked {
  const params = new Params(ctx.workspaceId);
  const where = [
    `o.workspace_id = ${params.workspace}`,
    IS_BOOKED,
    `o.order_date between ${params.add(scope.from, 'date')} and ${params.add(scope.to, 'date')}`,
  ];
  if (of === 'orders') where.push('o.deleted_at is null');
  if (scope.ownerIds !== null) where.push(ownedBy(params, scope.ownerIds, of));
  const isForeign = rates !== null && rates.list.length + rates.unconverted.length > 0;
  if (!isForeign) {
    return { params, where: where.join(' and '), join: '', net: NET, converted: (sql) => sql };
  }
  const list = params.add(JSON.stringify(rates.list), 'json');
  const currency = params.add(scope.currency, 'text');
  const converted = (sql: string): string =>
    `(${sql} * case when o.currency = ${currency} then 1 else x.rate end)`;
  return {
    ...{ params, where: where.join(' and '), net: converted(NET), converted },
    join: `left join json_to_recordset(${list}) as x (c text, d date, rate numeric)
      on x.c = o.currency and x.d = o.order_date`,
  };
}

function ownedBy(params: Params, ownerIds: readonly string[], of: string): string {
  const owners = `= any(${params.add(ownerIds, 'uuid[]')})`;
  if (of === 'orders') return `o.owner_id ${owners}`;
  return `o.order_id in (select w.id from orders w
    where w.workspace_id = ${params.workspace} and w.owner_id ${owners})`;
}

/** What was sold for other money than that of the report, by day. */
export function foreignStatement(ctx: RequestContext, scope: Scope): Statement {
  const { params, where } = booked(ctx, scope, null);
  const currency = params.add(scope.currency, 'text');
  return {
    text: `select o.currency, o.order_date as day, count(*) as records, sum(${NET})::text as amount
      from orders o where ${where} and o.currency <> ${currency} group by 1, 2 order by 1, 2`,
    params: params.values,
  };
}

/** An amount of the report, rounded once to the decimals of its currency. */
export const rounded = (sql: string, decimals: number): string =>
  `round(coalesce(${sql}, 0), ${decimals})::text`;
