import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { WEEKDAYS } from '../../../common/working-hours.js';
import { Omittable } from '../../../platform/http/omittable.decorator.js';
import { TICKET_PRIORITIES } from '../../tickets/index.js';
import { PAUSING, SLA_TARGETS } from '../clocks/sla-terms.js';
import type { Pausing, SlaTerms } from '../clocks/sla-terms.js';

/** Most policies of a workspace. */
export const MOST_POLICIES = 100;
export const MOST_STEPS = 20;
export const MOST_ACTIONS = 10;
/** A year of business around the clock. */
export const MOST_MINUTES = 525_600;

const WHERE = {
  type: 'object',
  additionalProperties: true,
  nullable: true,
  description:
    'Which tickets it is for, in the language of `where` in searches: by `type`, `companyId`, ' +
    '`tags`, `custom.tier` …; null for all',
  example: { field: 'tags', op: 'has', value: 'gold' },
} as const;

const MINUTES = {
  type: 'integer',
  nullable: true,
  minimum: 1,
  maximum: MOST_MINUTES,
  description: 'Minutes of business time; null promises nothing',
} as const;

const TARGETS = {
  type: 'object',
  description:
    'What is promised by priority, in minutes of business time. A priority left out has no ' +
    'promise. `firstResponseMinutes`: until the first public reply; `resolutionMinutes`: until ' +
    'the ticket is solved',
  properties: Object.fromEntries(
    TICKET_PRIORITIES.map((priority) => [
      priority,
      {
        type: 'object' as const,
        properties: { firstResponseMinutes: MINUTES, resolutionMinutes: MINUTES },
      },
    ]),
  ),
  example: {
    urgent: { firstResponseMinutes: 30, resolutionMinutes: 240 },
    normal: { firstResponseMinutes: 240, resolutionMinutes: 2400 },
  },
};

const SPANS = {
  type: 'array' as const,
  items: {
    type: 'object' as const,
    properties: {
      from: { type: 'string', example: '09:00' },
      to: { type: 'string', example: '17:00' },
    },
  },
};

const WORKING_HOURS = {
  type: 'object',
  nullable: true,
  description:
    'Business hours: spans by weekday on the clock of `timeZone`, `00:00` to `24:00`; a weekday ' +
    'left out is a day off. Null: around the clock',
  properties: Object.fromEntries(WEEKDAYS.map((day) => [day, SPANS])),
  example: Object.fromEntries(
    WEEKDAYS.slice(0, 5).map((day) => [day, [{ from: '09:00', to: '17:00' }]]),
  ),
};

const HOLIDAYS = {
  type: String,
  isArray: true,
  maxItems: 400,
  description: 'Days without business, by local date',
  example: ['2026-12-25'],
};

const TIME_ZONE = {
  type: String,
  description: "IANA name; the workspace's time zone if a new policy does not say",
  example: 'Europe/Berlin',
};

const PAUSE_IN = {
  enum: PAUSING,
  isArray: true,
  default: ['pending'],
  description:
    'Categories of statuses in which clocks stand still: `pending` waits for the customer',
};

const WARN_AT = {
  type: 'integer',
  nullable: true,
  minimum: 1,
  maximum: 99,
  description:
    'Warns when so much of the time has gone by, in percent; 80 if a new policy names neither ' +
    'this nor `warnBeforeMinutes`. Null: no warning of this kind',
  example: 80,
} as const;

const WARN_BEFORE = {
  ...MINUTES,
  description: 'Warns so many minutes of business time before the end; in place of a share',
} as const;

const ACTION = {
  type: 'object' as const,
  required: ['type'],
  properties: {
    type: { type: 'string', enum: ['assign', 'setPriority', 'notify', 'addTag'] },
    userId: {
      ...{ type: 'string', format: 'uuid', nullable: true },
      description:
        'assign: who gets the ticket. Whoever is out of office has their stand-in take it',
    },
    teamId: {
      ...{ type: 'string', format: 'uuid', nullable: true },
      description: 'assign: whose queue it goes to; it has no owner then unless `userId` says',
    },
    priority: { type: 'string', enum: [...TICKET_PRIORITIES], description: 'setPriority' },
    userIds: {
      ...{ type: 'array', items: { type: 'string', format: 'uuid' }, maxItems: 100 },
      description: 'notify: the event `ticket.escalated` names them in `changes.notify`',
    },
    owner: { type: 'boolean', description: "notify: the ticket's owner, too" },
    tag: { type: 'string', maxLength: 64, description: 'addTag' },
  },
};

