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
    description: 'Header to property; null leaves the column out. By default told from the headers',
    type: 'object',
    additionalProperties: { type: ['string', 'null'] as never },
    example: { 'E-mail': 'email', Tier: 'custom.tier', Ref: 'externalIds.legacy-crm' },
  })
  @IsOptional()
  @IsObject()
  mapping?: Record<string, string | null>;

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
