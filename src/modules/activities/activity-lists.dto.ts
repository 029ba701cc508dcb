import { RECORD_OBJECTS } from '../../platform/access/permissions.js';
import {
  EmailField,
  LinkField,
  ReferenceField,
  SelectField,
  TextField,
} from '../../platform/records/fields.js';

/** Someone who takes part in an activity: a user, a contact, or anybody with an address. */
export class ParticipantFields {
  @ReferenceField({
    label: 'User',
    indexed: true,
    references: { object: 'user', include: 'user', by: [] },
  })
  userId?: string | null;

  @ReferenceField({
    label: 'Contact',
    indexed: true,
    references: { object: 'contact', include: 'contact', by: [] },
  })
  contactId?: string | null;

  @EmailField({ label: 'E-mail' }) email?: string | null;
  @TextField({ label: 'Name' }) name?: string | null;

  @SelectField({
    label: 'Response',
    description: 'Who has declined does not have it in their day',
    initial: 'needsAction',
    options: ['needsAction', 'accepted', 'tentative', 'declined'],
  })
  response!: string;
}

/** A record that an activity is about. */
export class LinkFields {
  @SelectField({ label: 'Object', required: true, options: RECORD_OBJECTS, example: 'contact' })
  object!: string;

  @LinkField({
    label: 'Record',
    description: 'Its id',
    required: true,
    indexed: true,
    objectIn: 'object',
  })
  recordId!: string;
}

/** A link as it is stored. */
export interface ActivityLink {
  object: string;
  recordId: string;
}

/** A participant as it is stored. */
export interface Participant {
  userId: string | null;
  contactId: string | null;
  email: string | null;
  name: string | null;
  response: string;
}
