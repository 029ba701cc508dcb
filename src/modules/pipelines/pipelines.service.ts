import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { Database } from '../../platform/database/database.js';
import type { RecordJson } from '../../platform/http/answers.js';
import { defineObject } from '../../platform/records/object-definition.js';
import type { Batch } from '../../platform/records/record-batch.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { PipelineFields } from './pipeline.dto.js';
import { PIPELINE_RULES, STAGE_IN_USE } from './pipeline-rules.js';

/** What the platform needs to know of pipelines. */
export const PIPELINE = defineObject({
  object: 'pipeline',
  plural: 'pipelines',
  table: 'pipelines',
  fields: PipelineFields,
  title: ({ name }) => String(name ?? ''),
  subtitle: ({ description }) => String(description ?? '').slice(0, 100),
  links: [],
  duplicateKeys: ['name'],
  ...PIPELINE_RULES,
});

/** The ways deals go, stage by stage. */
@Injectable()
export class PipelinesService extends RecordService {
  constructor(
    kit: RecordKit,
    private readonly database: Database,
  ) {
    super(kit, PIPELINE);
  }

  /** Changes one pipeline. @throws Problem 409 when a stage that would go has deals, and 404, 412, 422. */
  async change(
    ctx: RequestContext,
    id: string,
    body: unknown,
    ifMatch: number | undefined,
  ): Promise<RecordJson> {
    try {
      return await this.updater.one(ctx, id, body, ifMatch);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const used = error.errors?.find(({ code }) => code === STAGE_IN_USE);
      throw used ? new Problem('conflict', used.detail, { errors: error.errors }) : error;
    }
  }

  /** To the bin, or for good. @throws Problem 409 for the default one and one that has deals. */
  override async remove(
    ctx: RequestContext,
    id: string,
    purge: boolean,
    ifMatch: number | undefined,
  ): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      await this.assertUnused({ ...ctx, tx }, id);
      await super.remove({ ...ctx, tx }, id, purge, ifMatch);
    });
  }

  override batch(ctx: RequestContext, batch: Batch): Promise<{ json: string; failed: number }> {
    if (batch.operation !== 'delete') return super.batch(ctx, batch);
    const detail = 'must not be delete: remove pipelines one by one, each once it has no deals';
    throw Problem.validation([{ pointer: '/operation', code: 'isIn', detail }]);
  }

  private async assertUnused(ctx: RequestContext, id: string): Promise<void> {
    const [found] = await this.database.query<{ isDefault: boolean; deals: number }>(
      ctx,
      `select is_default as "isDefault", (select count(*) from deals d
          where d.workspace_id = p.workspace_id and d.pipeline_id = p.id) as deals
        from pipelines p where workspace_id = $1 and id = $2 and deleted_at is null for update`,
      [ctx.workspaceId, id],
    );
    if (found?.isDefault) {
      throw new Problem('conflict', 'It is the default pipeline. Make another one the default.');
    }
    if (!found || found.deals === 0) return;
    const detail = `The pipeline has ${found.deals} deals. Move them to another one first.`;
    throw new Problem('conflict', detail, { extra: { deals: found.deals } });
  }
}
