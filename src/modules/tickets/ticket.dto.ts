import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import {
  BooleanField,
  DatetimeField,
  IntegerField,
  ListField,
  ReferenceField,
  SelectField,
  TextField,
} from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';
import { STATUS_CATEGORIES } from './ticket-flow.js';
import type { StatusCategory } from './ticket-flow.js';
import { FollowerFields, TicketLinkFields } from './ticket-lists.dto.js';

export const TICKET_CHANNELS = ['email', 'web', 'phone', 'chat', 'api'] as const;
export type TicketChannel = (typeof TICKET_CHANNELS)[number];
export const TICKET_TYPES = ['question', 'incident', 'problem', 'task', 'complaint'] as const;
export const TICKET_PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
/** What the clocks of service levels say of a ticket. */
export const SLA_STATES = ['running', 'atRisk', 'paused', 'met', 'breached'] as const;

/** Longest description, in characters. */
const LONGEST_DESCRIPTION = 50_000;

const happened = (label: string, description: string, importable?: 'dated') =>
  DatetimeField({ label, description, readOnly: true, importable });

/**
 * The properties of a ticket: something that a customer wants to have dealt with. Its assignee is
 * its owner (`ownerId`); a ticket that nobody has taken has none.
 */
export class TicketFields {
  @IntegerField({
    label: 'Number',
    description: 'Counts the tickets of the workspace without gaps',
    readOnly: true,
    sortable: true,
    example: 1042,
  })
  number?: number;

  @TextField({
    label: 'Subject',
    required: true,
    search: 'title',
    maxLength: 500,
    example: 'The blue cup arrived broken',
    synonyms: ['Title', 'Summary', 'Betreff', 'Titel', '主题'],
  })
  subject!: string;

  @TextField({
    label: 'Description',
    description: 'What the customer said at first; the rest is the conversation',
    maxLength: LONGEST_DESCRIPTION,
    search: 'text',
    example: 'The handle is off. Can I have another one?',
    synonyms: ['Body', 'Text', 'Details', 'Message', 'Beschreibung', '描述'],
  })
  description?: string | null;

  @ReferenceField({
    label: 'Requester',
    description: 'The contact who wants it',
    references: { object: 'contact', include: 'requester', by: ['email'] },
    synonyms: ['Requester email', 'Customer email', 'Contact', 'Reporter', 'Anfragender', '客户'],
  })
  requesterId?: string | null;

  @ReferenceField({
    label: 'Company',
    description: "The requester's if a new ticket does not say",
    references: { object: 'company', include: 'company', by: ['name', 'domain'] },
    synonyms: ['Organization', 'Organisation', 'Account', 'Firma', '公司'],
  })
  companyId?: string | null;

  @SelectField({
    label: 'Channel',
    description: 'How it came in',
    initial: 'api',
    options: TICKET_CHANNELS,
    example: 'email',
    synonyms: ['Source', 'Via', 'Kanal', '渠道'],
  })
  channel!: TicketChannel;

  @SelectField({
    label: 'Type',
    initial: 'question',
    options: TICKET_TYPES,
    example: 'complaint',
    synonyms: ['Ticket type', 'Kind', 'Art', '类型'],
  })
  type!: string;

  @SelectField({
    label: 'Priority',
    initial: 'normal',
    options: TICKET_PRIORITIES,
    example: 'high',
    synonyms: ['Urgency', 'Severity', 'Priorität', '优先级'],
  })
  priority!: string;

  @TextField({
    label: 'Status',
    description:
      'Key of a status of `GET /v1/ticket-statuses`, whose flow says which may follow; the first ' +
      'one if a new ticket does not say',
    maxLength: 60,
    example: 'new',
    synonyms: ['State', 'Ticket status', 'Status', '状态'],
  })
  status?: string | null;

  @SelectField({
    label: 'Status category',
    description: 'What the status means; `pending` waits for the customer',
    readOnly: true,
    options: STATUS_CATEGORIES,
    example: 'new',
  })
  statusCategory?: StatusCategory;

  @BooleanField({
    label: 'Open',
    description: 'Neither solved nor closed',
    readOnly: true,
    example: true,
  })
  isOpen?: boolean;

  @ReferenceField({
    label: 'Team',
    description: 'In whose queue it is',
    references: { object: 'team', include: 'team', by: ['name'] },
    synonyms: ['Group', 'Queue', 'Assigned group', 'Gruppe', '团队'],
  })
  teamId?: string | null;

  @ListField({
    label: 'Followers',
    description: 'Users who want to know what becomes of it; each counts once',
    item: FollowerFields,
    maxItems: 100,
  })
  followers!: object[];

  @ListField({
    label: 'Links',
    description:
      'Orders, other tickets and further records that it has to do with; each counts once, and ' +
      'what happens to the ticket shows on their timelines',
    item: TicketLinkFields,
    maxItems: 100,
  })
  links!: object[];

  @DatetimeField({
    label: 'Due at',
    description: 'By when it has to be solved',
    sortable: true,
    example: '2026-12-24T12:00:00.000Z',
    synonyms: ['Due', 'Due date', 'Deadline', 'Fällig', '截止日期'],
  })
  dueAt?: string | null;

  @happened('Status changed at', 'Since when it has its status')
  statusChangedAt?: string | null;

  @happened('First responded at', 'When the first public reply of a user went out', 'dated')
  firstRespondedAt?: string | null;

  @happened('Solved at', 'When it was solved; empty while it is open', 'dated')
  solvedAt?: string | null;

  @happened('Closed at', 'When it was closed; empty before', 'dated')
  closedAt?: string | null;

  @IntegerField({
    label: 'Reopened',
    description: 'How often it was opened again after it had been solved',
    readOnly: true,
    initial: 0,
    example: 0,
  })
  reopenedCount?: number;

  @DatetimeField({
    label: 'Last customer message at',
    description: 'When the last public message of a customer came in',
    readOnly: true,
    sortable: true,
  })
  lastCustomerMessageAt?: string | null;

  @happened('Last agent message at', 'When the last public reply of a user went out')
  lastAgentMessageAt?: string | null;

  @SelectField({
    label: 'SLA state',
    description:
      'How it stands with what its SLA promises, the worst of it; empty without a promise',
    readOnly: true,
    options: SLA_STATES,
    example: 'running',
  })
  slaState?: string | null;

  @DatetimeField({
    label: 'SLA due at',
    description: 'When the next promise of its SLA is due; empty while its clocks stand still',
    readOnly: true,
    sortable: true,
  })
  slaDueAt?: string | null;

  @IntegerField({
    label: 'Satisfaction score',
    description: 'What the customer answered to the survey, from 1 to 5; empty before',
    readOnly: true,
    importable: 'dated',
    example: 5,
  })
  satisfactionScore?: number | null;

  @TextField({
    label: 'Satisfaction comment',
    description: 'What the customer wrote besides',
    readOnly: true,
    importable: 'dated',
    maxLength: 2000,
    example: 'That was fast!',
  })
  satisfactionComment?: string | null;

  @happened('Satisfaction rated at', 'When the customer answered the survey', 'dated')
  satisfactionRatedAt?: string | null;
}

/** Body that makes or changes a ticket. */
@CheckedByService()
export class TicketInput extends IntersectionType(TicketFields, RecordInput) {}

/** A ticket as it is answered. */
export class TicketDto extends IntersectionType(TicketFields, RecordDto) {}

export class TicketPageDto {
  @ApiProperty({ type: [TicketDto] }) data!: TicketDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
