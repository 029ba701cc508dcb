import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { RecordJson } from '../../platform/http/answers.js';
import type { ColumnValues } from '../../platform/records/field-types.js';
import type { RecordRow } from '../../platform/records/record-row.js';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { WorkloadSources } from '../../platform/records/workload-sources.js';
import type { StageType } from '../pipelines/index.js';
import { DealFields } from './deal.dto.js';
import { DealOrders } from './deal-orders.js';
import { DEAL_RULES } from './deal-rules.js';

/** What the platform needs to know of deals. */
export const DEAL = defineObject({
  object: 'deal',
  plural: 'deals',
  table: 'deals',
  fields: DealFields,
  title: ({ name }) => String(name ?? ''),
  subtitle: ({ stage, amount, currency }) =>
    [amount === null ? '' : `${String(amount)} ${String(currency)}`, stage]
      .filter(Boolean)
      .join(' · '),
  links: [{ table: 'leads', column: 'converted_deal_id', object: 'leads' }],
  duplicateKeys: ['name', 'companyId', 'contactId'],
  actions: {
    moved: 'A deal went to another stage.',
    won: 'A deal was won; `changes.wonReason` says why if that is known.',
    lost: 'A deal was lost; `changes.lostReason` says why.',
    reopened: 'A deal that was won or lost is open again.',
  },
  ...DEAL_RULES,
});

/** A stage of the deal's own pipeline, or of another one. */
interface Goal {
  id: string;
  type: StageType;
}

/** What a deed is called by the type of the stage it leads to. */
const DEEDS = { open: 'moved', won: 'won', lost: 'lost' } as const;

/** Open deals of users; overdue are those that should have been closed before today. */
const OPEN_DEALS = `select owner_id as "userId", count(*) as open,
    count(*) filter (where expected_close_date < ($3::timestamptz at time zone 'UTC')::date) as overdue
  from deals where workspace_id = $1 and owner_id = any($2::uuid[]) and status = 'open'
    and deleted_at is null
  group by owner_id`;

/** Chances to sell: made, moved from stage to stage, won or lost. */
@Injectable()
export class DealsService extends RecordService {
  constructor(
    private readonly kit: RecordKit,
    private readonly dealOrders: DealOrders,
    workloads: WorkloadSources,
  ) {
    super(kit, DEAL);
    workloads.register({ object: 'deals', sql: OPEN_DEALS });
  }

  /** Moves a deal to a stage of any pipeline. @throws Problem 404, 412, 422 when something is missing. */
  async move(
    ctx: RequestContext,
    id: string,
    { stageId, reason }: { stageId: string; reason?: string },
    ifMatch?: number,
  ): Promise<RecordJson> {
    const goal = await this.stage(ctx, stageId);
    return this.actor.act(
      ctx,
      id,
      { name: DEEDS[goal.type], ifMatch, facts: factsOf(reason) },
      () => ({
        values: valuesOf(goal, reason),
      }),
    );
  }

  /**
   * Wins a deal, and makes an order of it when asked to, in the same transaction.
   * @throws Problem 409 when it is won already, and 403, 404, 412, 422.
   */
  async win(
    ctx: RequestContext,
    id: string,
    { reason, createOrder = false }: { reason?: string; createOrder?: boolean } = {},
    ifMatch?: number,
  ): Promise<RecordJson> {
    return this.close(ctx, id, 'won', reason, ifMatch, async (row, tx): Promise<ColumnValues> =>
      createOrder ? { order_id: await this.dealOrders.make({ ...ctx, tx }, row) } : {},
    );
  }

  /** Loses a deal. @throws Problem 409 when it is lost already, and 404, 412, 422. */
  async lose(
    ctx: RequestContext,
    id: string,
    reason: string,
    ifMatch?: number,
  ): Promise<RecordJson> {
    return this.close(ctx, id, 'lost', reason, ifMatch);
  }

