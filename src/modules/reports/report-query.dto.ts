import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import { UsedRateDto } from '../deals/index.js';

export const MEASURES = ['count', 'sum', 'avg', 'min', 'max', 'distinct', 'median'] as const;
export type MeasureName = (typeof MEASURES)[number];

export const PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Period = (typeof PERIODS)[number];

export const MOST_MEASURES = 10;
export const MOST_DIMENSIONS = 4;
export const MOST_GROUPS = 10_000;
export const USUAL_GROUPS = 1000;

export class MeasureInput {
  @ApiProperty({ enum: MEASURES, example: 'sum' }) measure!: MeasureName;
  @ApiPropertyOptional({
    example: 'net',
    description: '`count` may go without: it counts the records, else those that have a value',
  })
  field?: string;
  @ApiPropertyOptional({
    example: 'revenue',
    description: 'Name of the column; `sum(net)` or `count` unless given',
  })
  as?: string;
}

export class DimensionInput {
  @ApiProperty({ example: 'orderDate' }) field!: string;
  @ApiPropertyOptional({
    enum: PERIODS,
    description:
      'Of a date or time: `2026-01-31`, `2026-W05` (ISO 8601, from Monday), `2026-01`, `2026-Q1`, `2026`. Times need it; dates are days without it',
  })
  by?: Period;
  @ApiPropertyOptional({
    example: 'month',
    description: 'Name of the column; the field unless given',
  })
  as?: string;
}

/** Body of `POST /v1/reports/query`. */
@CheckedByService()
export class ReportQueryInput {
  @ApiProperty({ example: 'orderLines', description: 'Plural as in paths, or `orderLines`' })
  object!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'Condition as in a search, related records included; also over fields of records that are pointed to',
    example: { field: 'status', op: 'nin', value: ['draft', 'cancelled'] },
  })
  where?: object;

  @ApiProperty({
    type: [MeasureInput],
    minItems: 1,
    maxItems: MOST_MEASURES,
    example: [
      { measure: 'sum', field: 'net', as: 'revenue' },
      { measure: 'distinct', field: 'orderId', as: 'orders' },
    ],
  })
  measures!: MeasureInput[];

  @ApiPropertyOptional({
    type: [DimensionInput],
    maxItems: MOST_DIMENSIONS,
    example: [{ field: 'orderDate', by: 'month', as: 'month' }],
  })
  dimensions?: DimensionInput[];

  @ApiPropertyOptional({
    example: 'Europe/Berlin',
    description: 'For days, weeks and months of times; the one of the workspace unless given',
  })
  timeZone?: string;

  @ApiPropertyOptional({
    example: 'EUR',
    description:
      'Converts amounts to it at the latest rates. Without it, amounts are never added across currencies: the currency becomes a dimension',
  })
  currency?: string;

  @ApiPropertyOptional({
    type: [String],
    example: ['-revenue'],
    description: 'Names of columns, `-` for descending; the dimensions in their order unless given',
  })
  sort?: string[];

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_GROUPS,
    default: USUAL_GROUPS,
    description: 'Most groups; `truncated` tells whether there are more',
  })
  limit?: number;
}

export class ReportColumnDto {
  @ApiProperty({ example: 'revenue' }) name!: string;
  @ApiProperty({ enum: ['dimension', 'measure'] }) kind!: string;
  @ApiProperty({ example: 'net' }) field!: string | null;
  @ApiPropertyOptional({ enum: MEASURES }) measure?: string;
  @ApiPropertyOptional({ enum: PERIODS }) by?: string;
}

/** Records that are in no sum, because there is no rate for their currency. */
export class LackingRateDto {
  @ApiProperty({ example: 'CHF' }) currency!: string;
  @ApiProperty({ example: 3 }) records!: number;
}

export class ReportDto {
  @ApiProperty({ example: 'orderLines' }) object!: string;
  @ApiProperty({ example: 'Europe/Berlin' }) timeZone!: string;
  @ApiProperty({ type: String, nullable: true, description: 'That amounts were converted to' })
  currency!: string | null;
  @ApiProperty({ type: [UsedRateDto] }) rates!: UsedRateDto[];
  @ApiProperty({ type: [LackingRateDto], description: 'What could not be converted' })
  unconverted!: LackingRateDto[];
  @ApiProperty({ type: [ReportColumnDto] }) columns!: ReportColumnDto[];
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'A member for each column. Counts are numbers, sums and amounts exact decimals',
    example: [{ month: '2026-01', currency: 'EUR', revenue: '1250.00', orders: 12 }],
  })
  rows!: object[];
  @ApiProperty({ description: 'There are more groups than `limit`' }) truncated!: boolean;
}
