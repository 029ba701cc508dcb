import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { jsonSql } from '../../platform/records/record-json.js';
import { DEAL } from './deals.service.js';

/** What deals of one stage and currency add up to. */
export interface StageTotal {
  stageId: string;
  currency: string;
  deals: number;
  /** Exact decimals, in that currency. */
  amount: string;
  weighted: string;
}

export interface BoardStage {
  id: string;
  key: string;
  name: string;
  type: string;
  probability: number;
  rottingDays: number | null;
}

/** A deal of a board, as the JSON of the API. */
export interface BoardDeal {
  stageId: string;
  id: string;
  enteredAt: string;
  json: string;
}

export interface BoardRows {
  base: string;
  stages: BoardStage[];
  totals: StageTotal[];
  deals: BoardDeal[];
}

/** SQL of boards: everything of one in a single round trip, however many deals there are. */
@Injectable()
export class BoardRepository {
  constructor(private readonly database: Database) {}

  /**
   * @param ownerId whose deals; null for all of them.
   * @param limit deals of each stage; one more is read, to know whether there are more.
   */
  async read(
    ctx: RequestContext,
    pipelineId: string,
    ownerId: string | null,
    limit: number,
  ): Promise<BoardRows> {
    const [workspaces, stages, totals, deals] = await this.database.run(ctx, [
      {
        text: 'select default_currency as base from workspaces where id = $1',
        params: [ctx.workspaceId],
      },
      {
        text: `select id, key, name, type, probability, rotting_days as "rottingDays"
          from pipeline_stages where workspace_id = $1 and pipeline_id = $2 order by position`,
        params: [ctx.workspaceId, pipelineId],
      },
      ownerId === null ? allTotals(ctx, pipelineId) : ownTotals(ctx, pipelineId, ownerId),
      firstDeals(ctx, pipelineId, ownerId, limit + 1),
    ]);
    return {
      base: workspaces?.rows[0]?.['base'] as string,
      stages: (stages?.rows ?? []) as unknown as BoardStage[],
      totals: (totals?.rows ?? []) as unknown as StageTotal[],
      deals: (deals?.rows ?? []) as unknown as BoardDeal[],
    };
  }
}

/** From the sums that each write adds to. */
const allTotals = (ctx: RequestContext, pipelineId: string): Statement => ({
  text: `select stage_id as "stageId", currency, sum(deals)::bigint as deals,
      sum(amount)::text as amount, sum(weighted)::text as weighted
    from deal_totals where workspace_id = $1 and pipeline_id = $2
    group by stage_id, currency having sum(deals) > 0 order by stage_id, currency`,
  params: [ctx.workspaceId, pipelineId],
});

/** Deals of one person are few: they are added up as they are, from their index alone. */
const ownTotals = (ctx: RequestContext, pipelineId: string, ownerId: string): Statement => ({
  text: `select stage_id as "stageId", currency, count(*) as deals,
      coalesce(sum(amount), 0)::text as amount,
      trim_scale(coalesce(sum(amount * probability), 0) / 100)::text as weighted
    from deals where workspace_id = $1 and owner_id = $3 and deleted_at is null
      and stage_id = any(array(select s.id from pipeline_stages s
        where s.workspace_id = $1 and s.pipeline_id = $2))
    group by stage_id, currency order by stage_id, currency`,
  params: [ctx.workspaceId, pipelineId, ownerId],
});

function firstDeals(
  ctx: RequestContext,
  pipelineId: string,
  ownerId: string | null,
  limit: number,
): Statement {
  const own = ownerId === null ? '' : 'and r.owner_id = $4';
  return {
    text: `select s.id as "stageId", d.id, d.entered as "enteredAt", d.json
      from pipeline_stages s cross join lateral (
        select r.id, r.stage_entered_at as entered, ${jsonSql(DEAL)} as json from deals r
        where r.workspace_id = $1 and r.stage_id = s.id and r.deleted_at is null ${own}
        order by r.stage_entered_at desc, r.id desc limit $3) d
      where s.workspace_id = $1 and s.pipeline_id = $2
      order by s.position, d.entered desc, d.id desc`,
    params: [ctx.workspaceId, pipelineId, limit, ...(ownerId === null ? [] : [ownerId])],
  };
}
