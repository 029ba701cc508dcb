import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Omittable } from '../../../platform/http/omittable.decorator.js';
import { PageInfoDto } from '../../../platform/http/page-info.dto.js';
import { nestedClass } from '../../../platform/http/rules.js';
import { CheckedByService } from '../../../platform/http/rules.pipe.js';
import { INPUT_TYPES } from './form-fields.js';

const WEB = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
/** `*`, or scheme and host of a site, as browsers send it. */
const ORIGIN = /^(?:\*|https?:\/\/[a-z\d.-]{1,253}(?::\d{1,5})?)$/;

/** A field of a form. */
export class FormFieldInput {
  @ApiProperty({
    example: 'email',
    description: `${Object.keys(INPUT_TYPES).join(', ')}, or \`custom.<property>\``,
  })
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiPropertyOptional({ example: 'Your e-mail address', description: 'What visitors read' })
  @Omittable()
  @IsString()
  @Length(1, 500)
  label?: string;

  @ApiPropertyOptional({ default: false })
  @Omittable()
  @IsBoolean()
  required?: boolean;
}

const text = (description: string, maxLength: number, example?: string) => ({
  type: String,
  nullable: true,
  description,
  maxLength,
  ...(example === undefined ? {} : { example }),
});

const CONSENT_TEXT =
  'What visitors must agree to, word for word. It is kept with each lead; once it is converted, ' +
  'it stands in the consent history of its contact, with form, time and address as proof, unless ' +
  'the contact has said otherwise since';
const CONSENT_PURPOSE =
  'Key of the consent purpose, by e-mail, that they agree to; null for `marketing`';

