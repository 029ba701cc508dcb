import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement, StatementResult } from '../../platform/database/pipeline.js';
import type { ForecastBy } from './forecast.dto.js';

/** Deals that a forecast counts; days as `YYYY-MM-DD`, both in it. */
export interface ForecastScope {
  from: string;
  to: string;
  pipelineId: string | null;
  /** Only deals of these users; null for all of them. */
  ownerIds: readonly string[] | null;
}

/** Open deals of one key, category and currency. */
export interface OpenRow {
  key: string | null;
  /** All keys together: who is in several teams counts once. */
  isTotal: boolean;
  category: string;
  currency: string;
  deals: number;
  amount: string;
  weighted: string;
}

/** Won deals of one key; in their own currency and with the day where that is to be converted. */
export interface WonRow {
  key: string | null;
  isTotal: boolean;
  currency: string;
  /** Null when the amount is in the workspace's currency already. */
  day: string | null;
  deals: number;
  amount: string;
}

export interface QuotaRow {
  key: string | null;
  currency: string;
  amount: string;
}

export interface ForecastRows {
  open: OpenRow[];
  won: WonRow[];
  quotas: QuotaRow[];
  /** Those that the total is measured by. */
  totalQuotas: QuotaRow[];
  names: Map<string, string>;
}

/**
 * What deals are grouped by, as it is stored, and what that is called afterwards: text is made, and
 * numbers are divided, for the groups and not for each deal.
 */
const KEYS: Record<ForecastBy, { column: (day: string) => string; name: string }> = {
  month: { column: (day) => day, name: "to_char(g.k, 'YYYY-MM')" },
  owner: { column: () => 'd.owner_id', name: 'g.k::text' },
  team: { column: () => 'd.owner_id', name: 'm.team_id::text' },
};

const teamsOf = (by: ForecastBy): string =>
  by !== 'team'
    ? ''
    : `left join (team_members m join teams t on t.workspace_id = m.workspace_id
        and t.id = m.team_id and t.deleted_at is null)
      on m.workspace_id = $1 and m.user_id = g.k`;

const NARROWED = `($4::uuid is null or d.pipeline_id = $4)
  and ($5::uuid[] is null or d.owner_id = any($5))`;

/** SQL of forecasts: sums over the index of the months alone. */
@Injectable()
export class ForecastRepository {
  constructor(private readonly database: Database) {}

  async baseOf(ctx: RequestContext): Promise<string> {
    const [row] = await this.database.query<{ base: string }>(
      ctx,
      'select default_currency as base from workspaces where id = $1',
      [ctx.workspaceId],
    );
    return row?.base as string;
  }

  async read(
    ctx: RequestContext,
    by: ForecastBy,
    scope: ForecastScope,
    base: string,
  ): Promise<ForecastRows> {
    const [open, won, quotas, names, others] = await this.database.run(ctx, [
      openStatement(ctx, by, scope),
      wonStatement(ctx, by, scope, base),
      quotaStatement(ctx, by, scope),
      nameStatement(ctx, by),
      // All users together are not measured by what their teams are asked for.
      ...(by === 'team' ? [quotaStatement(ctx, 'month', scope)] : []),
    ]);
    const named = rowsOf<{ id: string; name: string }>(names);
    return {
      open: rowsOf<OpenRow>(open),
      won: rowsOf<WonRow>(won),
      quotas: rowsOf<QuotaRow>(quotas),
      totalQuotas: rowsOf<QuotaRow>(others ?? quotas),
      names: new Map(named.map(({ id, name }) => [id, name])),
    };
  }

  /** Members of a team outside the bin. */
  async membersOf(ctx: RequestContext, teamId: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      ctx,
      'select user_id as id from team_members where workspace_id = $1 and team_id = $2',
      [ctx.workspaceId, teamId],
    );
    return rows.map(({ id }) => id);
  }

  async won(ctx: RequestContext, scope: ForecastScope, base: string): Promise<WonRow[]> {
    const [result] = await this.database.run(ctx, [wonStatement(ctx, 'month', scope, base)]);
    return rowsOf<WonRow>(result).filter(({ isTotal }) => isTotal);
  }
}

