import type { FieldType } from '../../common/filter/index.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Params } from '../../platform/records/params.js';
import { utcSql } from '../../platform/records/utc-sql.js';
import { groupsSql } from './report-groups.js';
import { isAmount } from './report-plan.js';
import type { PlannedDimension, PlannedMeasure, ReportPlan } from './report-plan.js';
import type { Period } from './report-query.dto.js';

/** What a statement is made of besides its plan. */
export interface ReportScope {
  params: Params;
  /** Item of FROM named `r`. */
  from: string;
  /** SQL of what is counted. */
  where: readonly string[];
  timeZone: string;
  /** Rates to the currency that is asked for; null when amounts stay in theirs. */
  rates: readonly { c: string; rate: string }[] | null;
  limit: number;
}

/** Periods as they are written; all of them sort as text does. */
const FORMATS: Record<Period, string> = {
  day: 'YYYY-MM-DD',
  week: 'IYYY-"W"IW',
  month: 'YYYY-MM',
  quarter: 'YYYY-"Q"Q',
  year: 'YYYY',
};

/** Text of the day that a period begins with. */
export const periodText = (sql: string, by: Period): string => `to_char(${sql}, '${FORMATS[by]}')`;

/** The first day of the period that a day or (in a time zone, as SQL) a time lies in. */
export function periodSql(
  sql: string,
  type: 'date' | 'datetime',
  by: Period,
  zone: () => string,
): string {
  const clock = type === 'datetime' ? `(${sql} at time zone ${zone()})` : `${sql}::timestamp`;
  if (by === 'day') return type === 'date' ? sql : `${clock}::date`;
  return `date_trunc('${by}', ${clock})::date`;
}

/**
 * The statement of a report: groups are made first, of plain values, and only what is left of
 * them is written as text. Fetches one group more than the limit, to know whether there are more.
 */
export function reportStatement(plan: ReportPlan, scope: ReportScope): Statement {
  const { params, limit } = scope;
  // A parameter that no dimension uses would have no place in the statement.
  let named: string | undefined;
  const zone = (): string => (named ??= params.add(scope.timeZone, 'text'));
  const joins: string[] = [];
  const keys = plan.dimensions.map((item, index) => groupSql(item, index, zone, joins));
  const rates = ratesJoins(plan.measures, scope);
  const amounts = plan.measures.map((item) => amountSql(item, rates));
  const source = `from ${scope.from} ${[...joins, ...rates.joins].join(' ')}
    where ${scope.where.join(' and ')}`;
  const groups = groupsSql({
    plan,
    keys,
    amounts,
    source,
    lacking: lackingSql(plan.measures, rates),
  });
  const shown = [
    ...plan.dimensions.map((item, index) => `${shownKey(item, `g.d${index}`)} as d${index}`),
    ...plan.measures.map((item, index) => `${shownMeasure(item, `g.m${index}`)} as m${index}`),
  ];
  return {
    text: `select ${shown.join(', ')}, sum(g.lacking) over ()::bigint as lacking
      from (${groups}) g ${orderSql(plan)} limit ${limit + 1}`,
    params: params.values,
  };
}

/** How many records of which currency have no rate. */
export function lackingStatement(plan: ReportPlan, scope: ReportScope): Statement {
  const rates = ratesJoins(plan.measures, scope);
  const parts = [...rates.byCurrency].map(
    ([currency, rate]) => `select ${currency} as currency, count(*) as records
      from ${scope.from} ${rates.joins.join(' ')}
      where ${[...scope.where, `${currency} is not null and ${rate} is null`].join(' and ')}
      group by 1`,
  );
  return {
    text: `select currency, sum(records)::bigint as records from (${parts.join(' union all ')}) u
      group by 1 order by 1`,
    params: scope.params.values,
  };
}

interface RateJoins {
  joins: string[];
  /** SQL of a currency to that of its rate. */
  byCurrency: Map<string, string>;
}

