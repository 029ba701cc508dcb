import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { Omittable } from '../../../platform/http/omittable.decorator.js';
import { nestedClass } from '../../../platform/http/rules.js';

/** Most bounces of one request. */
const MOST = 1000;
const EXAMPLE_ID = '<0198c0de-0000-7000-8000-000000000001@example.com>';

export const BOUNCE_TYPES = ['permanent', 'temporary', 'complaint'] as const;
export type BounceType = (typeof BOUNCE_TYPES)[number];

export class BounceInput {
  @ApiProperty({
    description: 'Message-ID of the mail that came back, with or without angle brackets',
    example: EXAMPLE_ID,
  })
  @IsString()
  @Length(1, 500)
  messageId!: string;

  @ApiProperty({
    enum: BOUNCE_TYPES,
    description:
      'permanent: the address does not exist, it is suppressed; temporary: only noted; complaint: ' +
      'the receiver said that it is spam, the address is suppressed',
    example: 'permanent',
  })
  @IsIn(BOUNCE_TYPES)
  type!: BounceType;

  @ApiPropertyOptional({ example: '550 5.1.1 User unknown', maxLength: 500 })
  @Omittable()
  @IsString()
  @Length(1, 500)
  reason?: string;
}

export class BouncesInput {
  @ApiProperty({
    type: [BounceInput],
    minItems: 1,
    maxItems: MOST,
    example: [{ messageId: EXAMPLE_ID, type: 'permanent', reason: '550 5.1.1 User unknown' }],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST)
  @ValidateNested({ each: true })
  @nestedClass(() => BounceInput)
  bounces!: BounceInput[];
}

export class BouncesDto {
  @ApiProperty({ description: 'Mails of campaigns that are bounced now' }) recorded!: number;
  @ApiProperty({ description: 'Message-IDs that are of no campaign here, or known as bounced' })
  unknown!: number;
}
