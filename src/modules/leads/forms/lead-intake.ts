import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { normalizeEmail } from '../../../common/values/email.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { AvailabilityService } from '../../users/index.js';
import { LeadsService } from '../leads.service.js';
import { EXTRAS, leadBodyOf } from './form-fields.js';
import type { Sent } from './form-fields.js';
import { LeadConsentsRepository } from './lead-consents.repository.js';
import type { LeadFormDto } from './lead-form.dto.js';
import { SubmissionsRepository } from './submissions.repository.js';

/** When and from where a form was sent. */
export interface Sending {
  /** RFC 3339. */
  at: string;
  ip: string | null;
  origin: string | null;
}

/** What became of a submission that was let in. */
export interface Intake {
  leadId: string;
  status: 'accepted' | 'folded';
}

/** The address of a submission, as leads have it; null without one that can be read. */
export function addressOf(sent: Sent): string | null {
  return normalizeEmail(sent['email']).value ?? null;
}

/** Makes leads of what came through forms. */
@Injectable()
export class LeadIntake {
  constructor(
    private readonly leads: LeadsService,
    private readonly availability: AvailabilityService,
    private readonly submissions: SubmissionsRepository,
    private readonly consents: LeadConsentsRepository,
  ) {}

  /**
   * Makes a lead, or adds a message to the open one of the same address. What is stored is what
   * was sent: a stranger changes nothing of a lead that is there.
   * @param sent flat members that fit the form.
   * @throws Problem 422 for values that a lead cannot have.
   */
  async take(
    tx: Transaction,
    ctx: RequestContext,
    form: LeadFormDto,
    sent: Sent,
    sending: Sending,
  ): Promise<Intake> {
    const intake = await this.leadOf(tx, ctx, form, sent, sending.at);
    const email = addressOf(sent);
    if (form.consentText !== null && email !== null) {
      const { id: formId, consentText: text, consentPurpose: purpose } = form;
      const { at: givenAt, ip, origin } = sending;
      const given = { ...intake, formId, text, purpose, email, givenAt, ip, origin };
      await this.consents.insert(tx, ctx.workspaceId, given);
    }
    return intake;
  }

  private async leadOf(
    tx: Transaction,
    ctx: RequestContext,
    form: LeadFormDto,
    sent: Sent,
    at: string,
  ): Promise<Intake> {
    const inner = { ...ctx, tx };
    const email = addressOf(sent);
    const open = email && (await this.submissions.openLeadOf(tx, ctx.workspaceId, email));
    if (open) {
      const facts = { formId: form.id, message: sent['message'] ?? null, values: shown(sent) };
      await this.leads.actor.act(inner, open, { name: 'enquired', facts }, () => ({}));
      return { leadId: open, status: 'folded' };
    }
    const given = shown(sent);
    const body = { ...leadBodyOf(given), ...(form.tags.length > 0 ? { tags: form.tags } : {}) };
    const { id } = await this.leads.creator.one(inner, body, {
      values: {
        source: form.source,
        campaign: form.campaign,
        consent_text: form.consentText,
        consent_at: form.consentText === null ? null : at,
      },
      ownerId: await this.ownerOf(inner, form.ownerId),
    });
    return { leadId: id, status: 'accepted' };
  }

  /** The form's own person, or their stand-in; undefined leaves it to the rules. */
  private async ownerOf(ctx: RequestContext, ownerId: string | null): Promise<string | undefined> {
    if (ownerId === null) return undefined;
    const found = (await this.availability.availabilityOf(ctx, [ownerId])).get(ownerId);
    if (!found || found.status === 'inactive') return undefined;
    return found.status === 'outOfOffice' ? (found.standIn?.id ?? ownerId) : ownerId;
  }
}

/** The form's own fields of what was sent. */
export function shown(sent: Sent): Sent {
  return Object.fromEntries(Object.entries(sent).filter(([name]) => !EXTRAS.includes(name)));
}
