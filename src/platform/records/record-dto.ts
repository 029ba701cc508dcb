import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumberString,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
} from 'class-validator';
import { CheckedByService } from '../http/rules.pipe.js';
import { BATCH_OPERATIONS } from './record-batch.js';
import type { Batch, BatchOperation } from './record-batch.js';
import type { Merge } from './record-merger.js';

/** Most records of one batch. */
export const BATCH_LIMIT = 1000;

const CUSTOM = {
  description: 'Values of the properties that the workspace has defined',
  type: 'object',
  additionalProperties: true,
  example: {},
} as const;

const EXTERNAL_IDS = {
  description: 'Ids of the record in other systems: source to id',
  type: 'object',
  additionalProperties: { type: 'string' },
  example: { 'legacy-crm': '4711' },
} as const;

/** Members of every record that the server sets, and those that every object shares. */
export class RecordDto {
  @ApiProperty({ format: 'uuid', readOnly: true }) id!: string;
  @ApiProperty({ format: 'uuid', nullable: true, type: String }) ownerId!: string | null;
  @ApiProperty({ type: [String], example: ['vip'] }) tags!: string[];
  @ApiProperty(CUSTOM) custom!: Record<string, unknown>;
  @ApiProperty(EXTERNAL_IDS) externalIds!: Record<string, string>;
  @ApiProperty({ readOnly: true, example: 1 }) version!: number;
  @ApiProperty({ format: 'date-time', readOnly: true }) createdAt!: string;
  @ApiProperty({ format: 'date-time', readOnly: true }) updatedAt!: string;
  @ApiProperty({ format: 'uuid', nullable: true, type: String }) createdBy!: string | null;
  @ApiProperty({ format: 'uuid', nullable: true, type: String }) updatedBy!: string | null;
}

/** What a body may say of every record besides its object's own fields. */
export class RecordInput {
  @ApiPropertyOptional({ format: 'uuid', nullable: true, type: String, example: null })
  ownerId?: string | null;

  @ApiPropertyOptional({ type: [String], maxItems: 50, example: ['vip'] }) tags?: string[];
  @ApiPropertyOptional(CUSTOM) custom?: Record<string, unknown>;
  @ApiPropertyOptional({ ...EXTERNAL_IDS, example: {} }) externalIds?: Record<string, string>;
}

export class PageInfoDto {
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
  @ApiProperty() hasMore!: boolean;
  @ApiPropertyOptional({ description: 'Only when count is asked for' }) total?: number;
}

/** Body of `POST /v1/<objects>/batch`. */
export class BatchDto implements Batch {
  @ApiProperty({ enum: BATCH_OPERATIONS })
  @IsIn(BATCH_OPERATIONS)
  operation!: BatchOperation;

  @ApiPropertyOptional({ description: 'Key of an upsert, such as `email`' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  matchOn?: string;

  @ApiPropertyOptional({ description: 'All or nothing', default: false })
  @IsOptional()
  @IsBoolean()
  atomic?: boolean;

  @ApiProperty({ type: 'array', items: {}, minItems: 1, maxItems: BATCH_LIMIT })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(BATCH_LIMIT)
  records!: unknown[];
}

class BatchItemDto {
  @ApiProperty() index!: number;
  @ApiProperty() status!: number;
  @ApiPropertyOptional() id?: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true }) record?: object;
  @ApiPropertyOptional({ $ref: '#/components/schemas/ProblemDto' } as object) error?: object;
}

export class BatchResultDto {
  @ApiProperty({ type: [BatchItemDto] }) results!: BatchItemDto[];
  @ApiProperty() succeeded!: number;
  @ApiProperty() failed!: number;
}

/** Parameters of a plain page. */
export class PageQueryDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 500, default: 50 })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  limit?: string;

  @ApiPropertyOptional() @IsOptional() @IsString() cursor?: string;
}

/** Parameters of a removal. */
export class PurgeQueryDto {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'true: for good, past the bin' })
  @IsOptional()
  @IsIn(['true', 'false'])
  purge?: string;
}

/** Body of `POST /v1/<objects>/{id}/merge`. */
export class MergeDto implements Merge {
  @ApiProperty({ type: [String], maxItems: 50 })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsUUID(undefined, { each: true })
  duplicateIds!: string[];

  @ApiPropertyOptional({
    description: 'Field to the id of the record whose value wins',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: {},
  })
  @IsOptional()
  @IsObject()
  prefer?: Record<string, string>;

  @ApiPropertyOptional({ default: false, description: 'Only say what would happen' })
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;
}

export class MergeResultDto {
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) record!: object;
  @ApiProperty({ type: 'object', additionalProperties: true }) changes!: object;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' } }) moved!: object;
}

class DuplicateDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() title!: string;
  @ApiProperty() subtitle!: string;
  @ApiProperty({ minimum: 0, maximum: 1 }) score!: number;
  @ApiProperty({ type: [String] }) reasons!: string[];
}

export class DuplicatesDto {
  @ApiProperty({ type: [DuplicateDto] }) data!: DuplicateDto[];
}

/** Body of `POST /v1/<objects>/search`. */
@CheckedByService()
export class SearchDto {
  @ApiPropertyOptional({ example: 'brew' }) query?: string;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { and: [{ field: 'createdAt', op: 'gte', value: '2026-01-01T00:00:00.000Z' }] },
  })
  where?: object;
  @ApiPropertyOptional({ type: [String], example: ['-createdAt'] }) sort?: string[];
  @ApiPropertyOptional({ type: [String] }) fields?: string[];
  @ApiPropertyOptional({ type: [String] }) include?: string[];
  @ApiPropertyOptional({ minimum: 1, maximum: 500, default: 50 }) limit?: number;
  @ApiPropertyOptional() cursor?: string;
  @ApiPropertyOptional({ enum: ['none', 'estimated', 'exact'] }) count?: string;
}

class AboutDto {
  @ApiProperty({ example: 'activity' }) object!: string;
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ type: String, nullable: true }) title!: string | null;
}

class TimelineEntryDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'contact.updated' }) type!: string;
  @ApiProperty({ format: 'date-time' }) occurredAt!: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) actor!: object;
  @ApiProperty({ type: String, nullable: true }) source!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) changes!: object;
  @ApiProperty({
    type: AboutDto,
    nullable: true,
    description: 'The record it happened to, where that is another one, which is linked to this',
  })
  about!: AboutDto | null;
}

export class TimelineDto {
  @ApiProperty({ type: [TimelineEntryDto] }) data!: TimelineEntryDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
