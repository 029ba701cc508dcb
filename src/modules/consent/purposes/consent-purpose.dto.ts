import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { Omittable } from '../../../platform/http/omittable.decorator.js';
import { CHANNELS } from '../channels.js';
import type { Channel } from '../channels.js';

/** Most purposes of a workspace. */
export const MOST_PURPOSES = 50;

const DESCRIPTION = 'What contacts read of it on their preference page';
const CONSENT_TEXT =
  'What contacts agree to, word for word; kept as proof with every consent that they confirm';
const CONSENT_NEEDED =
  'false: contacts may be reached until they object, as with notices about what they ordered';
const DOUBLE_OPT_IN =
  'Consent to e-mail counts once the contact has confirmed it by a link that is sent to them';

/** Body that makes a purpose. */
export class ConsentPurposeInput {
  @ApiProperty({
    example: 'events',
    description: 'What programs call it; it never changes',
    pattern: '^[a-z][a-z0-9-]{0,49}$',
  })
  @Matches(/^[a-z][a-z0-9-]{0,49}$/, {
    message: 'must be 1 to 50 small letters, digits and hyphens, with a letter first',
  })
  key!: string;

  @ApiProperty({ example: 'Invitations to events' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 1000, description: DESCRIPTION })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  description?: string | null;

  @ApiPropertyOptional({
    ...{ type: String, nullable: true, maxLength: 5000, description: CONSENT_TEXT },
    example: 'Yes, invite me to your events by e-mail. I can withdraw this at any time.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(5000)
  consentText?: string | null;

  @ApiPropertyOptional({
    ...{ type: [String], enum: CHANNELS, minItems: 1, maxItems: CHANNELS.length },
    ...{ default: CHANNELS, example: ['email'], description: 'Ways to reach contacts for it' },
  })
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CHANNELS.length)
  @ArrayUnique()
  @IsIn(CHANNELS, { each: true })
  channels?: Channel[];

  @ApiPropertyOptional({ default: true, description: CONSENT_NEEDED })
  @Omittable()
  @IsBoolean()
  consentNeeded?: boolean;

  @ApiPropertyOptional({ default: true, description: DOUBLE_OPT_IN })
  @Omittable()
  @IsBoolean()
  doubleOptIn?: boolean;

  @ApiPropertyOptional({
    default: true,
    description: 'false: nobody can agree to it any more, and nobody is reached for it',
  })
  @Omittable()
  @IsBoolean()
  active?: boolean;
}

/** Body that changes a purpose; what it leaves out stays. */
export class ConsentPurposePatch extends PartialType(OmitType(ConsentPurposeInput, ['key']), {
  skipNullProperties: false,
}) {}

/** A purpose as it is answered. */
export class ConsentPurposeDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 1, description: 'Also the version of its text, in proofs' })
  version!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
  @ApiProperty({ example: 'marketing' }) key!: string;
  @ApiProperty({ example: 'Marketing' }) name!: string;
  @ApiProperty({ type: String, nullable: true, description: DESCRIPTION })
  description!: string | null;
  @ApiProperty({ type: String, nullable: true, description: CONSENT_TEXT })
  consentText!: string | null;
  @ApiProperty({ type: [String], enum: CHANNELS }) channels!: Channel[];
  @ApiProperty({ description: CONSENT_NEEDED }) consentNeeded!: boolean;
  @ApiProperty({ description: DOUBLE_OPT_IN }) doubleOptIn!: boolean;
  @ApiProperty() active!: boolean;
}

export class ConsentPurposeListDto {
  @ApiProperty({ type: [ConsentPurposeDto], description: `All of them, at most ${MOST_PURPOSES}` })
  data!: ConsentPurposeDto[];
}
