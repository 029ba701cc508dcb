import { Injectable } from '@nestjs/common';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { LeadAssigner } from './assignment/lead-assigner.js';
import { LeadFields } from './lead.dto.js';
import { keepLeadState } from './lead-state.js';

/** What a lead is called: the person, or else the company or what they can be reached by. */
export function leadName(values: ColumnValues): string {
  const person = [values['first_name'], values['last_name']].filter(Boolean).join(' ');
  return person || String(values['company_name'] ?? values['email'] ?? values['phone'] ?? '');
}

/** What the platform needs to know of leads, but for who gets them. */
export const LEAD = defineObject({
  object: 'lead',
  plural: 'leads',
  table: 'leads',
  fields: LeadFields,
  title: leadName,
  subtitle: ({ company_name: company, email }) => [company, email].filter(Boolean).join(' · '),
  links: [],
  check: (values) =>
    ['first_name', 'last_name', 'email', 'phone', 'mobile', 'company_name'].some(
      (column) => values[column],
    )
      ? undefined
      : 'needs at least one of firstName, lastName, email, phone, mobile, companyName',
  duplicateKeys: ['email', 'mobile', 'phone', 'lastName', 'companyName'],
  derive: keepLeadState,
  actions: {
    assigned: 'A lead got an owner, from somebody or by a rule.',
    disqualified: 'A lead was given up, with a reason.',
    requalified: 'A disqualified lead is worked on again.',
    converted: 'A lead became a contact, with a company and a deal where wanted.',
    enquired: 'Somebody whose lead is open already sent a form again; `changes` has the message.',
  },
});

/** People who may become customers. */
@Injectable()
export class LeadsService extends RecordService {
  constructor(kit: RecordKit, assigner: LeadAssigner) {
    super(kit, {
      ...LEAD,
      prepare: (db, ctx, drafts) => assigner.assignDrafts(LEAD, db, ctx, drafts),
    });
  }
}
