import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsIP,
  IsOptional,
  IsRFC3339,
  IsString,
  IsUUID,
  Length,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { Omittable } from '../../../platform/http/omittable.decorator.js';
import { PageInfoDto } from '../../../platform/http/page-info.dto.js';
import { nestedClass } from '../../../platform/http/rules.js';
import { CHANNELS } from '../channels.js';
import type { Channel } from '../channels.js';
import { SUPPRESSION_REASONS } from '../suppressions/suppression.dto.js';
import type { SuppressionReason } from '../suppressions/suppression.dto.js';
import { CONSENT_STATUSES } from './consent-state.js';
import type { ConsentStatus } from './consent-state.js';

/** Most consents of one batch. */
export const MOST_CONSENTS = 1000;

const text = (maxLength: number, description: string, example?: string) => ({
  ...{ type: String, nullable: true, maxLength, description },
  ...(example === undefined ? {} : { example }),
});

/** How it is known that a contact said so. */
export class ProofInput {
  @ApiPropertyOptional(text(5000, 'What they agreed to, word for word', 'Yes, send me news.'))
  @IsOptional()
  @IsString()
  @MaxLength(5000)
  text?: string | null;

  @ApiPropertyOptional(text(100, 'Version of that text', '2026-03'))
  @IsOptional()
  @IsString()
  @MaxLength(100)
  version?: string | null;

  @ApiPropertyOptional(text(45, 'Address they sent it from', '192.0.2.7'))
  @IsOptional()
  @IsIP()
  ip?: string | null;

  @ApiPropertyOptional(text(500, 'Program they sent it with'))
  @IsOptional()
  @IsString()
  @MaxLength(500)
  userAgent?: string | null;

  @ApiPropertyOptional(text(200, 'Form they sent'))
  @IsOptional()
  @IsString()
  @MaxLength(200)
  formId?: string | null;

  @ApiPropertyOptional(text(2000, 'Page or document it stands on'))
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  url?: string | null;

  @ApiPropertyOptional(text(2000, 'Anything else: who took the call, where the paper is'))
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  note?: string | null;
}

/** Body that grants or withdraws consent. */
export class ConsentInput {
  @ApiProperty({ example: 'marketing', description: '`key` of a consent purpose' })
  @IsString()
  @Length(1, 50)
  purpose!: string;

  @ApiProperty({ enum: CHANNELS, example: 'email' })
  @IsIn(CHANNELS)
  channel!: Channel;

  @ApiProperty({ enum: ['granted', 'withdrawn'], example: 'withdrawn' })
  @IsIn(['granted', 'withdrawn'])
  status!: 'granted' | 'withdrawn';

  @ApiPropertyOptional({ default: 'api', maxLength: 100, example: 'web-form' })
  @Omittable()
  @IsString()
  @Length(1, 100)
  source?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'When they said so; now if not given. What they have said later stands',
  })
  @Omittable()
  @IsRFC3339()
  occurredAt?: string;

  @ApiPropertyOptional({
    default: false,
    description:
      'They have confirmed it elsewhere, so that no mail asks them again; `proof.text` or ' +
      '`proof.note` must say what or how',
  })
  @Omittable()
  @IsBoolean()
  confirmed?: boolean;

  @ApiPropertyOptional({ type: ProofInput })
  @Omittable()
  @ValidateNested()
  @nestedClass(() => ProofInput)
  proof?: ProofInput;
}

/** One consent of a batch, and whose it is. */
export class BatchConsentInput extends ConsentInput {
  @ApiPropertyOptional({ format: 'uuid', description: 'The contact, or else its `email`' })
  @Omittable()
  @IsUUID()
  contactId?: string;

  @ApiPropertyOptional({ example: 'maria.anders@example.com', maxLength: 254 })
  @Omittable()
  @IsString()
  @Length(1, 254)
  email?: string;
}

/** Body of a batch: a list from another system, or a change of many. */
export class ConsentBatchInput {
  @ApiProperty({
    ...{ type: [BatchConsentInput], minItems: 1, maxItems: MOST_CONSENTS },
    example: [
      {
        ...{ email: 'maria.anders@example.com', purpose: 'marketing', channel: 'email' },
        ...{ status: 'withdrawn', occurredAt: '2026-03-14T09:30:00.000Z', source: 'old-system' },
      },
    ],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_CONSENTS)
  @ValidateNested({ each: true })
  @nestedClass(() => BatchConsentInput)
  records!: BatchConsentInput[];
}

const STATUSES = [...CONSENT_STATUSES, 'none'] as const;

class ConfirmationDto {
  @ApiProperty({ example: 1, description: 'Mails that asked for it' }) asks!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) askedAt!: string | null;
  @ApiProperty({
    ...{ type: String, format: 'date-time', nullable: true },
    description: 'From then on, granting it again sends another mail',
  })
  nextAskAt!: string | null;
}

