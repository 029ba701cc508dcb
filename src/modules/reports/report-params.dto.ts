import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNumberString, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { ForecastQueryDto } from '../forecast/index.js';

const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_RULE = { message: 'must be a day such as 2026-01-31' };

/** What every report takes. */
export class FormatQueryDto {
  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @Omittable()
  @IsIn(['json', 'csv'])
  format?: string;
}

/** Whose, and in which money. */
export class NarrowedQueryDto extends FormatQueryDto {
  @ApiPropertyOptional({
    example: 'EUR',
    description: "All amounts in it; the workspace's unless given",
  })
  @Omittable()
  @IsString()
  @MaxLength(20)
  currency?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only what this user owns' })
  @Omittable()
  @IsUUID()
  ownerId?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only what members of this team own' })
  @Omittable()
  @IsUUID()
  teamId?: string;
}

/** And of which days. */
export class RangeQueryDto extends NarrowedQueryDto {
  @ApiPropertyOptional({ format: 'date', description: 'First day' })
  @Omittable()
  @Matches(DAY, DAY_RULE)
  from?: string;

  @ApiPropertyOptional({ format: 'date', description: 'Last day; today unless given' })
  @Omittable()
  @Matches(DAY, DAY_RULE)
  to?: string;

  @ApiPropertyOptional({
    example: 'Europe/Berlin',
    description: "In which days begin; the workspace's unless given",
  })
  @Omittable()
  @IsString()
  @MaxLength(64)
  timeZone?: string;
}

export const MOST_ROWS = 10_000;
export const USUAL_ROWS = 100;

/** And how many. */
export class LimitedQueryDto extends RangeQueryDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_ROWS, default: USUAL_ROWS })
  @Omittable()
  @IsNumberString({ no_symbols: true })
  limit?: string;
}

export const SALES_BY = [
  ...['product', 'country', 'customer', 'owner', 'day', 'week', 'month', 'quarter', 'year'],
] as const;
export type SalesBy =
  'product' | 'country' | 'customer' | 'owner' | 'day' | 'week' | 'month' | 'quarter' | 'year';

export class SalesQueryDto extends LimitedQueryDto {
  @ApiPropertyOptional({ enum: SALES_BY, default: 'month' })
  @Omittable()
  @IsIn(SALES_BY)
  by?: SalesBy;
}

export const CUSTOMERS = ['company', 'contact'] as const;
export type CustomerKind = (typeof CUSTOMERS)[number];

const CustomerField = (): PropertyDecorator => (target, property) => {
  ApiPropertyOptional({
    enum: CUSTOMERS,
    default: 'company',
    description: 'Who of an order is its customer',
  })(target, property);
  Omittable()(target, property);
  IsIn(CUSTOMERS)(target, property);
};

export class CohortsQueryDto extends RangeQueryDto {
  @CustomerField() customer?: CustomerKind;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 60,
    default: 12,
    description: 'Months that each cohort is followed',
  })
  @Omittable()
  @IsNumberString({ no_symbols: true })
  months?: string;
}

export const RFM_BY = ['group', 'score', 'customer'] as const;
export type RfmBy = (typeof RFM_BY)[number];

export class RfmQueryDto extends LimitedQueryDto {
  @CustomerField() customer?: CustomerKind;

  @ApiPropertyOptional({ enum: RFM_BY, default: 'group' })
  @Omittable()
  @IsIn(RFM_BY)
  by?: RfmBy;
}

export class LifetimeValueQueryDto extends LimitedQueryDto {
  @CustomerField() customer?: CustomerKind;
}

export class PipelineQueryDto extends NarrowedQueryDto {
  @ApiPropertyOptional({ format: 'uuid', description: 'All pipelines unless given' })
  @Omittable()
  @IsUUID()
  pipelineId?: string;
}

export const FUNNEL_BY = ['stage', 'source'] as const;
export type FunnelBy = (typeof FUNNEL_BY)[number];

export class FunnelQueryDto extends RangeQueryDto {
  @ApiPropertyOptional({
    enum: FUNNEL_BY,
    default: 'stage',
    description:
      '`stage`: deals through a pipeline; `source`: leads to contacts, deals and won deals',
  })
  @Omittable()
  @IsIn(FUNNEL_BY)
  by?: FunnelBy;

  @ApiPropertyOptional({ format: 'uuid', description: 'By stage: the default one unless given' })
  @Omittable()
  @IsUUID()
  pipelineId?: string;

  @ApiPropertyOptional({ description: 'By stage: only deals of this source' })
  @Omittable()
  @IsString()
  @MaxLength(255)
  source?: string;
}

export class ForecastReportQueryDto extends ForecastQueryDto {
  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @Omittable()
  @IsIn(['json', 'csv'])
  format?: string;
}

export const TICKETS_BY = ['status', 'priority', 'age', 'sla', 'owner', 'team', 'channel'] as const;
export type TicketsBy = (typeof TICKETS_BY)[number];

export class TicketsReportQueryDto extends RangeQueryDto {
  @ApiPropertyOptional({
    enum: TICKETS_BY,
    default: 'status',
    description: '`age`: open tickets by how long ago they were made',
  })
  @Omittable()
  @IsIn(TICKETS_BY)
  by?: TicketsBy;
}

export class CampaignsReportQueryDto extends LimitedQueryDto {}
