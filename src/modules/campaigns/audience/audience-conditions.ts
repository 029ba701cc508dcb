import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { checkCondition, parseWhere } from '../../../common/filter/index.js';
import type { TypedCondition } from '../../../common/filter/index.js';
import { conditionSql } from '../../../platform/records/condition-sql.js';
import { fieldSchema, filterNames } from '../../../platform/records/filter-schema.js';
import type { Params } from '../../../platform/records/params.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import type { Questions } from '../../../platform/records/record-rules.js';
import { CONTACT } from '../../contacts/index.js';
import type { CampaignContent } from '../campaign-content.js';

type Audience = Pick<CampaignContent, 'audienceWhere' | 'segmentIds' | 'excludedSegmentIds'>;

/** SQL of a condition over the contact `r`, given the parameters of its statement. */
export type ConditionSql = (params: Params) => string;

/** Whom a campaign is for, as SQL. */
@Injectable()
export class AudienceConditions {
  constructor(private readonly kit: RecordKit) {}

  /** What is wrong with an audience: fields that contacts have not, segments that there are not. */
  async faults(
    ctx: RequestContext,
    _db: Questions,
    audience: Audience,
    pointer: string,
  ): Promise<FieldError[]> {
    try {
      await this.whereOf(ctx, audience.audienceWhere);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const at = error.errors?.[0]?.pointer.replace(/^\/where/, '') ?? '';
      const code = error.errors?.[0]?.code ?? 'condition';
      return [{ pointer: `${pointer}/audienceWhere${at}`, code, detail: error.detail }];
    }
    return [];
  }

  /**
   * The condition that contacts of the audience fulfil.
   * @throws Problem 400 for a field that there is not any more.
   */
  async of(ctx: RequestContext, audience: Audience): Promise<ConditionSql> {
    const where = await this.whereOf(ctx, audience.audienceWhere);
    return (params) => (where === null ? 'true' : conditionSql(CONTACT, where, params));
  }

  private async whereOf(ctx: RequestContext, where: unknown): Promise<TypedCondition | null> {
    if (where === null) return null;
    const settings = await this.kit.settings.of(ctx, CONTACT, true);
    return checkCondition(parseWhere(where), fieldSchema(CONTACT, settings), {
      fieldNames: () => filterNames(CONTACT, settings),
    });
  }
}
