import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CheckedByService } from '../../../platform/http/rules.pipe.js';

const CHOICE = {
  type: 'object',
  additionalProperties: false,
  properties: {
    id: { type: 'string', format: 'uuid', description: 'One that is there' },
    fields: {
      type: 'object',
      additionalProperties: true,
      description: 'A new one, of what the lead says and these fields over it',
    },
  },
} as const;

/** Body of `POST /v1/leads/{id}/convert`; read by `readConversion`. */
@CheckedByService()
export class ConvertLeadDto {
  @ApiPropertyOptional({
    ...CHOICE,
    description:
      'Who it becomes: `{id}` of a contact, or `{fields}` of a new one. Left out: the contact ' +
      'with the same e-mail address or phone, or else a new one',
  })
  contact?: object;

  @ApiPropertyOptional({
    ...CHOICE,
    type: ['object', 'null'] as never,
    description:
      'Their company: `{id}`, `{fields}`, or null for none. Left out: the company with the same ' +
      'domain or name, or else a new one where the lead names one',
  })
  company?: object | null;

  @ApiPropertyOptional({
    type: ['object', 'null'] as never,
    additionalProperties: true,
    description:
      'Fields of the deal that is made with them, or null for none. Left out: a deal with the ' +
      'name of the company or person',
    example: { name: 'First order', amount: '1250.00', currency: 'EUR' },
  })
  deal?: object | null;

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    description: 'Owner of what is made; the owner of the lead unless given',
  })
  ownerId?: string;

  @ApiPropertyOptional({
    default: false,
    description: 'Only say what would happen, and which records could be meant',
  })
  dryRun?: boolean;
}

/** A record that may be meant. */
export class CandidateDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() title!: string;
  @ApiProperty() subtitle!: string;
  @ApiProperty({ type: [String], example: ['email'] }) matchedBy!: string[];
}

export const PART_ACTIONS = ['created', 'matched', 'chosen', 'ambiguous', 'none'] as const;

/** What becomes of one part of a conversion. */
export class ConvertedPartDto {
  @ApiProperty({
    enum: PART_ACTIONS,
    description:
      'created: a new one; matched: found by what the lead says; chosen: by the request; ' +
      'ambiguous (dry run): several could be meant',
  })
  action!: (typeof PART_ACTIONS)[number];
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null for what a dry run would make',
  })
  id!: string | null;
  @ApiProperty({ type: [String], description: 'What it was found by', example: ['email'] })
  matchedBy!: string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Fields of a new one, or those that an existing one lacked',
  })
  values!: Record<string, unknown>;
  @ApiProperty({ type: [CandidateDto], description: 'Which could be meant, when ambiguous' })
  candidates!: CandidateDto[];
}

/** Answer of a conversion. */
export class ConversionDto {
  @ApiProperty() dryRun!: boolean;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) lead!: object | null;
  @ApiProperty({ type: ConvertedPartDto }) contact!: ConvertedPartDto;
  @ApiProperty({ type: ConvertedPartDto }) company!: ConvertedPartDto;
  @ApiProperty({ type: ConvertedPartDto }) deal!: ConvertedPartDto;
}