  /**
   * Opens a closed deal again.
   * @param stageId an open stage; the last open one it was in when not given.
   * @throws Problem 409 when it is open, and 404, 412, 422.
   */
  async reopen(
    ctx: RequestContext,
    id: string,
    stageId?: string,
    ifMatch?: number,
  ): Promise<RecordJson> {
    const given = stageId === undefined ? undefined : await this.stage(ctx, stageId);
    if (given && given.type !== 'open') {
      const detail = `is a stage of deals that are ${given.type}`;
      throw Problem.validation([{ pointer: '/stageId', code: 'stageType', detail }]);
    }
    return this.actor.act(ctx, id, { name: 'reopened', ifMatch }, async (row, tx) => {
      if (row.values['status'] === 'open') {
        throw illegal('The deal is open.', ['move', 'win', 'lose']);
      }
      return { values: { stage_id: given?.id ?? (await this.lastOpen(tx, ctx, row)) } };
    });
  }

  private close(
    ctx: RequestContext,
    id: string,
    end: 'won' | 'lost',
    reason: string | undefined,
    ifMatch: number | undefined,
    further?: (row: RecordRow, tx: Transaction) => Promise<ColumnValues>,
  ): Promise<RecordJson> {
    const deed = { name: end, ifMatch, facts: factsOf(reason) };
    return this.actor.act(ctx, id, deed, async (row, tx) => {
      if (row.values['status'] === end) {
        throw illegal(`The deal is ${end} already.`, ['reopen', 'move']);
      }
      const goal = await firstStage(tx, ctx, row.values['pipeline_id'], end);
      const more = (await further?.(row, tx)) ?? {};
      return { values: { ...valuesOf({ id: goal, type: end }, reason), ...more } };
    });
  }

  private async stage(ctx: RequestContext, stageId: string): Promise<Goal> {
    const [stage] = await this.kit.database.query<Goal>(
      ctx,
      'select id, type from pipeline_stages where workspace_id = $1 and id = $2',
      [ctx.workspaceId, stageId],
    );
    if (stage) return stage;
    const detail = `there is no stage ${stageId}`;
    throw Problem.validation([{ pointer: '/stageId', code: 'reference', detail }]);
  }

  /** The open stage that the deal was in last, if it is still there; else the first open one. */
  private async lastOpen(tx: Transaction, ctx: RequestContext, row: RecordRow): Promise<string> {
    const [last] = await tx.query<{ id: string }>(
      `select s.id from deal_stage_history h
       join pipeline_stages s on s.workspace_id = h.workspace_id and s.id = h.to_stage_id
       where h.workspace_id = $1 and h.deal_id = $2 and s.type = 'open' and s.pipeline_id = $3
       order by h.entered_at desc, h.id desc limit 1`,
      [ctx.workspaceId, row.id, row.values['pipeline_id']],
    );
    return last?.id ?? firstStage(tx, ctx, row.values['pipeline_id'], 'open');
  }
}

/** Pipelines have a stage of each type: that is checked when they are written. */
async function firstStage(
  tx: Transaction,
  ctx: RequestContext,
  pipelineId: unknown,
  type: StageType,
): Promise<string> {
  const [stage] = await tx.query<{ id: string }>(
    `select id from pipeline_stages where workspace_id = $1 and pipeline_id = $2 and type = $3
     order by position limit 1`,
    [ctx.workspaceId, pipelineId, type],
  );
  if (!stage) throw new Error('A pipeline lacks a stage of a type');
  return stage.id;
}

const factsOf = (reason: string | undefined) => (reason === undefined ? {} : { reason });

/** A reason is kept with the deal where it ends; elsewhere the event tells it. */
function valuesOf({ id, type }: Goal, reason: string | undefined): Record<string, string> {
  if (reason === undefined || type === 'open') return { stage_id: id };
  return { stage_id: id, [type === 'won' ? 'won_reason' : 'lost_reason']: reason };
}

const illegal = (detail: string, allowed: string[]): Problem =>
  new Problem('conflict', detail, { extra: { allowed } });
