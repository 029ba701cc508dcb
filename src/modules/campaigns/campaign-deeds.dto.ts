import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsOptional,
  IsRFC3339,
  IsString,
  IsUUID,
  Length,
} from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';

const MOST_TESTS = 10;

/** Body of what needs no reason. */
export class CampaignMoveInput {
  @ApiPropertyOptional({ example: 'The offer has changed', maxLength: 1000 })
  @Omittable()
  @IsString()
  @Length(1, 1000)
  reason?: string;
}

export class ScheduleInput {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'In the future; the `sendAt` of the campaign if not given',
    example: '2031-04-01T07:00:00.000Z',
  })
  @Omittable()
  @IsRFC3339()
  sendAt?: string;

  @ApiPropertyOptional({ description: 'As the campaign says if not given', example: true })
  @Omittable()
  @IsBoolean()
  inReceiverTimeZone?: boolean;
}

export class WinnerInput {
  @ApiProperty({
    format: 'uuid',
    description: 'Variant that the rest of the audience gets',
    example: '0198c0de-0000-7000-8000-000000000001',
  })
  @IsUUID()
  variantId!: string;
}

export class ResolveInput {
  @ApiProperty({
    enum: ['resend', 'sent'],
    description: '`resend`: send them once more; `sent`: take them for sent',
    example: 'sent',
  })
  @IsIn(['resend', 'sent'])
  as!: 'resend' | 'sent';
}

/** Whose mail is to be seen. */
export class PreviewInput {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  contactId!: string;

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true })
  @IsOptional()
  @IsUUID()
  variantId?: string | null;
}

export class PreviewDto {
  @ApiProperty({ example: 'Hello Maria' }) subject!: string;
  @ApiProperty({ type: String, nullable: true, example: '<p>Hello Maria, …</p>' })
  html!: string | null;
  @ApiProperty({ example: 'Hello Maria, …' }) text!: string;
}

/** Who gets a mail to look at before the campaign is sent. */
export class TestInput {
  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: MOST_TESTS,
    example: ['me@example.com'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_TESTS)
  @IsEmail(undefined, { each: true })
  to!: string[];

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Contact that placeholders are filled in from; without one they are empty',
  })
  @IsOptional()
  @IsUUID()
  contactId?: string | null;

  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true })
  @IsOptional()
  @IsUUID()
  variantId?: string | null;
}

export class TestSentDto {
  @ApiProperty({ type: [String], example: ['me@example.com'] }) to!: string[];
}

class LeftOutDto {
  @ApiProperty({ description: 'Contacts without an e-mail address' }) noAddress!: number;
  @ApiProperty({
    description: 'Contacts who have not agreed to the purpose, or whose address is suppressed',
  })
  notPermitted!: number;
}

/** Whom a campaign would reach if it were sent now. */
export class AudienceDto {
  @ApiProperty({ description: 'Contacts of the audience' }) total!: number;
  @ApiProperty({ description: 'Contacts who would get it' }) recipients!: number;
  @ApiProperty({ type: LeftOutDto }) leftOut!: LeftOutDto;
}
