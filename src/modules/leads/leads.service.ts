import { Injectable } from '@nestjs/common';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { WorkloadSources } from '../../platform/records/workload-sources.js';
import { RecordService } from '../../platform/records/record-service.js';
import { SEGMENT_ACTIONS } from '../../platform/records/segment-actions.js';
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
    ...SEGMENT_ACTIONS,
    assigned: 'A lead got an owner, from somebody or by a rule.',
    disqualified: 'A lead was given up, with a reason.',
    requalified: 'A disqualified lead is worked on again.',
    converted: 'A lead became a contact, with a company and a deal where wanted.',
    enquired: 'Somebody whose lead is open already sent a form again; `changes` has the message.',
  },
});

/** Leads that somebody still works on, by owner; they have no time that they are due. */
const OPEN_LEADS = `
  select owner_id as "userId", count(*) as open, 0::bigint as overdue from leads
  where workspace_id = $1 and owner_id = any($2::uuid[]) and deleted_at is null
    and status in ('new', 'working', 'qualified') and $3::timestamptz is not null
  group by owner_id`;

/** People who may become customers. */
@Injectable()
export class LeadsService extends RecordService {
  constructor(kit: RecordKit, assigner: LeadAssigner, workloads: WorkloadSources) {
    super(kit, {
      ...LEAD,
      prepare: (db, ctx, drafts) => assigner.assignDrafts(LEAD, db, ctx, drafts),
    });
    workloads.register({ object: 'leads', sql: OPEN_LEADS });
  }
}
