import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { Params } from '../../platform/records/params.js';
import { madeIn } from './made-in.js';
import { ROOM } from './report-room.js';
import type { Scope } from './report-scope.js';

/** Open deals of one stage and currency. */
export interface OpenStageRow {
  pipelineId: string;
  pipeline: string;
  stageId: string;
  stage: string;
  probability: number;
  currency: string;
  deals: number;
  amount: string;
  weighted: string;
  /** Seconds that the deals have been in the stage, added up. */
  seconds: string;
  rotting: number;
}

/** How far the deals of a pipeline have come. */
export interface ReachedRow {
  stageId: string;
  key: string;
  stage: string;
  type: string;
  deals: number;
  /** Mean of the seconds that deals which left the stage had been in it; null of none. */
  seconds: string | null;
}

export interface SourceRow {
  source: string | null;
  leads: number;
  qualified: number;
  converted: number;
  deals: number;
  won: number;
  lost: number;
}

/** Won deals of the leads of a source; the day where they are to be converted. */
export interface WonSourceRow {
  source: string | null;
  currency: string;
  day: string | null;
  deals: number;
  amount: string;
}

/** SQL of pipelines and funnels. */
@Injectable()
export class FunnelRepository {
  constructor(private readonly database: Database) {}

  async open(
    ctx: RequestContext,
    pipelineId: string | null,
    scope: Scope,
  ): Promise<OpenStageRow[]> {
    const [, result] = await this.database.run(ctx, [ROOM, openStatement(ctx, pipelineId, scope)]);
    return (result?.rows ?? []) as unknown as OpenStageRow[];
  }

  /** The pipeline, or the default one; undefined when there is none. */
  async pipeline(
    ctx: RequestContext,
    id: string | null,
  ): Promise<{ id: string; name: string } | undefined> {
    const [row] = await this.database.query<{ id: string; name: string }>(
      ctx,
      `select id, name from pipelines where workspace_id = $1 and deleted_at is null
        and case when $2::uuid is null then is_default else id = $2 end`,
      [ctx.workspaceId, id],
    );
    return row;
  }

  async reached(
    ctx: RequestContext,
    pipelineId: string,
    source: string | null,
    scope: Scope,
  ): Promise<ReachedRow[]> {
    const [, result] = await this.database.run(ctx, [
      ROOM,
      reachedStatement(ctx, pipelineId, source, scope),
    ]);
    return (result?.rows ?? []) as unknown as ReachedRow[];
  }

  async sources(
    ctx: RequestContext,
    scope: Scope,
    dealOwner: string | null,
  ): Promise<{ sources: SourceRow[]; won: WonSourceRow[] }> {
    const [, sources, won] = await this.database.run(ctx, [
      ROOM,
      sourceStatement(ctx, scope, dealOwner),
      wonStatement(ctx, scope, dealOwner),
    ]);
    return {
      sources: (sources?.rows ?? []) as unknown as SourceRow[],
      won: (won?.rows ?? []) as unknown as WonSourceRow[],
    };
  }
}

function openStatement(ctx: RequestContext, pipelineId: string | null, scope: Scope): Statement {
  const params = new Params(ctx.workspaceId);
  const where = [`d.workspace_id = ${params.workspace}`, 'd.deleted_at is null'];
  where.push("d.status = 'open'");
  if (pipelineId !== null) where.push(`d.pipeline_id = ${params.add(pipelineId, 'uuid')}`);
  if (scope.ownerIds !== null)
    where.push(`d.owner_id = any(${params.add(scope.ownerIds, 'uuid[]')})`);
  return {
    text: `select p.id as "pipelineId", p.name as pipeline, s.id as "stageId", s.name as stage,
        s.probability, g.currency, g.deals, g.amount::text as amount,
        trim_scale(g.percents / 100)::text as weighted, g.seconds::text as seconds, g.rotting
      from (
        select d.stage_id, d.currency, count(*) as deals, coalesce(sum(d.amount), 0) as amount,
          coalesce(sum(d.amount * d.probability), 0) as percents,
          sum(extract(epoch from now() - d.stage_entered_at)) as seconds,
          count(*) filter (where d.rotting_at < now()) as rotting
        from deals d where ${where.join(' and ')} group by 1, 2) g
      join pipeline_stages s on s.workspace_id = ${params.workspace} and s.id = g.stage_id
      join pipelines p on p.workspace_id = ${params.workspace} and p.id = s.pipeline_id
      order by p.is_default desc, p.name, p.id, s.position, g.currency`,
    params: params.values,
  };
}

