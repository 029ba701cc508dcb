import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { parseWhere } from '../../common/filter/index.js';
import type { Condition } from '../../common/filter/index.js';
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
    const parsed = parseWhere(where);
    const { count, isExact } = await this.count(ctx, definition, parsed);
    const page = await new RecordReader(this.kit, definition).page(ctx, {
      ...{ limit: SHOWN, sort: [], include: [], count: 'none', deleted: false },
      ...{ where: parsed, relations: true },
    });
    // The records are JSON already: what follows them is the page's end.
    const data = page.json.slice('{"data":'.length, page.json.lastIndexOf(',"page":'));
    return `{"count":${count},"countIsExact":${String(isExact)},"data":${data}}`;
  }

  private async count(
    ctx: RequestContext,
    definition: ObjectDefinition,
    where: Condition,
  ): Promise<{ count: number; isExact: boolean }> {
    const { condition } = await checkAcross(this.kit, ctx, definition, where, true);
    const fulfils = (params: Params): string => conditionSql(definition, condition, params);
    const reach = reachCondition(ctx, definition);
    const conditions = reach ? [fulfils, reach] : [fulfils];
    const { workspaceId } = ctx;
    const statements = this.members.counts(workspaceId, definition, conditions, EXACT);
    const [counted, planned] = await this.database.run(ctx, statements);
    const count = Number(counted?.rows[0]?.['count'] ?? 0);
    if (count <= EXACT) return { count, isExact: true };
    return { count: Math.max(count, estimateOf(planned?.rows[0])), isExact: false };
  }
}

function estimateOf(row: Record<string, unknown> | undefined): number {
  const text = row?.['QUERY PLAN'];
  const [plan] = (typeof text === 'string' ? JSON.parse(text) : text) as [
    { Plan: { 'Plan Rows': number } },
  ];
  return plan.Plan['Plan Rows'];
}