/** Body that makes a form. */
export class LeadFormInput {
  @ApiProperty({ example: 'Contact us' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiPropertyOptional({ default: true, description: 'Whether it can be sent' })
  @Omittable()
  @IsBoolean()
  active?: boolean;

  @ApiProperty({
    type: [FormFieldInput],
    minItems: 1,
    maxItems: 50,
    example: [
      { name: 'lastName', label: 'Your name', required: true },
      { name: 'email', label: 'Your e-mail address', required: true },
      { name: 'message', label: 'How can we help?', required: false },
    ],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @nestedClass(() => FormFieldInput)
  fields!: FormFieldInput[];

  @ApiPropertyOptional(text('Source of its leads', 255, 'website'))
  @IsOptional()
  @IsString()
  @MaxLength(255)
  source?: string | null;

  @ApiPropertyOptional(text('Campaign of its leads', 255))
  @IsOptional()
  @IsString()
  @MaxLength(255)
  campaign?: string | null;

  @ApiPropertyOptional({ type: [String], description: 'Tags of its leads', example: ['web'] })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  tags?: string[];

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Who gets its leads; null: the assignment rules decide',
  })
  @IsOptional()
  @IsUUID()
  ownerId?: string | null;

  @ApiPropertyOptional({
    type: [String],
    default: ['*'],
    description: 'Sites whose pages may send it: `https://example.com`, or `*` for all',
  })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(ORIGIN, { each: true, message: 'must be an origin such as https://example.com, or *' })
  allowedOrigins?: string[];

  @ApiPropertyOptional(text('Where a browser goes that sends it without JavaScript', 2000))
  @IsOptional()
  @IsUrl(WEB)
  @MaxLength(2000)
  redirectUrl?: string | null;

  @ApiPropertyOptional(text('What is answered', 2000, 'Thank you. We will write soon.'))
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  thankYou?: string | null;

  @ApiPropertyOptional(text(CONSENT_TEXT, 5000))
  @IsOptional()
  @IsString()
  @MaxLength(5000)
  consentText?: string | null;

  @ApiPropertyOptional(text(CONSENT_PURPOSE, 50, 'marketing'))
  @IsOptional()
  @IsString()
  @Length(1, 50)
  consentPurpose?: string | null;

  @ApiPropertyOptional({
    default: 3,
    minimum: 0,
    maximum: 600,
    description: 'Whoever needs less to fill it in is a program',
  })
  @Omittable()
  @IsInt()
  @Min(0)
  @Max(600)
  minSeconds?: number;

  @ApiPropertyOptional({ default: 2, minimum: 0, maximum: 100, description: 'Links it may hold' })
  @Omittable()
  @IsInt()
  @Min(0)
  @Max(100)
  maxLinks?: number;
}

/** Body that changes a form; what it leaves out stays. */
export class LeadFormPatch extends PartialType(OmitType(LeadFormInput, ['fields']), {
  skipNullProperties: false,
}) {
  @ApiPropertyOptional({ type: [FormFieldInput], minItems: 1, maxItems: 50 })
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @nestedClass(() => FormFieldInput)
  fields?: FormFieldInput[];
}

class FormFieldDto {
  @ApiProperty({ example: 'email' }) name!: string;
  @ApiProperty({ example: 'Your e-mail address' }) label!: string;
  @ApiProperty() required!: boolean;
}

/** A form as it is answered to those who manage it. */
export class LeadFormDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 1 }) version!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
  @ApiProperty({ example: 'Contact us' }) name!: string;
  @ApiProperty() active!: boolean;
  @ApiProperty({ description: 'It is sent to `/v1/forms/{publicKey}`' }) publicKey!: string;
  @ApiProperty({ type: [FormFieldDto] }) fields!: FormFieldDto[];
  @ApiProperty({ type: String, nullable: true }) source!: string | null;
  @ApiProperty({ type: String, nullable: true }) campaign!: string | null;
  @ApiProperty({ type: [String] }) tags!: string[];
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) ownerId!: string | null;
  @ApiProperty({ type: [String], example: ['*'] }) allowedOrigins!: string[];
  @ApiProperty({ type: String, nullable: true }) redirectUrl!: string | null;
  @ApiProperty({ type: String, nullable: true }) thankYou!: string | null;
  @ApiProperty({ type: String, nullable: true }) consentText!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'marketing' })
  consentPurpose!: string | null;
  @ApiProperty({ example: 3 }) minSeconds!: number;
  @ApiProperty({ example: 2 }) maxLinks!: number;
}

export class LeadFormPageDto {
  @ApiProperty({ type: [LeadFormDto] }) data!: LeadFormDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

class PublicFieldDto extends FormFieldDto {
  @ApiProperty({ example: 'email', description: 'Type of an HTML input, or textarea' })
  type!: string;
}

/** A form as everyone sees it. */
export class PublicFormDto {
  @ApiProperty({ type: [PublicFieldDto] }) fields!: PublicFieldDto[];
  @ApiProperty({ type: String, nullable: true }) consentText!: string | null;
  @ApiProperty({ description: 'To be sent with the form; good for a day' }) token!: string;
  @ApiProperty({ description: 'A field to hide from people: whoever fills it in is a program' })
  honeypot!: string;
}

/** What visitors send; checked against the fields of the form. */
@CheckedByService()
export class SubmissionInput {
  @ApiProperty({ description: '`token` of `GET /v1/forms/{publicKey}`', example: '' })
  token!: string;
  @ApiPropertyOptional({ description: 'Whether they agree, where the form asks' })
  consent?: boolean;
  @ApiPropertyOptional({ example: 'Bergulfsen' }) lastName?: string;
  @ApiPropertyOptional({ example: 'jonas.bergulfsen@example.com' }) email?: string;
  @ApiPropertyOptional({ example: 'We need twelve cases a month.' }) message?: string;
}

/** Answer to a submission, whatever is thought of it. */
export class SubmittedDto {
  @ApiProperty({ example: 'Thank you. We will write soon.' }) message!: string;
  @ApiProperty({ type: String, nullable: true }) redirectUrl!: string | null;
}
