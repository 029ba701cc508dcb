import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import type { RecordRow } from '../../../platform/records/record-row.js';
import { COMPANY } from '../../companies/index.js';
import { CONTACT } from '../../contacts/index.js';
import { LEAD, leadName } from '../leads.service.js';
import type { Plan } from './conversion-parts.js';
import type { Choice, ConversionRequest, Fields } from './conversion-request.js';
import { ConversionRepository } from './conversion.repository.js';
import { companyFields, contactFields, sharedCustom } from './lead-fields-of.js';
import { MatchFinder } from './match-finder.js';
import type { Found } from './match-finder.js';

/** What a lead is to become. */
export interface ConversionPlan {
  contact: Plan;
  company: Plan;
  deal: Plan;
}

/** Works out what a lead becomes: what the request says, and else what is there already. */
@Injectable()
export class ConversionPlanner {
  constructor(
    private readonly kit: RecordKit,
    private readonly finder: MatchFinder,
    private readonly repository: ConversionRepository,
  ) {}

  /** @throws Problem 422 for records that are not there. */
  async plan(
    ctx: RequestContext,
    lead: RecordRow,
    request: ConversionRequest,
  ): Promise<ConversionPlan> {
    const contact = await this.contact(ctx, lead, request.contact);
    const company = await this.company(ctx, lead, request.company, contact);
    return { contact, company, deal: dealPlan(lead, request.deal) };
  }

  private async contact(
    ctx: RequestContext,
    lead: RecordRow,
    choice: Choice | undefined,
  ): Promise<Plan> {
    const fields = contactFields(lead);
    if (choice) return this.chosen(ctx, CONTACT, lead, choice, fields);
    const found = planOf(await this.finder.contact(ctx, lead));
    return found ?? this.fresh(ctx, CONTACT, lead, fields);
  }

  private async company(
    ctx: RequestContext,
    lead: RecordRow,
    choice: Choice | null | undefined,
    contact: Plan,
  ): Promise<Plan> {
    if (choice === null) return { action: 'none' };
    const fields = companyFields(lead);
    if (choice) return this.chosen(ctx, COMPANY, lead, choice, fields);
    const isNamed = lead.values['company_name'] !== null || lead.values['website'] !== null;
    const ofContact = 'row' in contact ? contact.row.values['company_id'] : null;
    if (!isNamed && typeof ofContact === 'string') {
      const row = await this.repository.one(ctx, COMPANY, ofContact);
      if (row) return { action: 'matched', row, matchedBy: ['contact'] };
    }
    const found = planOf(await this.finder.company(ctx, lead));
    if (found) return found;
    // An address at a company's domain alone is no reason to make a company.
    return isNamed ? this.fresh(ctx, COMPANY, lead, fields) : { action: 'none' };
  }

  private async chosen(
    ctx: RequestContext,
    definition: ObjectDefinition,
    lead: RecordRow,
    choice: Choice,
    fields: Fields,
  ): Promise<Plan> {
    if ('fields' in choice) {
      return this.fresh(ctx, definition, lead, { ...fields, ...choice.fields });
    }
    const row = await this.repository.one(ctx, definition, choice.id);
    if (row) return { action: 'chosen', row, matchedBy: [] };
    const { object } = definition;
    const detail = `there is no ${object} ${choice.id}`;
    throw Problem.validation([{ pointer: `/${object}/id`, code: 'reference', detail }]);
  }

  /** A new record: the person's also has the lead's tags and the properties both objects have. */
  private async fresh(
    ctx: RequestContext,
    definition: ObjectDefinition,
    lead: RecordRow,
    fields: Fields,
  ): Promise<Plan> {
    if (definition !== CONTACT) return { action: 'created', fields };
    const from = await this.kit.settings.of(ctx, LEAD);
    const to = await this.kit.settings.of(ctx, CONTACT);
    const custom = sharedCustom(lead, from.properties, to.properties);
    const given = typeof fields['custom'] === 'object' ? (fields['custom'] ?? {}) : {};
    const hasCustom = Object.keys({ ...custom, ...given }).length > 0;
    return {
      action: 'created',
      fields: {
        ...(lead.tags.length > 0 ? { tags: lead.tags } : {}),
        ...fields,
        ...(hasCustom ? { custom: { ...custom, ...given } } : {}),
      },
    };
  }
}

function planOf({ match, candidates }: Found): Plan | null {
  if (match) return { action: 'matched', row: match.row, matchedBy: match.matchedBy };
  return candidates.length > 0 ? { action: 'ambiguous', candidates } : null;
}

function dealPlan(lead: RecordRow, given: Fields | null | undefined): Plan {
  if (given === null) return { action: 'none' };
  const { company_name: company, source } = lead.values;
  const fields = {
    name: company ?? leadName(lead.values),
    ...(source ? { source } : {}),
    ...given,
  };
  return { action: 'created', fields };
}
