import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { Database } from '../../platform/database/database.js';
import type { MovedDealsDto } from './board.dto.js';
import { DealsService } from './deals.service.js';

/** Deals moved by one transaction, and by one request. */
const PORTION = 500;
const MOST = 10_000;

/** Moves all deals of a stage to another, so that the stage can be removed. */
@Injectable()
export class StageClearingService {
  constructor(
    private readonly database: Database,
    private readonly deals: DealsService,
  ) {}

  /**
   * Moves up to 10,000 deals by the rules of any move; those in the bin as well.
   * @throws Problem 404 for the stage, 422 for a stage to move to that there is not.
   */
  async clear(
    ctx: RequestContext,
    pipelineId: string,
    stageId: string,
    { to, reason }: { to: string; reason?: string },
  ): Promise<MovedDealsDto> {
    const type = await this.typeOf(ctx, pipelineId, stageId, to);
    const told = reason === undefined || type === 'open' ? {} : { [`${type}Reason`]: reason };
    let [moved, refused] = [0, 0];
    let after = '00000000-0000-0000-0000-000000000000';
    while (moved + refused < MOST) {
      const ids = await this.portion(ctx, stageId, after);
      const last = ids.at(-1);
      if (last === undefined) break;
      after = last;
      const records = ids.map((id) => ({ id, stageId: to, ...told }));
      const outcomes = await this.deals.batches.run(ctx, { operation: 'update', records });
      const done = [...outcomes.values()].filter(({ status }) => status === 200).length;
      moved += done;
      refused += ids.length - done;
    }
    const binned = await this.moveBinned(ctx, stageId, to);
    const remaining = await this.count(ctx, stageId);
    return { moved: moved + binned, refused, remaining };
  }

  private async typeOf(
    ctx: RequestContext,
    pipelineId: string,
    stageId: string,
    to: string,
  ): Promise<string> {
    const stages = await this.database.query<{ id: string; type: string; pipelineId: string }>(
      ctx,
      `select id, type, pipeline_id as "pipelineId" from pipeline_stages
       where workspace_id = $1 and id = any($2::uuid[])`,
      [ctx.workspaceId, [stageId, to]],
    );
    const from = stages.find(({ id }) => id === stageId);
    if (from?.pipelineId !== pipelineId) throw Problem.notFound('stage', stageId);
    const goal = stages.find(({ id }) => id === to.toLowerCase());
    if (goal && goal.id !== stageId) return goal.type;
    const detail = goal ? 'is the stage itself' : `there is no stage ${to}`;
    throw Problem.validation([{ pointer: '/to', code: 'reference', detail }]);
  }

  private async portion(ctx: RequestContext, stageId: string, after: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      ctx,
      `select id from deals where workspace_id = $1 and stage_id = $2 and deleted_at is null
         and id > $3 order by id limit ${PORTION}`,
      [ctx.workspaceId, stageId, after],
    );
    return rows.map(({ id }) => id);
  }

  /** What is in the bin has no rules to keep until it comes back, but it must have a stage. */
  private async moveBinned(ctx: RequestContext, stageId: string, to: string): Promise<number> {
    const rows = await this.database.query(
      ctx,
      `update deals d set stage_id = s.id, stage = s.key, pipeline_id = s.pipeline_id,
         status = s.type, probability = s.probability, forecast_category = s.forecast_category,
         closed_at = case when s.type = 'open' then null else coalesce(d.closed_at, now()) end,
         version = d.version + 1, updated_at = now(), updated_by = $4
       from pipeline_stages s
       where d.workspace_id = $1 and d.stage_id = $2 and d.deleted_at is not null
         and s.workspace_id = $1 and s.id = $3 returning d.id`,
      [ctx.workspaceId, stageId, to, ctx.principal.userId],
    );
    return rows.length;
  }

  private async count(ctx: RequestContext, stageId: string): Promise<number> {
    const [row] = await this.database.query<{ deals: number }>(
      ctx,
      'select count(*) as deals from deals where workspace_id = $1 and stage_id = $2',
      [ctx.workspaceId, stageId],
    );
    return row?.deals ?? 0;
  }
}
