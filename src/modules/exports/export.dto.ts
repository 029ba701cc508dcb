import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
} from 'class-validator';
import { EXPORT_FORMATS } from '../../platform/files/formats/index.js';
import type { ExportFormat } from '../../platform/files/formats/index.js';
import { PageInfoDto } from '../../platform/records/record-dto.js';

/** Body of `POST /v1/exports`. */
export class ExportInput {
  @ApiProperty({ example: 'contacts' }) @IsString() @MaxLength(63) object!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Condition as in a search; all records without it',
    example: { field: 'lifecycleStage', op: 'eq', value: 'customer' },
  })
  @IsOptional()
  @IsObject()
  where?: object;

  @ApiPropertyOptional({ type: [String], example: ['email', 'lastName'] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(500)
  @IsString({ each: true })
  fields?: string[];

  @ApiProperty({ enum: EXPORT_FORMATS, example: 'csv' })
  @IsIn(EXPORT_FORMATS)
  format!: ExportFormat;

  @ApiPropertyOptional({ default: false, description: 'gzip; the file is then named .gz' })
  @IsOptional()
  @IsBoolean()
  compress?: boolean;

  @ApiPropertyOptional({
    default: false,
    description: 'Leaves CSV cells as they are, also those a spreadsheet would run',
  })
  @IsOptional()
  @IsBoolean()
  raw?: boolean;
}

export class ExportDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'contacts' }) object!: string;
  @ApiProperty({ enum: EXPORT_FORMATS }) format!: string;
  @ApiProperty({ enum: ['queued', 'running', 'completed', 'failed'] }) status!: string;
  @ApiProperty({ description: 'Records written' }) rows!: number;
  @ApiProperty({ type: Number, nullable: true, description: 'Bytes' }) size!: number | null;
  @ApiProperty({ type: String, nullable: true, example: '/v1/exports/…/file' })
  file!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  error!: object | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time', nullable: true, type: String }) startedAt!: string | null;
  @ApiProperty({ format: 'date-time', nullable: true, type: String }) finishedAt!: string | null;
}

export class ExportPageDto {
  @ApiProperty({ type: [ExportDto] }) data!: ExportDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
