import { Injectable } from '@nestjs/common';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { SEGMENT_ACTIONS } from '../../platform/records/segment-actions.js';
import { CompanyFields } from './company.dto.js';

/** What the platform needs to know of companies. */
export const COMPANY = defineObject({
  object: 'company',
  plural: 'companies',
  table: 'companies',
  fields: CompanyFields,
  title: ({ name }) => String(name ?? ''),
  subtitle: ({ domain, address_city: city, address_country: country }) =>
    [domain, city, country].filter(Boolean).join(' · '),
  links: [
    { table: 'contacts', column: 'company_id', object: 'contacts' },
    { table: 'orders', column: 'company_id', object: 'orders' },
    { table: 'companies', column: 'parent_id', object: 'companies' },
    { table: 'deals', column: 'company_id', object: 'deals' },
    { table: 'tickets', column: 'company_id', object: 'tickets' },
    { table: 'leads', column: 'converted_company_id', object: 'leads' },
  ],
  duplicateKeys: ['domain', 'phone', 'website', 'name'],
  actions: SEGMENT_ACTIONS,
});

/** Organisations that are bought from or sold to. */
@Injectable()
export class CompaniesService extends RecordService {
  constructor(kit: RecordKit) {
    super(kit, COMPANY);
  }
}
