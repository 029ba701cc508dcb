import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import { utcSql } from '../../platform/records/utc-sql.js';
import type { StageStepDto } from './stage-history.dto.js';
import { DealsService } from './deals.service.js';

/** Where deals have been, and for how long. */
@Injectable()
export class StageHistoryService {
  constructor(
    private readonly database: Database,
    private readonly deals: DealsService,
  ) {}

  /** The steps of a deal, the first one first; at most the last 500. @throws Problem 404. */
  async of(ctx: RequestContext, dealId: string): Promise<StageStepDto[]> {
    await this.deals.reader.get(ctx, dealId, { fields: [] });
    const steps = await this.database.query<StageStepDto>(
      ctx,
      `select h.id, h.from_stage_id as "fromStageId", h.from_stage as "fromStage",
         h.to_stage_id as "toStageId", h.to_stage as "toStage",
         ${utcSql('h.entered_at')} as at, h.by_user_id as "byUserId",
         h.seconds as "secondsInFromStage"
       from deal_stage_history h where h.workspace_id = $1 and h.deal_id = $2
       order by h.entered_at desc, h.id desc limit 500`,
      [ctx.workspaceId, dealId],
    );
    return steps.reverse();
  }
}
