import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { CheckedByService } from '../../platform/http/rules.pipe.js';

export const SURVEY_AFTER = ['solved', 'closed'] as const;
export const CSAT_BY = ['month', 'owner', 'team'] as const;
export type CsatBy = (typeof CSAT_BY)[number];
export const LONGEST_COMMENT = 2000;

/** Body that changes when and how customers are asked if they are satisfied. */
export class SurveySettingsPatch {
  @ApiPropertyOptional({ default: false, description: 'Whether customers are asked at all' })
  @Omittable()
  @IsBoolean()
  enabled?: boolean;

  @ApiPropertyOptional({
    enum: SURVEY_AFTER,
    default: 'solved',
    description: 'After which status category of their ticket; `solved` means either',
  })
  @Omittable()
  @IsIn(SURVEY_AFTER)
  afterStatus?: (typeof SURVEY_AFTER)[number];

  @ApiPropertyOptional({
    default: 24,
    minimum: 0,
    maximum: 720,
    description: 'Hours until then; a ticket that is opened again meanwhile is not asked about',
  })
  @Omittable()
  @IsInt()
  @Min(0)
  @Max(720)
  delayHours?: number;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'How satisfied are you with our help?',
    description: 'What is asked; null: the usual question, in English',
  })
  @IsOptional()
  @IsString()
  @Length(1, 300)
  question?: string | null;
}

export class SurveySettingsDto {
  @ApiProperty({ example: 1 }) version!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) updatedAt!: string | null;
  @ApiProperty() enabled!: boolean;
  @ApiProperty({ enum: SURVEY_AFTER }) afterStatus!: (typeof SURVEY_AFTER)[number];
  @ApiProperty({ example: 24 }) delayHours!: number;
  @ApiProperty({ type: String, nullable: true }) question!: string | null;
}

/** A survey as the customer sees it who has its link. */
export class PublicSurveyDto {
  @ApiProperty({ example: 'How satisfied are you with our help?' }) question!: string;
  @ApiProperty({ example: 'Acme Support', description: 'Who asks' }) from!: string;
  @ApiProperty({ example: 1042 }) ticketNumber!: number;
  @ApiProperty({ example: 'The blue cup arrived broken' }) ticketSubject!: string;
  @ApiProperty({ type: Number, nullable: true, minimum: 1, maximum: 5 }) score!: number | null;
  @ApiProperty({ type: String, nullable: true }) comment!: string | null;
  @ApiProperty({ description: 'Whether it can be answered, or the answer be changed' })
  isOpen!: boolean;
  @ApiProperty({ format: 'date-time' }) expiresAt!: string;
}

/** What customers answer, as JSON or as a form; checked by the service. */
@CheckedByService()
export class SurveyAnswerInput {
  @ApiProperty({ example: 5, minimum: 1, maximum: 5, description: '5 is best' }) score!: number;
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: LONGEST_COMMENT })
  comment?: string | null;
}

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;
const MONTH_RULE = { message: 'must be a month such as 2026-01' };

export class CsatQueryDto {
  @ApiPropertyOptional({ description: 'First month, `YYYY-MM`; eleven before the last' })
  @Omittable()
  @Matches(MONTH, MONTH_RULE)
  from?: string;

  @ApiPropertyOptional({ description: 'Last month; this one unless given' })
  @Omittable()
  @Matches(MONTH, MONTH_RULE)
  to?: string;

  @ApiPropertyOptional({ enum: CSAT_BY, default: 'month' })
  @Omittable()
  @IsIn(CSAT_BY)
  by?: CsatBy;
}

export class CsatRowDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The month, or id of the assignee or team when the ticket was done; null: none',
  })
  key!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Name of the user or team' })
  name!: string | null;
  @ApiProperty({ example: 40, description: 'Surveys that were sent' }) sent!: number;
  @ApiProperty({ example: 12, description: 'Those of them that were answered' })
  responses!: number;
  @ApiProperty({ type: String, nullable: true, example: '4.25', description: 'Of the scores' })
  average!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '83.3',
    description: 'Answers of 4 or 5 in percent of all',
  })
  satisfied!: string | null;
}

export class CsatDto {
  @ApiProperty({ example: '2026-01' }) from!: string;
  @ApiProperty({ example: '2026-12' }) to!: string;
  @ApiProperty({ enum: CSAT_BY }) by!: string;
  @ApiProperty({ type: [CsatRowDto] }) rows!: CsatRowDto[];
  @ApiProperty({ type: CsatRowDto }) total!: CsatRowDto;
}
