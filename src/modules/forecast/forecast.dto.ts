import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { UnconvertedDto, UsedRateDto } from '../deals/index.js';

export const FORECAST_BY = ['month', 'owner', 'team'] as const;
export type ForecastBy = (typeof FORECAST_BY)[number];

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const MONTH_RULE = { message: 'must be a month such as 2026-01' };

export class ForecastQueryDto {
  @ApiPropertyOptional({ description: 'First month, `YYYY-MM`; this one unless given' })
  @Omittable()
  @Matches(MONTH, MONTH_RULE)
  from?: string;

  @ApiPropertyOptional({ description: 'Last month; five after the first unless given' })
  @Omittable()
  @Matches(MONTH, MONTH_RULE)
  to?: string;

  @ApiPropertyOptional({ enum: FORECAST_BY, default: 'month' })
  @Omittable()
  @IsIn(FORECAST_BY)
  by?: ForecastBy;

  @ApiPropertyOptional({ format: 'uuid' })
  @Omittable()
  @IsUUID()
  pipelineId?: string;
}

export class ForecastRowDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The month, or id of the user or team; null for deals of none',
  })
  key!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Name of the user or team' })
  name!: string | null;
  @ApiProperty({ description: 'Open deals that are expected to close then' }) deals!: number;
  @ApiProperty({ example: '80000.00', description: 'Won deals' }) closed!: string;
  @ApiProperty({ example: '120000.00', description: '`closed` and open deals of `commit`' })
  commit!: string;
  @ApiProperty({ example: '190000.00', description: '`commit` and open deals of `bestCase`' })
  bestCase!: string;
  @ApiProperty({ example: '300000.00', description: '`bestCase` and open deals of `pipeline`' })
  pipeline!: string;
  @ApiProperty({
    example: '140000.00',
    description: '`closed` and each open deal by its probability',
  })
  weighted!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '200000.00',
    description: 'Quotas whose period lies within the months; by month those of users',
  })
  quota!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '40.0',
    description: '`closed` in percent of the quota',
  })
  attainment!: string | null;
}

export class ForecastDto {
  @ApiProperty({ example: '2026-01' }) from!: string;
  @ApiProperty({ example: '2026-06' }) to!: string;
  @ApiProperty({ enum: FORECAST_BY }) by!: string;
  @ApiProperty({ example: 'EUR', description: 'The currency of the workspace' }) currency!: string;
  @ApiProperty({ type: [UsedRateDto] }) rates!: UsedRateDto[];
  @ApiProperty({ type: [ForecastRowDto] }) rows!: ForecastRowDto[];
  @ApiProperty({ type: ForecastRowDto, description: 'Of all deals, each counted once' })
  total!: ForecastRowDto;
  @ApiProperty({ type: [UnconvertedDto] }) unconverted!: UnconvertedDto[];
}

export class AttainmentDto {
  @ApiProperty({ format: 'uuid' }) quotaId!: string;
  @ApiProperty({ example: '2026-Q1' }) period!: string;
  @ApiProperty({ example: 'EUR', description: 'The currency of the quota' }) currency!: string;
  @ApiProperty({ example: '250000.00' }) quota!: string;
  @ApiProperty({ example: '100000.00' }) closed!: string;
  @ApiProperty({ example: '150000.00', description: 'Below 0 when there is more than asked for' })
  missing!: string;
  @ApiProperty({ type: String, nullable: true, example: '40.0', description: 'Percent' })
  attainment!: string | null;
  @ApiProperty({ type: [UsedRateDto] }) rates!: UsedRateDto[];
  @ApiProperty({ type: [UnconvertedDto] }) unconverted!: UnconvertedDto[];
}