const ESCALATIONS = {
  type: 'array',
  maxItems: MOST_STEPS,
  description:
    'What is done, once for each ticket, when a promise is in danger or broken, or so many ' +
    'minutes of business time later',
  items: {
    type: 'object' as const,
    required: ['when', 'target', 'actions'],
    properties: {
      id: {
        ...{ type: 'string', format: 'uuid', readOnly: true },
        description: 'Given by Keel; stays as long as the step says the same',
      },
      when: { type: 'string', enum: ['warning', 'breach'] },
      target: { type: 'string', enum: [...SLA_TARGETS] },
      afterMinutes: { type: 'integer', minimum: 0, maximum: MOST_MINUTES, default: 0 },
      actions: { type: 'array', minItems: 1, maxItems: MOST_ACTIONS, items: ACTION },
    },
  },
  example: [
    {
      ...{ when: 'breach', target: 'firstResponse', afterMinutes: 0 },
      actions: [
        { type: 'setPriority', priority: 'urgent' },
        { type: 'addTag', tag: 'escalated' },
      ],
    },
  ],
};

/** Body that makes an SLA policy. */
export class SlaPolicyInput {
  @ApiProperty({ example: 'Gold customers' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiPropertyOptional({ default: true })
  @Omittable()
  @IsBoolean()
  active?: boolean;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: MOST_POLICIES,
    description: 'Its place in the order, from 1; those behind it move on. Default: the last',
    example: 1,
  })
  @Omittable()
  @IsInt()
  @Min(1)
  @Max(MOST_POLICIES)
  place?: number;

  @ApiPropertyOptional(WHERE)
  @IsOptional()
  @IsObject()
  where?: object | null;

  @ApiProperty(TARGETS as object)
  @IsObject()
  targets!: object;

  @ApiPropertyOptional(TIME_ZONE)
  @Omittable()
  @IsString()
  @MaxLength(64)
  timeZone?: string;

  @ApiPropertyOptional(WORKING_HOURS as object)
  @IsOptional()
  @IsObject()
  workingHours?: object | null;

  @ApiPropertyOptional(HOLIDAYS)
  @Omittable()
  @IsArray()
  holidays?: string[];

  @ApiPropertyOptional(PAUSE_IN)
  @Omittable()
  @IsArray()
  @ArrayUnique()
  @IsIn(PAUSING, { each: true })
  pauseIn?: Pausing[];

  @ApiPropertyOptional(WARN_AT)
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(99)
  warnAtPercent?: number | null;

  @ApiPropertyOptional(WARN_BEFORE)
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_MINUTES)
  warnBeforeMinutes?: number | null;

  @ApiPropertyOptional(ESCALATIONS as object)
  @Omittable()
  @IsArray()
  @ArrayMaxSize(MOST_STEPS)
  escalations?: object[];
}

/** Body that changes an SLA policy; what it leaves out stays. */
export class SlaPolicyPatch extends PartialType(SlaPolicyInput, { skipNullProperties: false }) {}

/** An SLA policy as it is answered. */
export class SlaPolicyDto implements SlaTerms {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 1 }) version!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
  @ApiProperty({ example: 'Gold customers' }) name!: string;
  @ApiProperty() active!: boolean;
  @ApiProperty({ example: 1 }) place!: number;
  @ApiProperty(WHERE) where!: object | null;
  @ApiProperty(TARGETS as object) targets!: SlaTerms['targets'];
  @ApiProperty(TIME_ZONE) timeZone!: string;
  @ApiProperty(WORKING_HOURS as object) workingHours!: SlaTerms['workingHours'];
  @ApiProperty(HOLIDAYS) holidays!: string[];
  @ApiProperty(PAUSE_IN) pauseIn!: Pausing[];
  @ApiProperty(WARN_AT) warnAtPercent!: number | null;
  @ApiProperty(WARN_BEFORE) warnBeforeMinutes!: number | null;
  @ApiProperty(ESCALATIONS as object) escalations!: SlaTerms['escalations'];
}

export class SlaPolicyListDto {
  @ApiProperty({ type: [SlaPolicyDto] }) data!: SlaPolicyDto[];
}
