import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { parseWhere } from '../../../common/filter/index.js';
import type { TypedCondition } from '../../../common/filter/index.js';
import { isUuid } from '../../../common/uuid.js';
import { conditionSql } from '../../../platform/records/condition-sql.js';
import type { Params } from '../../../platform/records/params.js';
import { checkAcross } from '../../../platform/records/record-conditions.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import { CONTACT } from '../../contacts/index.js';
import { SegmentSnapshots } from '../../segments/index.js';
import type { CampaignContent } from '../campaign-content.js';

type Audience = Pick<CampaignContent, 'audienceWhere' | 'segmentIds' | 'excludedSegmentIds'>;

/** SQL of a condition over the contact `r`, given the parameters of its statement. */
export type ConditionSql = (params: Params) => string;

const PARTS = ['segmentIds', 'excludedSegmentIds'] as const;

/** Whom a campaign is for, as SQL. */
@Injectable()
export class AudienceConditions {
  constructor(
    private readonly kit: RecordKit,
    private readonly segments: SegmentSnapshots,
  ) {}

  /**
   * What is wrong with an audience: fields that contacts have not, segments that there are not.
   * @throws Problem 403 for related records that the caller may not read.
   */
  async faults(ctx: RequestContext, audience: Audience, pointer: string): Promise<FieldError[]> {
    const errors = await this.whereFaults(ctx, audience.audienceWhere, `${pointer}/audienceWhere`);
    for (const part of PARTS) {
      for (const [index, id] of audience[part].entries()) {
        const detail = await this.segmentFault(ctx, id);
        const at = `${pointer}/${part}/${index}`;
        if (detail !== undefined) errors.push({ pointer: at, code: 'reference', detail });
      }
    }
    return errors;
  }

  private async whereFaults(
    ctx: RequestContext,
    where: unknown,
    pointer: string,
  ): Promise<FieldError[]> {
    try {
      await this.whereOf(ctx, where);
      return [];
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'invalid-filter') throw error;
      const [fault] = error.errors ?? [];
      const at = fault?.pointer.replace(/^\/where/, '') ?? '';
      return [{ pointer: pointer + at, code: fault?.code ?? 'condition', detail: error.detail }];
    }
  }

  private async segmentFault(ctx: RequestContext, id: string): Promise<string | undefined> {
    const head = isUuid(id) ? await this.segments.find(ctx, id) : null;
    if (head?.object === 'contacts') return undefined;
    return head ? 'is a segment of other records' : `there is no segment ${id}`;
  }

  /** @throws Problem 409 while a segment of the audience is not filled. */
  async assertReady(ctx: RequestContext, audience: Audience): Promise<void> {
    for (const id of PARTS.flatMap((part) => audience[part])) {
      const head = await this.segments.find(ctx, id);
      if (head?.status === 'current') continue;
      const state = head ? `${head.name} is ${head.status}` : `${id} is in the bin`;
      const detail = `The segment ${state}. Wait until it is current, or take it out.`;
      throw new Problem('conflict', detail, { extra: { segmentId: id } });
    }
  }

  /**
   * The condition that contacts of the audience fulfil.
   * @throws Problem 400 for a field that there is not any more.
   */
  async of(ctx: RequestContext, audience: Audience): Promise<ConditionSql> {
    const { audienceWhere, segmentIds, excludedSegmentIds } = audience;
    const where = await this.whereOf(ctx, audienceWhere);
    const parts: ConditionSql[] = [];
    if (where !== null) parts.push((params) => conditionSql(CONTACT, where, params));
    if (segmentIds.length > 0) parts.push(this.segments.belongs(segmentIds));
    // Nobody is meant by an audience of nothing.
    if (parts.length === 0) parts.push(() => 'false');
    if (excludedSegmentIds.length > 0) {
      const belongs = this.segments.belongs(excludedSegmentIds);
      parts.push((params) => `not ${belongs(params)}`);
    }
    return (params) => `(${parts.map((part) => part(params)).join(' and ')})`;
  }

  private async whereOf(ctx: RequestContext, where: unknown): Promise<TypedCondition | null> {
    if (where === null) return null;
    const parsed = parseWhere(where);
    return (await checkAcross(this.kit, ctx, CONTACT, parsed, true)).condition;
  }
}
