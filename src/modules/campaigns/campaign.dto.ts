import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import {
  BooleanField,
  DatetimeField,
  EmailField,
  IdField,
  IntegerField,
  JsonField,
  ListField,
  NamesField,
  SelectField,
  TextField,
} from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';
import { CAMPAIGN_STATUSES } from './campaign-states.js';
import { MOST_HTML, MOST_SUBJECT, MOST_TEXT, VariantFields } from './campaign-variant.dto.js';

const MOST_VARIANTS = 10;
const MOST_SEGMENTS = 20;

const SUBJECT = 'Hello {{ contact.firstName | default: "there" }}';
const HTML = '<p>Hello {{ contact.firstName }}, <a href="https://example.com/new">look</a>.</p>';

/** The properties of a campaign: what is sent, to whom, when and how fast, and how far it is. */
export class CampaignFields {
  @TextField({
    label: 'Name',
    required: true,
    sortable: true,
    search: 'title',
    example: 'Spring news',
  })
  name?: string;

  @SelectField({
    label: 'Channel',
    options: ['email'],
    initial: 'email',
    search: 'text',
    example: 'email',
  })
  channel?: string;

  @TextField({
    label: 'Purpose',
    description: 'Key of the purpose that receivers have agreed to be mailed for',
    maxLength: 100,
    initial: 'marketing',
    example: 'marketing',
  })
  purpose?: string;

  @TextField({
    label: 'Subject',
    description: 'With placeholders, such as `{{ contact.firstName }}`',
    maxLength: MOST_SUBJECT,
    search: 'text',
    example: SUBJECT,
  })
  subject?: string | null;

  @TextField({ label: 'From name', maxLength: 200, example: 'Cups and more' })
  fromName?: string | null;

  @EmailField({ label: 'From address', description: 'The address of `MAIL_FROM` if not given' })
  fromAddress?: string | null;

  @EmailField({ label: 'Reply to' })
  replyTo?: string | null;

  @TextField({
    label: 'HTML',
    description:
      'In the Liquid language: `{{ contact.firstName | default: "there" }}`, `{% if … %}`. What ' +
      'placeholders give is escaped. `{{ unsubscribeUrl }}` is put below a mail that lacks it',
    maxLength: MOST_HTML,
    example: HTML,
  })
  html?: string | null;

  @TextField({
    label: 'Text',
    description: 'For programs that show no HTML; made from the HTML if not given',
    maxLength: MOST_TEXT,
    example: 'Hello {{ contact.firstName }}, look: https://example.com/new',
  })
  text?: string | null;

  @JsonField({
    label: 'Audience',
    description:
      'Which contacts get it, in the language of `where` in searches; with segments, those who ' +
      'are in one of them and fulfil this. It needs this or a segment',
    example: { field: 'lifecycleStage', op: 'eq', value: 'customer' },
  })
  audienceWhere?: object | null;

  @NamesField({
    label: 'Segments',
    description: 'Ids of segments of contacts',
    maxItems: MOST_SEGMENTS,
    example: [],
  })
  segmentIds?: string[];

  @NamesField({
    label: 'Segments left out',
    description: 'Ids of segments of contacts',
    maxItems: MOST_SEGMENTS,
    example: [],
  })
  excludedSegmentIds?: string[];

  @ListField({
    label: 'Variants',
    description: 'An A/B test: two or more ways to write the mail',
    item: VariantFields,
    maxItems: MOST_VARIANTS,
    example: [
      { name: 'A', share: 50, subject: 'New cups' },
      { name: 'B', share: 50, subject: 'Cups, now in blue' },
    ],
  })
  variants?: object[];

  @IntegerField({
    label: 'Test share',
    description:
      'Percent of the audience that the variants are tested with; the others get the winner. ' +
      'Without it all get a variant',
    min: 1,
    max: 99,
    example: 20,
  })
  testPercent?: number | null;

  @SelectField({
    label: 'Winner by',
    description:
      'What decides, on its own, after `winnerAfterMinutes`: the greatest share of the mails sent ' +
      'that were opened or followed (`opens`, `clicks`), or whose receivers ordered afterwards ' +
      '(`orders`, as `attribution` counts them). Of equal ones the first of `variants` wins, also ' +
      'where nothing was counted. These need `emailTracking` of the workspace and HTML; ' +
      '`manual`: only somebody, by `POST …/winner`, which is always possible before',
    options: ['opens', 'clicks', 'orders', 'manual'],
    initial: 'opens',
    example: 'opens',
  })
  winnerBy?: string;

  @IntegerField({
    label: 'Winner after',
    description:
      'Minutes from the start until the winner is decided, 60 for an hour; 240 if not given',
    min: 1,
    max: 43_200,
    example: 240,
  })
  winnerAfterMinutes?: number | null;

  @DatetimeField({ label: 'Send at', sortable: true, example: '2031-04-01T07:00:00.000Z' })
  sendAt?: string | null;

  @BooleanField({
    label: 'In the time zone of the receiver',
    description:
      "What the workspace's clock shows at `sendAt` is when each receiver's own clock shows it; " +
      "contacts without a time zone have the workspace's. Where that has passed, it is sent at once",
    initial: false,
    example: false,
  })
  inReceiverTimeZone?: boolean;

  @IntegerField({
    label: 'Rate',
    description: 'Most mails a minute, by all workers together',
    min: 1,
    max: 1_000_000,
    example: 600,
  })
  ratePerMinute?: number | null;

  @SelectField({
    label: 'When it is uncertain whether a mail was sent',
    description:
      'A worker that dies with its machine in the moment a mail is handed over leaves it open ' +
      'whether the server has it. `skip`: never twice, it counts as `uncertain`; `resend`: once ' +
      'more, with the same Message-ID',
    options: ['skip', 'resend'],
    initial: 'skip',
    example: 'skip',
  })
  uncertain?: string;

  @IntegerField({
    label: 'Attribution',
    description: 'Days after an open or a click in which deals and orders count as its work',
    min: 1,
    max: 90,
    initial: 14,
    example: 14,
  })
  attributionDays?: number;

  @SelectField({
    label: 'Status',
    description: 'Changes by schedule, send, pause, resume and cancel',
    options: CAMPAIGN_STATUSES,
    readOnly: true,
    initial: 'draft',
    example: 'draft',
  })
  status?: string;

  @TextField({ label: 'Problem', description: 'Why it does not go on', readOnly: true })
  problem?: string | null;

  @IdField({ label: 'Winner', description: 'Id of the variant that won the test', readOnly: true })
  winnerVariantId?: string | null;

  @DatetimeField({ label: 'Started', readOnly: true })
  startedAt?: string | null;

  @DatetimeField({ label: 'Finished', readOnly: true })
  finishedAt?: string | null;

  @BooleanField({
    label: 'Sent elsewhere',
    description: 'Its mails were sent by another system, and told of by `POST …/past-mails`',
    readOnly: true,
    initial: false,
    example: false,
  })
  sentElsewhere?: boolean;
}

/** Body that makes or changes a campaign. */
@CheckedByService()
export class CampaignInput extends IntersectionType(CampaignFields, RecordInput) {}

/** A campaign as it is answered. */
export class CampaignDto extends IntersectionType(CampaignFields, RecordDto) {}

export class CampaignPageDto {
  @ApiProperty({ type: [CampaignDto] }) data!: CampaignDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
