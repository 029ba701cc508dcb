import { LinkField, ReferenceField, SelectField } from '../../platform/records/fields.js';

/** Objects whose records a ticket can be linked to. */
export const LINKED_OBJECTS = ['order', 'ticket', 'product', 'deal', 'lead', 'activity'] as const;

/** A record that a ticket has to do with. */
export class TicketLinkFields {
  @SelectField({ label: 'Object', required: true, options: LINKED_OBJECTS, example: 'order' })
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

/** A user who wants to know what becomes of a ticket. */
export class FollowerFields {
  @ReferenceField({
    label: 'User',
    required: true,
    indexed: true,
    references: { object: 'user', include: 'user', by: [] },
  })
  userId!: string;
}

/** A link as it is stored. */
export interface TicketLink {
  object: string;
  recordId: string;
}

/** A follower as it is stored. */
export interface Follower {
  userId: string;
}
