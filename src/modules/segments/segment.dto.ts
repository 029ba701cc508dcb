import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsUUID,
} from 'class-validator';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import {
  DatetimeField,
  IntegerField,
  JsonField,
  SelectField,
  TextField,
} from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';

/** Objects whose records segments hold, by their plural names. */
export const SEGMENT_OBJECTS = ['contacts', 'companies', 'leads'] as const;
export const SEGMENT_KINDS = ['static', 'dynamic'] as const;
export const SEGMENT_STATUSES = ['filling', 'current', 'failed'] as const;

/** Most records that one call adds to or takes out of a static segment by their ids. */
export const MOST_IDS = 1000;

/** What the documentation shows: a condition that any workspace can have. */
export const EXAMPLE_WHERE = {
  and: [
    { field: 'company.address.country', op: 'eq', value: 'DE' },
    {
      related: 'orders',
      where: {
        and: [
          { field: 'total', op: 'gt', value: '500.00' },
          { field: 'currency', op: 'eq', value: 'EUR' },
          { field: 'orderDate', op: 'gte', value: '$startOfYear' },
        ],
      },
      count: { op: 'gt', value: 3 },
    },
  ],
};

const WHERE_DESCRIPTION =
  'The filter language, over relations too: `company.address.country` is a field of the one ' +
  'record that a reference leads to; `{"related": "orders", "where": {…}}` asks for related ' +
  'records, with `"none": true`, `"count": {"op", "value"}` or `"sum": field, "op", "value"` ' +
  'beside it (amounts of several currencies are added as they are, so name the currency). Times ' +
  'may be relative, by the clock of the workspace: `$today`, `$startOfYear`, `{"$ago": "30d"}`. ' +
  'At most 5 deep, 100 conditions, 3 relations in a row';

/** The properties of a segment: a set of records, chosen by hand or by a condition. */
export class SegmentFields {
  @TextField({
    label: 'Name',
    required: true,
    unique: true,
    sortable: true,
    search: 'title',
    maxLength: 200,
    example: 'Big buyers in Germany',
  })
  name!: string;

  @TextField({ label: 'Description', maxLength: 2000, search: 'text' })
  description?: string | null;

  @SelectField({
    label: 'Object',
    description: 'What it is a segment of; it stays',
    required: true,
    options: SEGMENT_OBJECTS,
    example: 'contacts',
  })
  object!: string;

  @SelectField({
    label: 'Kind',
    description:
      '`static`: its members are added and removed; `dynamic`: they follow from `where`. It stays',
    required: true,
    options: SEGMENT_KINDS,
    example: 'dynamic',
  })
  kind!: string;

  @JsonField({
    label: 'Where',
    column: 'conditions',
    description: `Which records a dynamic segment holds. ${WHERE_DESCRIPTION}`,
    example: EXAMPLE_WHERE,
  })
  where?: object | null;

  @IntegerField({ label: 'Members', readOnly: true, initial: 0, example: 42 })
  memberCount!: number;

  @SelectField({
    label: 'Status',
    description:
      '`filling`: it is new or has changed, and all records are being looked through; `current`: ' +
      'it follows what changes; `failed`: `error` says why',
    options: SEGMENT_STATUSES,
    readOnly: true,
    initial: 'current',
    example: 'current',
  })
  status!: string;

  @IntegerField({
    label: 'Progress',
    description: 'Percent of the records that have been looked through since it is filling',
    readOnly: true,
    initial: 100,
    example: 100,
  })
  progress!: number;

  @DatetimeField({
    label: 'Refreshed at',
    description: 'When all records were looked through the last time, or members changed',
    readOnly: true,
  })
  refreshedAt?: string | null;

  @TextField({
    label: 'Error',
    description: 'Why its members no longer follow what changes',
    readOnly: true,
    maxLength: 2000,
  })
  error?: string | null;
}

/** Body that makes or changes a segment. */
@CheckedByService()
export class SegmentInput extends IntersectionType(SegmentFields, RecordInput) {}

/** A segment as it is answered. */
export class SegmentDto extends IntersectionType(SegmentFields, RecordDto) {}

export class SegmentPageDto {
  @ApiProperty({ type: [SegmentDto] }) data!: SegmentDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

/** Body of a preview. */
export class SegmentPreviewInput {
  @ApiProperty({ enum: SEGMENT_OBJECTS, example: 'contacts' })
  @IsIn(SEGMENT_OBJECTS)
  object!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: WHERE_DESCRIPTION,
    example: EXAMPLE_WHERE,
  })
  @IsObject()
  where!: object;
}

export class SegmentPreviewDto {
  @ApiProperty({ description: 'How many of the records that you may read fulfil it', example: 42 })
  count!: number;

  @ApiProperty({ description: 'false: there are so many that they were estimated', example: true })
  countIsExact!: boolean;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'The newest of them, at most 20',
  })
  data!: object[];
}

export const MEMBER_OPERATIONS = ['add', 'remove'] as const;

/** Body that changes the members of a static segment: `ids` or `where`. */
export class MembersInput {
  @ApiProperty({ enum: MEMBER_OPERATIONS, example: 'add' })
  @IsIn(MEMBER_OPERATIONS)
  operation!: (typeof MEMBER_OPERATIONS)[number];

  @ApiPropertyOptional({ type: [String], format: 'uuid', minItems: 1, maxItems: MOST_IDS })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_IDS)
  @IsUUID(undefined, { each: true })
  ids?: string[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'All that fulfil it, at most 10,000, as `where` of a search',
    example: { field: 'createdAt', op: 'gte', value: '$startOfYear' },
  })
  @IsOptional()
  @IsObject()
  where?: object;
}

export class MembersResultDto {
  @ApiProperty({ example: 2 }) added!: number;
  @ApiProperty({ example: 0 }) removed!: number;
  @ApiProperty({ description: 'Were members, or were none, before', example: 0 })
  unchanged!: number;
  @ApiProperty({ example: 2 }) memberCount!: number;
}

export class MemberPageDto {
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true } })
  data!: object[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

class MembershipDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'Big buyers in Germany' }) name!: string;
  @ApiProperty({ enum: SEGMENT_KINDS }) kind!: string;
  @ApiProperty({ format: 'date-time' }) enteredAt!: string;
}

export class MembershipPageDto {
  @ApiProperty({ type: [MembershipDto] }) data!: MembershipDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
