import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import {
  BooleanField,
  DatetimeField,
  IntegerField,
  ListField,
  ReferenceField,
  SelectField,
  TextField,
  TimeZoneField,
} from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';
import { LinkFields, ParticipantFields } from './activity-lists.dto.js';

export const ACTIVITY_TYPES = ['task', 'call', 'meeting', 'note', 'email'] as const;
export const STATUSES = ['open', 'done', 'cancelled'] as const;
export type ActivityStatus = (typeof STATUSES)[number];

/** Longest text of an activity, in characters. */
const LONGEST_BODY = 20_000;
/** Minutes of a fortnight. */
const LONGEST_DURATION = 20_160;

/** The properties of an activity: something to do, or that was done, with or for customers. */
export class ActivityFields {
  @SelectField({
    label: 'Type',
    required: true,
    options: ACTIVITY_TYPES,
    example: 'task',
    synonyms: ['Activity type', 'Kind', 'Art', '类型'],
  })
  type!: (typeof ACTIVITY_TYPES)[number];

  @TextField({
    label: 'Subject',
    required: true,
    search: 'title',
    maxLength: 500,
    example: 'Send the offer',
    synonyms: ['Title', 'Name', 'Betreff', '主题'],
  })
  subject!: string;

  @TextField({
    label: 'Body',
    maxLength: LONGEST_BODY,
    search: 'text',
    synonyms: ['Description', 'Notes', 'Details', 'Text', 'Beschreibung', '描述'],
  })
  body?: string | null;

  @SelectField({
    label: 'Status',
    description:
      'What a new activity begins with: `done` for what has happened already, and always for notes. ' +
      'Afterwards it is changed by `complete`, `reopen` and `cancel`',
    initial: 'open',
    options: STATUSES,
    synonyms: ['State', 'Status', '状态'],
  })
  status!: ActivityStatus;

  @SelectField({
    label: 'Priority',
    initial: 'normal',
    options: ['low', 'normal', 'high'],
    synonyms: ['Importance', 'Priorität', '优先级'],
  })
  priority!: string;

  @BooleanField({
    label: 'All day',
    description:
      'The days of `dueAt`, `startAt` and `endAt` count, in whatever time zone one is: they are ' +
      'midnights UTC then, and `endAt` is the last day',
    initial: false,
    synonyms: ['Whole day', 'Ganztägig', '全天'],
  })
  allDay!: boolean;

  @DatetimeField({
    label: 'Due at',
    sortable: true,
    example: '2026-11-23T16:00:00.000Z',
    synonyms: ['Due', 'Due date', 'Deadline', 'Fällig', '截止日期'],
  })
  dueAt?: string | null;

  @DatetimeField({
    label: 'Start at',
    synonyms: ['Start', 'Begin', 'Start date', 'Beginn', '开始时间'],
  })
  startAt?: string | null;

  @DatetimeField({
    label: 'End at',
    description: 'Follows from `startAt` and `durationMinutes` when it is not given',
    synonyms: ['End', 'End date', 'Ende', '结束时间'],
  })
  endAt?: string | null;

  @IntegerField({
    label: 'Duration in minutes',
    description: 'Follows from `startAt` and `endAt` where both are there',
    min: 0,
    max: LONGEST_DURATION,
    synonyms: ['Duration', 'Minutes', 'Dauer', '时长'],
  })
  durationMinutes?: number | null;

  @TimeZoneField({
    label: 'Time zone',
    description: 'Whose clock a recurrence follows; else that of the user who makes it',
    synonyms: ['Timezone', 'Zeitzone', '时区'],
  })
  timeZone?: string | null;

  @DatetimeField({
    label: 'Reminder at',
    description: 'When the event `activity.reminder` comes, once, if it is still open then',
    synonyms: ['Reminder', 'Remind at', 'Erinnerung', '提醒'],
  })
  reminderAt?: string | null;

  @TextField({ label: 'Location', maxLength: 500, synonyms: ['Place', 'Room', 'Ort', '地点'] })
  location?: string | null;

  @SelectField({
    label: 'Direction',
    description: 'Of a call or an e-mail',
    options: ['inbound', 'outbound'],
    synonyms: ['Call direction', 'Richtung', '方向'],
  })
  direction?: string | null;

  @TextField({
    label: 'Result',
    maxLength: 2000,
    search: 'text',
    synonyms: ['Outcome', 'Call result', 'Ergebnis', '结果'],
  })
  result?: string | null;

  @ListField({
    label: 'Participants',
    description: 'Who takes part. Contacts among them are linked as well',
    item: ParticipantFields,
    maxItems: 100,
  })
  participants!: object[];

  @ListField({
    label: 'Links',
    description: 'The records it is about, of any object; each counts once',
    item: LinkFields,
    maxItems: 100,
  })
  links!: object[];

  @TextField({
    label: 'Recurrence',
    description:
      'Rule of RFC 5545: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT, UNTIL, BYDAY, ' +
      'BYMONTHDAY, BYMONTH, BYSETPOS, WKST. Completing it makes the next one',
    maxLength: 255,
    example: null,
    synonyms: ['RRULE', 'Repeat', 'Wiederholung', '重复'],
  })
  recurrence?: string | null;

  @DatetimeField({
    label: 'Scheduled at',
    description:
      '`startAt` of meetings and calls, `dueAt` of the rest; the other where it is empty',
    readOnly: true,
    sortable: true,
  })
  scheduledAt?: string | null;

  @DatetimeField({ label: 'Completed at', readOnly: true, sortable: true })
  completedAt?: string | null;

  @ReferenceField({
    label: 'Completed by',
    readOnly: true,
    references: { object: 'user', include: 'completer', by: [] },
  })
  completedBy?: string | null;

  @DatetimeField({ label: 'Status changed at', readOnly: true })
  statusChangedAt?: string | null;

  @ReferenceField({
    label: 'Series',
    description: 'The first activity of a recurring one',
    readOnly: true,
    references: { object: 'activity', include: 'series', by: [] },
  })
  seriesId?: string | null;

  @DatetimeField({
    label: 'Series start',
    description: 'What the recurrence counts from',
    readOnly: true,
  })
  seriesStartAt?: string | null;

  @ReferenceField({
    label: 'Next',
    description: 'The activity that completing this one has made',
    readOnly: true,
    references: { object: 'activity', include: 'next', by: [] },
  })
  nextId?: string | null;
}

/** Body that makes or changes an activity. */
@CheckedByService()
export class ActivityInput extends IntersectionType(ActivityFields, RecordInput) {}

/** An activity as it is answered. */
export class ActivityDto extends IntersectionType(ActivityFields, RecordDto) {}

export class ActivityPageDto {
  @ApiProperty({ type: [ActivityDto] }) data!: ActivityDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

/** Body of `POST /v1/activities/{id}/complete`. */
export class CompleteDto {
  @ApiPropertyOptional({ example: 'They take it', description: 'What came of it' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  result?: string;
}

/** Body of `POST /v1/activities/{id}/cancel`. */
export class CancelDto {
  @ApiPropertyOptional({ example: 'The customer is ill', description: 'Kept in its timeline' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  reason?: string;
}
