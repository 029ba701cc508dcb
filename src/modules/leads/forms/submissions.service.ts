import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { PageJson } from '../../../platform/http/answers.js';
import { idPage, readIdPage } from '../../../platform/http/id-page.js';
import { LeadFormsService } from './lead-forms.service.js';
import { LeadIntake, shown } from './lead-intake.js';
import { SUBMISSION_STATUSES } from './submission.dto.js';
import type { SubmissionDto } from './submission.dto.js';
import { SubmissionsRepository } from './submissions.repository.js';

/** What came through forms, and what was kept apart of it. */
@Injectable()
export class SubmissionsService {
  constructor(
    private readonly database: Database,
    private readonly forms: LeadFormsService,
    private readonly submissions: SubmissionsRepository,
    private readonly intake: LeadIntake,
  ) {}

  /** A page, the newest first. @throws Problem 400, 404. */
  async list(
    ctx: RequestContext,
    formId: string,
    { status, ...rest }: Record<string, unknown>,
  ): Promise<PageJson> {
    const wanted = SUBMISSION_STATUSES.find((known) => known === status);
    if (status !== undefined && wanted === undefined) {
      const detail = `status must be one of ${SUBMISSION_STATUSES.join(', ')}.`;
      throw new Problem('invalid-parameter', detail);
    }
    const page = readIdPage(rest);
    await this.forms.get(ctx, formId);
    return idPage(await this.submissions.find(ctx, formId, wanted ?? null, page), page);
  }

  /** Lets spam through after all: as a lead, or a message of an open one. @throws Problem 403, 404, 409, 422. */
  async release(ctx: RequestContext, formId: string, id: string): Promise<SubmissionDto> {
    if (!ctx.grants.has('lead:create')) {
      throw new Problem('forbidden', 'You need the permission lead:create.');
    }
    const form = await this.forms.get(ctx, formId);
    return this.database.transaction(ctx, async (tx) => {
      const { values, receivedAt: at, ip, origin } = await this.spam(tx, ctx, formId, id);
      const sending = { at, ip, origin };
      const { leadId } = await this.intake.take(tx, ctx, form, shown(values), sending);
      return this.submissions.release(tx, ctx, id, leadId);
    });
  }

  /** Removes spam for good. @throws Problem 404, 409 for what is not spam. */
  async remove(ctx: RequestContext, formId: string, id: string): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      await this.spam(tx, ctx, formId, id);
      await this.submissions.remove(tx, ctx.workspaceId, id);
    });
  }

  private async spam(
    tx: Transaction,
    ctx: RequestContext,
    formId: string,
    id: string,
  ): Promise<SubmissionDto> {
    const found = await this.submissions.lock(tx, ctx.workspaceId, formId, id);
    if (!found) throw Problem.notFound('submission', id);
    if (found.status === 'spam') return found;
    const { status, leadId } = found;
    throw new Problem('conflict', `The submission is ${status}.`, {
      extra: { submissionStatus: status, leadId },
    });
  }
}
