import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsInt,
  IsRFC3339,
  IsUUID,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Omittable } from '../../../platform/http/omittable.decorator.js';
import { nestedClass } from '../../../platform/http/rules.js';

/** Most mails of one request. */
const MOST = 1000;
const MOST_TIMES = 10_000;

/** A mail that another system has sent, and what its receiver did with it. */
export class PastMailInput {
  @ApiProperty({
    description: 'Address it went to; that of a contact',
    example: 'maria.anders@example.com',
  })
  @IsEmail()
  email!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-14T09:30:00.000Z' })
  @IsRFC3339()
  sentAt!: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Variant of the campaign that it was' })
  @Omittable()
  @IsUUID()
  variantId?: string;

  @ApiPropertyOptional({ description: 'Whether it came back', example: false })
  @Omittable()
  @IsBoolean()
  bounced?: boolean;

  @ApiPropertyOptional({
    ...{ format: 'date-time', description: 'When it was first opened' },
    example: '2026-03-14T11:05:00.000Z',
  })
  @Omittable()
  @IsRFC3339()
  openedAt?: string;

  @ApiPropertyOptional({ description: 'How often; 1 if not given', minimum: 1, example: 2 })
  @Omittable()
  @IsInt()
  @Min(1)
  @Max(MOST_TIMES)
  opens?: number;

  @ApiPropertyOptional({
    ...{ format: 'date-time', description: 'When a link in it was first followed' },
    example: '2026-03-14T11:06:00.000Z',
  })
  @Omittable()
  @IsRFC3339()
  clickedAt?: string;

  @ApiPropertyOptional({ description: 'How often; 1 if not given', minimum: 1, example: 1 })
  @Omittable()
  @IsInt()
  @Min(1)
  @Max(MOST_TIMES)
  clicks?: number;
}

export class PastMailsInput {
  @ApiProperty({
    ...{ type: [PastMailInput], minItems: 1, maxItems: MOST },
    example: [
      {
        ...{ email: 'maria.anders@example.com', sentAt: '2026-03-14T09:30:00.000Z' },
        openedAt: '2026-03-14T11:05:00.000Z',
      },
    ],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST)
  @ValidateNested({ each: true })
  @nestedClass(() => PastMailInput)
  mails!: PastMailInput[];
}

export class PastMailsDto {
  @ApiProperty({ description: 'Mails that are in the figures of the campaign from now on' })
  recorded!: number;
  @ApiProperty({ description: 'Mails to addresses that were told of before; they stay as told' })
  known!: number;
  @ApiProperty({
    ...{ type: [String], example: ['nobody@example.com'] },
    description: 'Addresses that no contact has: make the contacts, and tell of these again',
  })
  unknown!: string[];
}