const rowsOf = <R>(result: StatementResult | undefined): R[] =>
  (result?.rows ?? []) as unknown as R[];

const paramsOf = (ctx: RequestContext, { from, to, pipelineId, ownerIds }: ForecastScope) => [
  ...[ctx.workspaceId, from, to, pipelineId, ownerIds],
];

/** Sums by key, of all that was grouped once, and those of all keys together. */
const keyedSql = (by: ForecastBy, grouped: string, of: string, sums: string): string => `
  with g as materialized (${grouped})
  select ${KEYS[by].name} as key, false as "isTotal", ${of}, ${sums}
  from g ${teamsOf(by)} group by 1, ${of}
  union all select null, true, ${of}, ${sums} from g group by ${of}`;

function openStatement(ctx: RequestContext, by: ForecastBy, scope: ForecastScope): Statement {
  const grouped = `
    select ${KEYS[by].column('d.expected_close_date')} as k, d.forecast_category as category,
      d.currency, count(*) as deals, coalesce(sum(d.amount), 0) as amount,
      coalesce(sum(d.amount * d.probability), 0) as percents
    from deals d
    where d.workspace_id = $1 and d.status = 'open' and d.deleted_at is null
      and d.expected_close_date between $2::date and $3::date
      and d.forecast_category <> 'omitted' and ${NARROWED}
    group by 1, 2, 3`;
  const sums = `sum(g.deals)::bigint as deals, sum(g.amount)::text as amount,
    trim_scale(sum(g.percents) * 0.01)::text as weighted`;
  return {
    text: keyedSql(by, grouped, 'g.category, g.currency', sums),
    params: paramsOf(ctx, scope),
  };
}

function wonStatement(
  ctx: RequestContext,
  by: ForecastBy,
  scope: ForecastScope,
  base: string,
): Statement {
  const day = "(d.closed_at at time zone 'UTC')::date";
  const converted = '(d.base_currency = $6 and d.amount_in_base is not null) is true';
  const grouped = `
    select ${KEYS[by].column(day)} as k,
      case when ${converted} then $6::text else d.currency end as currency,
      case when not ${converted} then ${day} end as day, count(*) as deals,
      sum(case when ${converted} then d.amount_in_base else d.amount end) as amount
    from deals d
    where d.workspace_id = $1 and d.status = 'won' and d.deleted_at is null
      and d.closed_at >= $2::date::timestamp at time zone 'UTC'
      and d.closed_at < ($3::date + 1)::timestamp at time zone 'UTC'
      and d.amount is not null and ${NARROWED}
    group by 1, 2, 3`;
  const sums = 'sum(g.deals)::bigint as deals, sum(g.amount)::text as amount';
  return {
    text: keyedSql(by, grouped, 'g.currency, g.day', sums),
    params: [...paramsOf(ctx, scope), base],
  };
}

/** Quotas whose period lies within the days; by month those of users for just that month. */
function quotaStatement(
  ctx: RequestContext,
  by: ForecastBy,
  { from, to, ownerIds }: ForecastScope,
): Statement {
  const key = { month: 'q.period', owner: 'q.user_id::text', team: 'q.team_id::text' }[by];
  const which = {
    month: "q.user_id is not null and q.period like '____-__' and q.period not like '%Q%'",
    owner: 'q.user_id is not null',
    team: 'q.team_id is not null',
  }[by];
  return {
    text: `select ${key} as key, q.currency, sum(q.amount)::text as amount from quotas q
      where q.workspace_id = $1 and q.deleted_at is null and ${which}
        and q.starts_on >= $2::date and q.ends_on <= $3::date
        and ($4::uuid[] is null or q.user_id = any($4))
      group by 1, 2`,
    params: [ctx.workspaceId, from, to, ownerIds],
  };
}

function nameStatement(ctx: RequestContext, by: ForecastBy): Statement {
  const table = by === 'team' ? 'teams' : 'users';
  return {
    text: `select id, name from ${table} where workspace_id = $1 and $2`,
    params: [ctx.workspaceId, by !== 'month'],
  };
}