/** Where consent stands, for one purpose and channel. */
export class ConsentDto {
  @ApiProperty({ format: 'uuid' }) contactId!: string;
  @ApiProperty({ example: 'marketing' }) purpose!: string;
  @ApiProperty({ enum: CHANNELS }) channel!: Channel;
  @ApiProperty({
    enum: STATUSES,
    description:
      'none: they have said nothing; pending: granted, and to be confirmed by them in a mail',
  })
  status!: ConsentStatus | 'none';
  @ApiProperty({ description: 'Whether they may be reached for it now' }) allowed!: boolean;
  @ApiProperty({
    ...{ type: String, enum: SUPPRESSION_REASONS, nullable: true },
    description: 'Why nothing is sent to their address, whatever they agree to; null: nothing is',
  })
  suppressed!: SuppressionReason | null;
  @ApiProperty({ type: String, nullable: true, example: 'web-form' }) source!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) changedAt!: string | null;
  @ApiProperty({ type: ConfirmationDto, nullable: true, description: 'While it is pending' })
  confirmation!: ConfirmationDto | null;
}

export class ConsentListDto {
  @ApiProperty({ type: [ConsentDto], description: 'Each purpose with each of its channels' })
  data!: ConsentDto[];
}

/** What a contact has said, in the words of a batch. */
export class StoredConsentDto {
  @ApiProperty({ format: 'uuid' }) contactId!: string;
  @ApiProperty({ type: String, nullable: true, example: 'maria.anders@example.com' })
  email!: string | null;
  @ApiProperty({ example: 'marketing' }) purpose!: string;
  @ApiProperty({ enum: CHANNELS }) channel!: Channel;
  @ApiProperty({ enum: CONSENT_STATUSES }) status!: ConsentStatus;
  @ApiProperty({ example: 'web-form' }) source!: string;
  @ApiProperty({ format: 'date-time' }) changedAt!: string;
}

export class StoredConsentPageDto {
  @ApiProperty({ type: [StoredConsentDto] }) data!: StoredConsentDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

class ActorDto {
  @ApiProperty({ enum: ['user', 'apiKey', 'system'] }) type!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) id!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) userId!: string | null;
}

/** Something that was said, or asked. */
export class ConsentHistoryDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'marketing' }) purpose!: string;
  @ApiProperty({ enum: CHANNELS }) channel!: Channel;
  @ApiProperty({ enum: CONSENT_STATUSES }) status!: ConsentStatus;
  @ApiProperty({ example: 'web-form' }) source!: string;
  @ApiProperty({ format: 'date-time' }) occurredAt!: string;
  @ApiProperty({ format: 'date-time' }) recordedAt!: string;
  @ApiProperty({
    ...{ type: 'object', additionalProperties: true },
    description: 'What was given as proof, and `requestId`: the entry that a confirmation answers',
    example: { text: 'Yes, send me news.', ip: '192.0.2.7' },
  })
  proof!: Record<string, unknown>;
  @ApiProperty({ type: ActorDto }) actor!: ActorDto;
}

export class ConsentHistoryPageDto {
  @ApiProperty({ type: [ConsentHistoryDto] }) data!: ConsentHistoryDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

/** What became of a wish. */
export const OUTCOMES = [
  ...['granted', 'withdrawn', 'asked', 'notAsked', 'unchanged', 'superseded'],
] as const;

const OUTCOME =
  'asked: it is pending, and a mail asks them to confirm; notAsked: it is pending, and no mail is ' +
  'sent, since one was sent a short time ago or their address is suppressed; superseded: they ' +
  'have said something later';

/** Where consent stands after a wish, and what became of that. */
export class ConsentResultDto extends ConsentDto {
  @ApiProperty({ enum: OUTCOMES, description: OUTCOME }) outcome!: string;
}

class ConsentBatchItemDto {
  @ApiProperty({ example: 0 }) index!: number;
  @ApiProperty({ example: 200 }) status!: number;
  @ApiPropertyOptional({ format: 'uuid' }) contactId?: string;
  @ApiPropertyOptional({ enum: OUTCOMES, description: OUTCOME }) outcome?: string;
  @ApiPropertyOptional({ enum: CONSENT_STATUSES, description: 'What it is afterwards' })
  consent?: ConsentStatus;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'The problem' })
  error?: object;
}

export class ConsentBatchResultDto {
  @ApiProperty({ type: [ConsentBatchItemDto] }) results!: ConsentBatchItemDto[];
  @ApiProperty({ example: 1 }) succeeded!: number;
  @ApiProperty({ example: 0 }) failed!: number;
}