function ratesJoins(
  measures: readonly PlannedMeasure[],
  { rates, params }: ReportScope,
): RateJoins {
  const byCurrency = new Map<string, string>();
  if (rates === null) return { joins: [], byCurrency };
  const currencies = measures.filter(isAmount).map(({ of }) => of?.currency?.sql ?? '');
  const list = currencies.length > 0 ? params.add(JSON.stringify(rates), 'json') : '';
  const joins = [...new Set(currencies)].map((currency, index) => {
    byCurrency.set(currency, `q${index}.rate`);
    return `left join json_to_recordset(${list}) as q${index} (c text, rate numeric)
      on q${index}.c = ${currency}`;
  });
  return { joins, byCurrency };
}

/** What is measured; of an amount that is to be converted, in the other currency. */
function amountSql(item: PlannedMeasure, { byCurrency }: RateJoins): string {
  const { of } = item;
  if (!of) return '*';
  const rate = isAmount(item) ? byCurrency.get(of.currency?.sql ?? '') : undefined;
  return rate === undefined ? of.sql : `${of.sql} * ${rate}`;
}

function lackingSql(measures: readonly PlannedMeasure[], { byCurrency }: RateJoins): string {
  const lacks = measures.filter(isAmount).flatMap(({ of }) => {
    const rate = byCurrency.get(of?.currency?.sql ?? '');
    return rate === undefined ? [] : [`(${of?.sql} is not null and ${rate} is null)`];
  });
  return lacks.length === 0 ? '0' : `count(*) filter (where ${[...new Set(lacks)].join(' or ')})`;
}

function groupSql(
  { of, by }: PlannedDimension,
  index: number,
  zone: () => string,
  joins: string[],
): string {
  if (of.type === 'tags') {
    joins.push(`left join lateral unnest(${of.sql}) as u${index} (v) on true`);
    return `u${index}.v`;
  }
  if (of.type === 'multiselect') {
    joins.push(`left join lateral jsonb_array_elements_text(${of.sql}) as u${index} (v) on true`);
    return `u${index}.v`;
  }
  if (by === null) return of.sql;
  return periodSql(of.sql, of.type as 'date' | 'datetime', by, zone);
}

function shownKey({ of, by }: PlannedDimension, sql: string): string {
  if (of.type === 'date' || of.type === 'datetime') return periodText(sql, by ?? 'day');
  return shown(of.type, sql);
}

function shown(type: FieldType, sql: string): string {
  if (type === 'decimal' || type === 'number') return `trim_scale(${sql})::text`;
  if (type === 'datetime') return utcSql(sql);
  return type === 'integer' || type === 'boolean' ? sql : `${sql}::text`;
}

function shownMeasure(item: PlannedMeasure, sql: string): string {
  const { measure, of } = item;
  if (measure === 'count' || measure === 'distinct') return sql;
  // Rounded to the decimals of its currency later, and only once.
  if (isAmount(item)) return `${sql}::text`;
  if (measure === 'avg' || measure === 'median') return `trim_scale(round(${sql}, 6))::text`;
  return of?.type === 'integer' ? `${sql}::bigint` : shown(of?.type ?? 'integer', sql);
}

function orderSql({ dimensions, measures, sort }: ReportPlan): string {
  const column = (name: string): string => {
    const place = dimensions.findIndex(({ as }) => as === name);
    return place >= 0 ? `g.d${place}` : `g.m${measures.findIndex(({ as }) => as === name)}`;
  };
  const wanted = sort.map(({ name, descending }) => `${column(name)}${descending ? ' desc' : ''}`);
  // Equal ones keep an order, or a limit would take any of them.
  const keys = [...wanted, ...dimensions.map((_, index) => `g.d${index}`)];
  return keys.length === 0 ? '' : `order by ${keys.map((key) => `${key} nulls last`).join(', ')}`;
}
