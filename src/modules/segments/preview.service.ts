import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { parseWhere } from '../../common/filter/index.js';
import { Database } from '../../platform/database/database.js';
import { conditionSql } from '../../platform/records/condition-sql.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import type { Params } from '../../platform/records/params.js';
import { reachCondition } from '../../platform/records/reach.js';
import { checkAcross } from '../../platform/records/record-conditions.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordReader } from '../../platform/records/record-reader.js';
import { MembersRepository } from './members.repository.js';
import { SegmentConditions } from './segment-conditions.js';
import type { SegmentPreviewInput } from './segment.dto.js';

/** Records up to which a preview counts exactly. */
export const EXACT = 10_000;
const SHOWN = 20;

/** Tells, before a segment is made, whom it would hold. */
@Injectable()
export class PreviewService {
  constructor(
    private readonly database: Database,
    private readonly kit: RecordKit,
    private readonly conditions: SegmentConditions,
    private readonly members: MembersRepository,
  ) {}

  /**
   * How many records that the caller may read fulfil a condition, and the newest of them, as JSON.
   * @throws Problem 400 for a condition that cannot be read, 403.
   */
  async of(ctx: RequestContext, { object, where }: SegmentPreviewInput): Promise<string> {
    const definition = this.conditions.definitionOf(object);
    if (!ctx.grants.has(`${definition.object}:read`)) {
      throw new Problem('forbidden', `You need the permission ${definition.object}:read.`);
    }
    const fulfils = await this.conditionsOf(ctx, definition, where);
    const { workspaceId } = ctx;
    const statement = this.members.newest(workspaceId, definition, fulfils, EXACT, SHOWN);
    const [found] = await this.database.run(ctx, [statement]);
    const { count, ids } = found?.rows[0] as unknown as { count: number; ids: string[] };
    if (count > EXACT) {
      const estimate = await this.estimate(ctx, definition, fulfils);
      const shown = await this.shown(ctx, definition, (params) => joined(fulfils, params));
      return `{"count":${Math.max(count, estimate)},"countIsExact":false,"data":${shown}}`;
    }
    const among: Condition = (params) => `r.id = any(${params.add(ids, 'uuid[]')})`;
    const data = await this.shown(ctx, definition, among);
    return `{"count":${count},"countIsExact":true,"data":${data}}`;
  }

  private async conditionsOf(
    ctx: RequestContext,
    definition: ObjectDefinition,
    where: object,
  ): Promise<Condition[]> {
    const { condition } = await checkAcross(this.kit, ctx, definition, parseWhere(where), true);
    const reach = reachCondition(ctx, definition);
    const fulfils: Condition = (params) => conditionSql(definition, condition, params);
    return reach ? [fulfils, reach] : [fulfils];
  }

  /** The newest records that fulfil it, as a JSON list. */
  private async shown(
    ctx: RequestContext,
    definition: ObjectDefinition,
    among: Condition,
  ): Promise<string> {
    const reader = new RecordReader(this.kit, definition);
    const query = { limit: SHOWN, sort: [], include: [], count: 'none', deleted: false } as const;
    const { json } = await reader.page(ctx, { ...query, sort: [], include: [] }, among);
    return json.slice('{"data":'.length, json.lastIndexOf(',"page":'));
  }

  private async estimate(
    ctx: RequestContext,
    definition: ObjectDefinition,
    fulfils: readonly Condition[],
  ): Promise<number> {
    const statement = this.members.planned(ctx.workspaceId, definition, fulfils);
    const [planned] = await this.database.run(ctx, [statement]);
    return estimateOf(planned?.rows[0]);
  }
}

type Condition = (params: Params) => string;

const joined = (conditions: readonly Condition[], params: Params): string =>
  conditions.map((condition) => condition(params)).join(' and ');

function estimateOf(row: Record<string, unknown> | undefined): number {
  const text = row?.['QUERY PLAN'];
  const [plan] = (typeof text === 'string' ? JSON.parse(text) : text) as [
    { Plan: { 'Plan Rows': number } },
  ];
  return plan.Plan['Plan Rows'];
}
