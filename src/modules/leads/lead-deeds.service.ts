import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { RecordJson } from '../../platform/http/answers.js';
import type { RecordRow } from '../../platform/records/record-row.js';
import { AvailabilityService } from '../users/index.js';
import { LeadAssigner } from './assignment/lead-assigner.js';
import type { AssignLeadDto } from './lead-deeds.dto.js';
import { isOpen } from './lead-state.js';
import { LEAD, LeadsService } from './leads.service.js';

/** What is done to a lead besides changing it. */
@Injectable()
export class LeadDeedsService {
  constructor(
    private readonly leads: LeadsService,
    private readonly assigner: LeadAssigner,
    private readonly availability: AvailabilityService,
  ) {}

  /** Gives an open lead up. @throws Problem 403, 404, 409 unless it is open, 412. */
  disqualify(
    ctx: RequestContext,
    id: string,
    reason: string,
    ifMatch?: number,
  ): Promise<RecordJson> {
    const deed = { name: 'disqualified', ifMatch, facts: { reason: [null, reason] } };
    return this.leads.actor.act(ctx, id, deed, (row) => {
      if (!isOpen(row.values['status'])) throw illegal(row);
      return { values: { status: 'disqualified', disqualified_reason: reason } };
    });
  }

  /** Takes a disqualified lead up again. @throws Problem 403, 404, 409 for any other, 412. */
  requalify(ctx: RequestContext, id: string, ifMatch?: number): Promise<RecordJson> {
    return this.leads.actor.act(ctx, id, { name: 'requalified', ifMatch }, (row) => {
      if (row.values['status'] !== 'disqualified') throw illegal(row);
      return { values: { status: 'working', disqualified_reason: null } };
    });
  }

  /**
   * Gives an open lead to somebody, or to whom the rules choose.
   * @throws Problem 403, 404, 409 unless it is open or where no rule has anybody, 412, 422.
   */
  async assign(
    ctx: RequestContext,
    id: string,
    to: AssignLeadDto,
    ifMatch?: number,
  ): Promise<RecordJson> {
    if ((to.ownerId === undefined) === (to.rule === undefined)) {
      const detail = 'must be given, or rule: true, but not both';
      throw Problem.validation([{ pointer: '/ownerId', code: 'choice', detail }]);
    }
    return this.leads.actor.act(ctx, id, { name: 'assigned', ifMatch }, async (row, tx) => {
      if (!isOpen(row.values['status'])) throw illegal(row);
      const at = { assigned_at: new Date().toISOString() };
      if (to.ownerId !== undefined) {
        const ownerId = to.ownerId.toLowerCase();
        await this.assertActive({ ...ctx, tx }, ownerId);
        return { ownerId, values: { ...at, assigned_by: null } };
      }
      const [chosen] = await this.assigner.choose(LEAD, tx, { ...ctx, tx }, [row]);
      if (!chosen) {
        throw new Problem('conflict', 'No assignment rule fits the lead and has somebody there.');
      }
      return { ownerId: chosen.ownerId, values: { ...at, assigned_by: chosen.ruleId } };
    });
  }

  private async assertActive(ctx: RequestContext, userId: string): Promise<void> {
    const found = (await this.availability.availabilityOf(ctx, [userId])).get(userId);
    if (found && found.status !== 'inactive') return;
    const detail = found ? 'is not active' : `there is no user ${userId}`;
    throw Problem.validation([{ pointer: '/ownerId', code: 'reference', detail }]);
  }
}

const ALLOWED: Record<string, string[]> = {
  disqualified: ['requalify'],
  converted: [],
};

function illegal({ values }: RecordRow): Problem {
  const status = String(values['status']);
  const allowed = ALLOWED[status] ?? ['disqualify', 'assign', 'convert'];
  return new Problem('conflict', `The lead is ${status}.`, {
    extra: { leadStatus: status, allowed },
  });
}
