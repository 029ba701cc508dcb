import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { RecordJson } from '../../../platform/http/answers.js';
import type { RecordRow } from '../../../platform/records/record-row.js';
import { COMPANY } from '../../companies/index.js';
import { FormConsents } from '../../consent/index.js';
import { CONTACT } from '../../contacts/index.js';
import { LeadConsentsRepository } from '../forms/lead-consents.repository.js';
import { LeadsService } from '../leads.service.js';
import type { ConversionDto, ConvertedPartDto } from './conversion.dto.js';
import { ambiguousPart, partOf } from './conversion-parts.js';
import { ConversionPlanner } from './conversion-planner.js';
import type { ConversionPlan } from './conversion-planner.js';
import { readConversion } from './conversion-request.js';
import type { ConversionRequest } from './conversion-request.js';
import { ConversionRepository } from './conversion.repository.js';
import { ConversionWriter } from './conversion-writer.js';

/** What a conversion answers, with the lead as PostgreSQL wrote it. */
export interface Conversion extends Omit<ConversionDto, 'lead'> {
  lead: RecordJson | null;
}

type Parts = Pick<Conversion, 'contact' | 'company' | 'deal'>;

/** Ends a dry run: all that was done is taken back. */
class DryRun extends Error {
  constructor(readonly result: Parts) {
    super('A dry run ends here');
  }
}

/** Turns leads into contacts, with their companies and deals: all of it, or nothing. */
@Injectable()
export class ConversionService {
  constructor(
    private readonly database: Database,
    private readonly leads: LeadsService,
    private readonly planner: ConversionPlanner,
    private readonly writer: ConversionWriter,
    private readonly repository: ConversionRepository,
    private readonly given: LeadConsentsRepository,
    private readonly consents: FormConsents,
  ) {}

  /**
   * Converts a lead in one transaction. A dry run does all of it and takes it back, so that what
   * it reports is what would happen; where several records could be meant, it names them.
   * @throws Problem 403, 404, 409 for a lead that is converted (with the ids), disqualified, or
   * ambiguous (with the candidates), 412, 422 for what a part refuses.
   */
  async convert(
    ctx: RequestContext,
    id: string,
    body: unknown,
    ifMatch: number | undefined,
  ): Promise<Conversion> {
    const request = readConversion(body);
    try {
      return await this.database.transaction(ctx, async (tx) => {
        const convert = () => this.perform(tx, ctx, id, request, ifMatch);
        return request.dryRun ? await tx.savepoint(convert) : await convert();
      });
    } catch (error) {
      if (error instanceof DryRun) return { dryRun: true, lead: null, ...error.result };
      throw error;
    }
  }

  private async perform(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
    request: ConversionRequest,
    ifMatch: number | undefined,
  ): Promise<Conversion> {
    const inner = { ...ctx, tx };
    let parts: Parts | undefined;
    const lead = await this.leads.actor.act(
      inner,
      id,
      { name: 'converted', ifMatch },
      async (row) => {
        assertConvertible(row);
        const plan = await this.planner.plan(inner, row, request);
        assertClear(plan, request);
        parts = await this.write(inner, row, plan, request);
        await this.carryConsent(tx, ctx, id, parts.contact.id);
        return { values: valuesOf(parts) };
      },
    );
    const done = parts as unknown as Parts;
    if (request.dryRun) throw new DryRun(withoutNewIds(done));
    const ids = [done.contact.id, done.company.id, done.deal.id].filter((made) => made !== null);
    await this.repository.linkTimeline(tx, ctx.workspaceId, id, ids);
    return { dryRun: false, lead, ...done };
  }

  /** What the person agreed to in forms is the contact's from now on. */
  private async carryConsent(
    tx: Transaction,
    ctx: RequestContext,
    leadId: string,
    contactId: string | null,
  ): Promise<void> {
    if (contactId === null) return;
    const given = await this.given.ofLead(tx, ctx.workspaceId, leadId);
    await this.consents.carry(tx, ctx, contactId, given);
  }

  /** The company first: the person belongs to it, and the deal is made with both. */
  private async write(
    ctx: RequestContext,
    lead: RecordRow,
    plan: ConversionPlan,
    request: ConversionRequest,
  ): Promise<Parts> {
    const ownerId = request.ownerId ?? lead.ownerId;
    const company = await this.writer.company(ctx, lead, plan.company, ownerId);
    const contact = await this.writer.contact(ctx, lead, plan.contact, ownerId, company.id);
    const deal = await this.writer.deal(ctx, plan.deal, ownerId, contact.id, company.id);
    return { contact, company, deal };
  }
}

function assertConvertible({ values }: RecordRow): void {
  if (values['status'] === 'converted') {
    throw new Problem('conflict', 'The lead has been converted already.', {
      extra: {
        convertedContactId: values['converted_contact_id'],
        convertedCompanyId: values['converted_company_id'],
        convertedDealId: values['converted_deal_id'],
      },
    });
  }
  if (values['status'] !== 'disqualified') return;
  throw new Problem('conflict', 'The lead is disqualified.', { extra: { allowed: ['requalify'] } });
}

/** Nothing is guessed: where several records could be meant, the caller has to say which. */
function assertClear(
  { contact, company, deal }: ConversionPlan,
  { dryRun }: ConversionRequest,
): void {
  if (contact.action !== 'ambiguous' && company.action !== 'ambiguous') return;
  const parts = {
    contact:
      contact.action === 'ambiguous' ? ambiguousPart(contact, titled(CONTACT)) : known(contact),
    company:
      company.action === 'ambiguous' ? ambiguousPart(company, titled(COMPANY)) : known(company),
    deal: partOf(deal, null),
  };
  if (dryRun) throw new DryRun(parts);
  const detail =
    'Several records could be meant. Name one by its id, or give the fields of a new one.';
  const candidates = {
    contact: parts.contact.candidates,
    company: parts.company.candidates,
  };
  throw new Problem('conflict', detail, { extra: { candidates } });
}

const known = (plan: ConversionPlan['contact']): ConvertedPartDto =>
  partOf(plan, 'row' in plan ? plan.row.id : null);

const titled =
  ({ title, subtitle }: Pick<typeof CONTACT, 'title' | 'subtitle'>) =>
  ({ values }: RecordRow) => ({ title: title(values), subtitle: subtitle(values) });

const valuesOf = ({ contact, company, deal }: Parts) => ({
  status: 'converted',
  converted_at: new Date().toISOString(),
  converted_contact_id: contact.id,
  converted_company_id: company.id,
  converted_deal_id: deal.id,
});

/** What a dry run has made is there no more. */
function withoutNewIds(parts: Parts): Parts {
  const entries = Object.entries(parts).map(([name, part]: [string, ConvertedPartDto]) => [
    name,
    part.action === 'created' ? { ...part, id: null } : part,
  ]);
  return Object.fromEntries(entries) as Parts;
}
