import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { Database } from '../../platform/database/database.js';
import type { RecordJson } from '../../platform/http/answers.js';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { SegmentConditions } from './segment-conditions.js';
import { fillAnew, segmentRules } from './segment-rules.js';
import { SegmentFields } from './segment.dto.js';

/** What the platform needs to know of segments, but for the check of their conditions. */
export const SEGMENT = defineObject({
  object: 'segment',
  plural: 'segments',
  table: 'segments',
  fields: SegmentFields,
  title: ({ name }) => String(name ?? ''),
  subtitle: ({ description }) => String(description ?? '').slice(0, 100),
  links: [],
  duplicateKeys: ['name'],
  actions: { refreshed: 'All records are being looked through for the segment again.' },
});

/** Sets of records, chosen by hand or by a condition. */
@Injectable()
export class SegmentsService extends RecordService {
  constructor(
    kit: RecordKit,
    conditions: SegmentConditions,
    private readonly database: Database,
  ) {
    super(kit, { ...SEGMENT, ...segmentRules(conditions) });
  }

  /** Brings a segment back; who belongs to a dynamic one is found out anew. */
  restore(ctx: RequestContext, id: string): Promise<RecordJson> {
    return this.database.transaction(ctx, async (tx) => {
      const within = { ...ctx, tx };
      await this.remover.restore(within, id);
      await tx.run([
        {
          text: `update segments set status = 'filling', progress = 0, error = null
            where workspace_id = $1 and id = $2 and kind = 'dynamic'`,
          params: [ctx.workspaceId, id],
        },
        fillAnew(ctx.workspaceId, [id]),
      ]);
      return this.reader.get(within, id);
    });
  }

  /**
   * Has all records looked through again, such as after a custom property came back.
   * @throws Problem 404, 409 for a static segment.
   */
  refresh(ctx: RequestContext, id: string): Promise<RecordJson> {
    return this.actor.act(ctx, id, { name: 'refreshed' }, async ({ values }, tx) => {
      if (values['kind'] !== 'dynamic') {
        throw new Problem('conflict', 'A static segment has the members that were added to it.');
      }
      await tx.run([fillAnew(ctx.workspaceId, [id])]);
      return { values: { status: 'filling', progress: 0, error: null } };
    });
  }
}
