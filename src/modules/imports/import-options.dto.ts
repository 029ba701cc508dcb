import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
} from 'class-validator';
import { FORMATS } from '../../platform/files/formats/index.js';
import type { Format } from '../../platform/files/formats/index.js';
import { BULK_MODES, DUPLICATE_RULES } from '../../platform/records/bulk/bulk-job.js';
import type { BulkMode, DuplicateRule } from '../../platform/records/bulk/bulk-job.js';

export const EMPTY_CELLS = ['ignore', 'clear'] as const;

/** Header to property, or to several. */
export type Mapping = Record<string, string | string[] | null>;

/** Rows that are left out, and listed with the reason. */
export interface LeaveOutRule {
  where: unknown;
  reason: string;
}

/** `options` of an import: the first part of the multipart body, as JSON. */
export class ImportOptionsDto {
  @ApiProperty({ example: 'contacts', description: 'Object that the rows are records of' })
  @IsString()
  @MaxLength(64)
  object!: string;

  @ApiPropertyOptional({ enum: FORMATS, description: 'Told from the file when left out' })
  @IsOptional()
  @IsIn(FORMATS)
  format?: Format;

  @ApiPropertyOptional({
    enum: BULK_MODES,
    description:
      '`create`: each row is a new record; `update`: changes the records that rows are matched ' +
      'with; `upsert` (default): changes those there are and creates the others',
    default: 'upsert',
  })
  @IsOptional()
  @IsIn(BULK_MODES)
  mode?: BulkMode;

  @ApiPropertyOptional({
    example: 'email',
    description:
      'What rows are matched on: a unique property, `custom.<unique property>`, ' +
      '`externalIds.<source>` or `id`. By default the first of the mapped ones',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  matchOn?: string;

  @ApiPropertyOptional({
    description:
      'Header to property, or to a list of properties; null leaves the column out. By default told ' +
      'from the headers. A member of a list (`lines.quantity`, `lines.product.sku`) makes each row ' +
      'an item: rows of the same key are one record, wherever they stand in the file, and all ' +
      'else is taken from its first row. Records referred to are named by what finds them ' +
      '(`company.externalIds.erp`); further properties of theirs (`company.address.country`) serve ' +
      'to make them. `createdAt`, of new records alone, needs `role:manage`',
    type: 'object',
    additionalProperties: {
      oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }, { type: 'null' }],
    } as never,
    example: { 'E-mail': 'email', Tier: 'custom.tier', Ref: 'externalIds.legacy-crm' },
  })
  @IsOptional()
  @IsObject()
  mapping?: Mapping;

  @ApiPropertyOptional({
    description: 'Property to the value it gets where no column, or an empty cell, gives it',
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean'] as never },
    example: { currency: 'GBP' },
  })
  @IsOptional()
  @IsObject()
  defaults?: Record<string, string | number | boolean>;

  @ApiPropertyOptional({
    description:
      'Property to other words for what the file says: `{"active": {"1": "no", "0": "yes"}}`. One ' +
      '`*` stands for any text, also in the other word; null is an empty cell',
    type: 'object',
    additionalProperties: {
      type: 'object',
      additionalProperties: { type: ['string', 'null'] },
    } as never,
    example: { kind: { 'C*': 'creditNote', '*': 'order' } },
  })
  @IsOptional()
  @IsObject()
  values?: Record<string, Record<string, string | null>>;

  @ApiPropertyOptional({
    description: 'Property to what its numbers are multiplied by: 100 makes 0.15 fifteen percent',
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { 'lines.discountPercent': 100 },
  })
  @IsOptional()
  @IsObject()
  factors?: Record<string, number>;

  @ApiPropertyOptional({
    description:
      'Rows that are left out: they are listed among the errors with the reason and counted as ' +
      'failed. `where` is as in searches, over the headers of the file; numbers compare as numbers',
    type: 'array',
    items: {
      type: 'object',
      required: ['where', 'reason'],
      properties: { where: { type: 'object' }, reason: { type: 'string' } },
    },
    example: [{ where: { field: 'Price', op: 'lte', value: 0 }, reason: 'Not a sale' }],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsObject({ each: true })
  leaveOut?: LeaveOutRule[];

  @ApiPropertyOptional({
    example: 'M/D/YYYY',
    description: 'How the file writes dates besides `YYYY-MM-DD`; a time of day may follow',
  })
  @IsOptional()
  @IsString()
  @MaxLength(32)
  dateFormat?: string;

  @ApiPropertyOptional({
    example: 'Europe/London',
    description: 'Zone of times that come without an offset; UTC by default',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  timeZone?: string;

  @ApiPropertyOptional({
    enum: ['.', ','],
    description: 'Told number by number when left out; one that could be read in two ways fails',
  })
  @IsOptional()
  @IsIn(['.', ','])
  decimalMark?: '.' | ',';

  @ApiPropertyOptional({ default: false, description: 'Counts and checks, and writes nothing' })
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;

  @ApiPropertyOptional({
    enum: DUPLICATE_RULES,
    default: 'update',
    description:
      'What a row does whose key an earlier row of the file had, and with mode `create` one ' +
      'that a record has: change that record, nothing (counted as unchanged), or fail',
  })
  @IsOptional()
  @IsIn(DUPLICATE_RULES)
  onDuplicate?: DuplicateRule;

  @ApiPropertyOptional({
    default: false,
    description: 'Makes records that rows refer to by name, domain or external id',
  })
  @IsOptional()
  @IsBoolean()
  createReferences?: boolean;

  @ApiPropertyOptional({
    enum: EMPTY_CELLS,
    default: 'ignore',
    description: 'Whether an empty cell says nothing or removes the stored value',
  })
  @IsOptional()
  @IsIn(EMPTY_CELLS)
  emptyCells?: (typeof EMPTY_CELLS)[number];

  @ApiPropertyOptional({ example: ';', description: 'Of csv; told from the file when left out' })
  @IsOptional()
  @IsString()
  @Length(1, 1)
  delimiter?: string;

  @ApiPropertyOptional({ example: 'windows-1252' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  encoding?: string;

  @ApiPropertyOptional({ description: 'Whether the first row names the columns' })
  @IsOptional()
  @IsBoolean()
  header?: boolean;

  @ApiPropertyOptional({ description: 'Sheet of a workbook; by default the first' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  sheet?: string;

  @ApiPropertyOptional({
    example: 'DE',
    description: 'Country of phone numbers without a prefix; by default that of the workspace',
  })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  defaultCountry?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Owner of new records without one' })
  @IsOptional()
  @IsUUID()
  ownerId?: string;

  @ApiPropertyOptional({ type: [String], description: 'Added to the tags of each record' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  tags?: string[];

  @ApiPropertyOptional({
    default: false,
    description: 'Whether assignment rules give new leads their owners',
  })
  @IsOptional()
  @IsBoolean()
  runAutomations?: boolean;
}

/** The multipart body, as Swagger UI shows it: the options first, then the file. */
export class ImportBodyDto {
  @ApiProperty({
    type: 'string',
    example: '{"object": "contacts", "mode": "upsert", "dryRun": false}',
    description:
      'JSON with `object` and, if you like, `mode`, `matchOn`, `mapping`, `dryRun` and the other ' +
      'members of the schema `ImportOptionsDto`, at the end of this page',
  })
  options!: string;

  @ApiProperty({ type: 'string', format: 'binary' }) file!: unknown;
}
