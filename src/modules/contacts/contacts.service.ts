import { Injectable } from '@nestjs/common';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { SEGMENT_ACTIONS } from '../../platform/records/segment-actions.js';
import { ContactFields } from './contact.dto.js';

const nameOf = ({ first_name: first, last_name: last }: ColumnValues): string =>
  [first, last].filter(Boolean).join(' ');

/** What the platform needs to know of contacts. */
export const CONTACT = defineObject({
  object: 'contact',
  plural: 'contacts',
  table: 'contacts',
  fields: ContactFields,
  title: (values) => nameOf(values) || String(values['email'] ?? values['phone'] ?? ''),
  subtitle: ({ email, title }) => [title, email].filter(Boolean).join(' · '),
  links: [
    { table: 'orders', column: 'contact_id', object: 'orders' },
    { table: 'deals', column: 'contact_id', object: 'deals' },
    { table: 'tickets', column: 'requester_id', object: 'tickets' },
    { table: 'leads', column: 'converted_contact_id', object: 'leads' },
  ],
  check: (values) =>
    ['first_name', 'last_name', 'email', 'phone', 'mobile'].some((column) => values[column])
      ? undefined
      : 'needs at least one of firstName, lastName, email, phone, mobile',
  duplicateKeys: ['email', 'mobile', 'phone', 'lastName'],
  actions: {
    ...SEGMENT_ACTIONS,
    campaign_sent: 'A mail of a campaign was sent to the contact; `changes` names the campaign.',
    consent_requested: 'Consent was granted, and the contact is asked to confirm it.',
    consent_granted: 'Consent was granted; `changes` names the purpose and channel.',
    consent_withdrawn: 'Consent was withdrawn; `changes` names the purpose and channel.',
  },
});

/** People: customers, leads, partners. */
@Injectable()
export class ContactsService extends RecordService {
  constructor(kit: RecordKit) {
    super(kit, CONTACT);
  }
}