function reachedStatement(
  ctx: RequestContext,
  pipelineId: string,
  source: string | null,
  scope: Scope,
): Statement {
  const params = new Params(ctx.workspaceId);
  const { workspace } = params;
  const pipeline = params.add(pipelineId, 'uuid');
  const where = [`d.workspace_id = ${workspace}`, `d.pipeline_id = ${pipeline}`];
  where.push('d.deleted_at is null', madeIn('d.created_at', scope, params));
  if (scope.ownerIds !== null)
    where.push(`d.owner_id = any(${params.add(scope.ownerIds, 'uuid[]')})`);
  if (source !== null) where.push(`d.source = ${params.add(source, 'text')}`);
  return {
    text: `with d as materialized (
        select d.id, d.stage_id from deals d where ${where.join(' and ')}),
      s as materialized (select * from pipeline_stages s
        where s.workspace_id = ${workspace} and s.pipeline_id = ${pipeline}),
      h as materialized (
        select h.deal_id, h.from_stage_id, h.to_stage_id, h.seconds from d
        join deal_stage_history h on h.workspace_id = ${workspace} and h.deal_id = d.id),
      furthest as (
        select v.deal_id, max(case when s.type = 'won' then 2147483647 else s.position end) as place
        from (select deal_id, to_stage_id as stage_id from h union all select id, stage_id from d) v
        join s on s.id = v.stage_id where s.type <> 'lost' group by 1),
      reached as (select place, count(*) as deals from furthest group by 1),
      ended as (select stage_id, count(*) as deals from d group by 1),
      stays as (select from_stage_id as stage_id, avg(seconds) as seconds from h
        where from_stage_id is not null group by 1)
      select s.id as "stageId", s.key, s.name as stage, s.type,
        case when s.type = 'open'
          then (select coalesce(sum(r.deals), 0) from reached r where r.place >= s.position)
          else (select coalesce(sum(e.deals), 0) from ended e where e.stage_id = s.id) end::bigint
          as deals,
        (select round(t.seconds, 3)::text from stays t where t.stage_id = s.id) as seconds
      from s order by s.position`,
    params: params.values,
  };
}

/** Leads of the scope with the deal they became, as far as the caller may see it. */
function leadsIn(scope: Scope, dealOwner: string | null, params: Params): string {
  const where = [`l.workspace_id = ${params.workspace}`, 'l.deleted_at is null'];
  where.push(madeIn('l.created_at', scope, params));
  if (scope.ownerIds !== null)
    where.push(`l.owner_id = any(${params.add(scope.ownerIds, 'uuid[]')})`);
  const own = dealOwner === null ? '' : ` and d.owner_id = ${params.add(dealOwner, 'uuid')}`;
  return `from leads l left join deals d on d.workspace_id = ${params.workspace}
      and d.id = l.converted_deal_id and d.deleted_at is null${own}
    where ${where.join(' and ')}`;
}

function sourceStatement(ctx: RequestContext, scope: Scope, dealOwner: string | null): Statement {
  const params = new Params(ctx.workspaceId);
  return {
    text: `select l.source, count(*) as leads,
        count(*) filter (where l.status in ('qualified', 'converted')) as qualified,
        count(*) filter (where l.status = 'converted') as converted, count(d.id) as deals,
        count(*) filter (where d.status = 'won') as won,
        count(*) filter (where d.status = 'lost') as lost
      ${leadsIn(scope, dealOwner, params)}
      group by 1 order by 2 desc, 1 limit ${scope.limit + 1}`,
    params: params.values,
  };
}

/** Amounts that were counted in the currency of the report when they were won stay as they are. */
function wonStatement(ctx: RequestContext, scope: Scope, dealOwner: string | null): Statement {
  const params = new Params(ctx.workspaceId);
  const currency = params.add(scope.currency, 'text');
  const isSame = `(d.base_currency = ${currency} and d.amount_in_base is not null) is true`;
  const from = leadsIn(scope, dealOwner, params);
  return {
    text: `select l.source, case when ${isSame} then ${currency} else d.currency end as currency,
        case when not ${isSame} then (d.closed_at at time zone 'UTC')::date end as day,
        count(*) as deals,
        sum(case when ${isSame} then d.amount_in_base else d.amount end)::text as amount
      ${from} and d.status = 'won' and d.amount is not null group by 1, 2, 3`,
    params: params.values,
  };
}
