import { ApiProperty } from '@nestjs/swagger';
import { FieldErrorDto } from '../../platform/http/openapi-responses.js';
import { PageInfoDto } from '../../platform/http/page-info.dto.js';
import { BULK_MODES } from '../../platform/records/bulk/bulk-job.js';
import { ImportOptionsDto } from './import-options.dto.js';
import type { Mapping } from './import-options.dto.js';

export const IMPORT_STATUSES = [
  'queued',
  'running',
  'completed',
  'failed',
  'cancelled',
  'reverting',
  'reverted',
] as const;

export class ImportTotalsDto {
  @ApiProperty({ example: 11822, description: 'Rows done; the sum of the others' }) read!: number;
  @ApiProperty({ example: 11810 }) created!: number;
  @ApiProperty({ example: 0 }) updated!: number;
  @ApiProperty({ example: 0 }) unchanged!: number;
  @ApiProperty({ example: 12 }) failed!: number;
}

export class ImportFileDto {
  @ApiProperty({ example: 'breweries.csv' }) name!: string;
  @ApiProperty({ example: 2192163, description: 'Bytes, as sent' }) size!: number;
}

export class ImportProblemDto {
  @ApiProperty({ example: 'unclosed-quote' }) code!: string;
  @ApiProperty({ example: 'The header has a quote that is never closed.' }) detail!: string;
  @ApiProperty({ type: Number, nullable: true, example: 1 }) line!: number | null;
}

export class ImportRevertDto {
  @ApiProperty({ description: 'Records moved to the bin' }) removed!: number;
  @ApiProperty({ description: 'Records that are as before the import' }) restored!: number;
  @ApiProperty({ description: 'Records left alone; see `/kept`' }) kept!: number;
  @ApiProperty({ format: 'date-time' }) startedAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt!: string | null;
}

export class ImportWarningDto {
  @ApiProperty({ example: 17, description: 'Line (or sheet row) of the file' }) line!: number;
  @ApiProperty({ example: 'lines.product.name' }) property!: string;
  @ApiProperty({ type: Object, nullable: true, description: 'What was there before and stays' })
  kept!: unknown;
  @ApiProperty({ type: Object, nullable: true, description: 'What the row says' })
  given!: unknown;
}

export class ImportWarningsDto {
  @ApiProperty({ example: 0 }) count!: number;
  @ApiProperty({ type: [ImportWarningDto], description: 'The first 100' })
  samples!: ImportWarningDto[];
}

export class ImportDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'companies' }) object!: string;
  @ApiProperty({ enum: BULK_MODES }) mode!: string;
  @ApiProperty({ enum: IMPORT_STATUSES }) status!: string;
  @ApiProperty({ type: ImportTotalsDto }) totals!: ImportTotalsDto;
  @ApiProperty({ description: 'Records made because rows referred to them' })
  createdReferences!: number;
  @ApiProperty({
    type: ImportWarningsDto,
    description:
      'Values that contradict what is known of a record referred to, or what the first row of a ' +
      'record said: the first stays, and the row is taken all the same',
  })
  warnings!: ImportWarningsDto;
  @ApiProperty({ minimum: 0, maximum: 1, example: 0.42 }) progress!: number;
  @ApiProperty({ type: Number, nullable: true, example: 20000 }) rowsPerSecond!: number | null;
  @ApiProperty() dryRun!: boolean;
  @ApiProperty({ type: ImportFileDto }) file!: ImportFileDto;
  @ApiProperty({ type: String, nullable: true, example: 'csv' }) format!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'utf-8' }) encoding!: string | null;
  @ApiProperty({ type: String, nullable: true, example: ',' }) delimiter!: string | null;
  @ApiProperty({ type: ImportOptionsDto, description: 'As they were sent' })
  options!: ImportOptionsDto;
  @ApiProperty({ type: String, nullable: true, description: 'What rows are matched on' })
  matchOn!: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: {
      oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }, { type: 'null' }],
    } as never,
    nullable: true,
    description: 'The mapping in use: each header with its property, null for columns left out',
  })
  mapping!: Mapping | null;
  @ApiProperty({ type: [String], description: 'Headers that nothing was found for' })
  unmappedHeaders!: string[];
  @ApiProperty({ type: ImportProblemDto, nullable: true }) problem!: ImportProblemDto | null;
  @ApiProperty({ type: ImportRevertDto, nullable: true }) revert!: ImportRevertDto | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) createdBy!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) startedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt!: string | null;
}

export class ImportPageDto {
  @ApiProperty({ type: [ImportDto] }) data!: ImportDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

export class ImportErrorDto {
  @ApiProperty({ example: 17, description: 'Line (or sheet row) of the file' }) line!: number;
  @ApiProperty({ type: [FieldErrorDto] }) errors!: FieldErrorDto[];
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The row as it was read, by header',
  })
  row!: Record<string, unknown>;
}

export class ImportErrorPageDto {
  @ApiProperty({ type: [ImportErrorDto] }) data!: ImportErrorDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

export class KeptRecordDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'companies' }) object!: string;
  @ApiProperty({ enum: ['changed', 'deleted', 'forbidden', 'valueTaken'] }) reason!: string;
}

export class KeptPageDto {
  @ApiProperty({ type: [KeptRecordDto] }) data!: KeptRecordDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

export class PreviewColumnDto {
  @ApiProperty({ example: 'E-mail' }) header!: string;
  @ApiProperty({ type: String, nullable: true, example: 'email' }) property!: string | null;
  @ApiProperty({ type: [String], example: ['maria@example.com'] }) samples!: string[];
}

export class ImportPreviewDto {
  @ApiProperty({ example: 'csv' }) format!: string;
  @ApiProperty({ type: String, nullable: true, example: ',' }) delimiter!: string | null;
  @ApiProperty({ example: 'utf-8' }) encoding!: string;
  @ApiProperty({ type: String, nullable: true, example: 'email' }) matchOn!: string | null;
  @ApiProperty({ type: [PreviewColumnDto] }) columns!: PreviewColumnDto[];
  @ApiProperty({ type: [String] }) unmappedHeaders!: string[];
  @ApiProperty({ type: [String], description: 'Properties that columns may go to' })
  properties!: string[];
  @ApiProperty({ description: 'Rows looked at, at most 100' }) rows!: number;
  @ApiProperty({ type: [ImportErrorDto] }) errors!: ImportErrorDto[];
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'The first records as they would be stored',
  })
  records!: Record<string, unknown>[];
}
