import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { UnconvertedDto, UsedRateDto } from '../deals/index.js';
import { ForecastRowDto } from '../forecast/index.js';
import { CUSTOMERS, SALES_BY, TICKETS_BY } from './report-params.dto.js';
import { RFM_GROUPS } from './rfm-groups.js';

const amount = (description: string): PropertyDecorator =>
  ApiProperty({ example: '12500.00', description });
const percent = (description: string): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, example: '40.0', description });
const nullable = (description?: string): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, description });

/** Orders whose currency has no rate on their day: they are in no sum. */
export class UnconvertedOrdersDto {
  @ApiProperty({ example: 'CHF' }) currency!: string;
  @ApiProperty({ description: 'Orders and credit notes' }) records!: number;
  @amount('In that currency') amount!: string;
}

class OrdersReportDto {
  @ApiProperty({ format: 'date' }) from!: string;
  @ApiProperty({ format: 'date' }) to!: string;
  @ApiProperty({ example: 'EUR', description: 'Of all amounts' }) currency!: string;
  @ApiProperty({ type: [UsedRateDto], description: 'Of the days on which something was sold' })
  rates!: UsedRateDto[];
  @ApiProperty({ type: [UnconvertedOrdersDto] }) unconverted!: UnconvertedOrdersDto[];
}

class SalesTotalDto {
  @ApiProperty() orders!: number;
  @ApiProperty() creditNotes!: number;
  @amount('What was sold, less what was credited') revenue!: string;
  @amount('What credit notes took back; zero or below') credited!: string;
}

class SalesRowDto {
  @nullable('Period, country, or id of the product, customer or user; null for none') key!: string;
  @ApiPropertyOptional({ type: String, nullable: true }) name?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'By product' }) sku?: string;
  @ApiPropertyOptional({ description: 'By product: lines of orders' }) lines?: number;
  @ApiPropertyOptional({ description: 'By product', example: '12' }) quantity?: string;
  @ApiPropertyOptional() orders?: number;
  @ApiPropertyOptional() creditNotes?: number;
  @amount('After discounts and credit notes, without tax and shipping costs') revenue!: string;
  @amount('What credit notes took back; zero or below') credited!: string;
}

export class SalesReportDto extends OrdersReportDto {
  @ApiProperty({ enum: SALES_BY }) by!: string;
  @ApiProperty({ type: SalesTotalDto, description: 'Of all orders, also beyond `limit`' })
  total!: SalesTotalDto;
  @ApiProperty({ type: [SalesRowDto] }) rows!: SalesRowDto[];
  @ApiProperty() truncated!: boolean;
}

class CohortRowDto {
  @ApiProperty({ example: '2026-01', description: 'Month of the first order' }) cohort!: string;
  @ApiProperty({ description: 'Customers of the cohort' }) size!: number;
  @ApiProperty({ description: 'Months after the first order' }) month!: number;
  @ApiProperty({ description: 'Customers who ordered in that month' }) customers!: number;
  @percent('Of the cohort') retention!: string | null;
  @amount('Of that month, credit notes among it') revenue!: string;
}

export class CohortsReportDto extends OrdersReportDto {
  @ApiProperty({ enum: CUSTOMERS }) customer!: string;
  @ApiProperty({ type: [CohortRowDto], description: 'Months without an order are left out' })
  rows!: CohortRowDto[];
}

class RfmRowDto {
  @ApiPropertyOptional({ description: 'By customer: the id' }) key?: string;
  @ApiPropertyOptional({ type: String, nullable: true }) name?: string | null;
  @ApiProperty({ enum: RFM_GROUPS }) group!: string;
  @ApiPropertyOptional({ description: 'Recency: 5 for those who bought last' }) r?: number;
  @ApiPropertyOptional({ description: 'Frequency: 5 for the most orders' }) f?: number;
  @ApiPropertyOptional({ description: 'Money: 5 for the most' }) m?: number;
  @ApiPropertyOptional() customers?: number;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Percent' }) share?: string;
  @amount('Without tax and shipping costs') revenue!: string;
  @ApiPropertyOptional({ type: String, nullable: true }) averageOrders?: string;
  @ApiPropertyOptional({ type: String, nullable: true }) averageRecencyDays?: string;
  @ApiPropertyOptional({ description: 'By customer' }) orders?: number;
  @ApiPropertyOptional({ description: 'By customer: days since the last order' })
  recencyDays?: number;
}

export class RfmReportDto extends OrdersReportDto {
  @ApiProperty({ enum: CUSTOMERS }) customer!: string;
  @ApiProperty({ enum: ['group', 'score', 'customer'] }) by!: string;
  @ApiPropertyOptional({ description: 'By group: all of them' }) customers?: number;
  @ApiProperty({ type: [RfmRowDto] }) rows!: RfmRowDto[];
  @ApiPropertyOptional({ description: 'By customer' }) truncated?: boolean;
}

class LifetimeRowDto {
  @ApiProperty({ format: 'uuid' }) key!: string;
  @nullable() name!: string | null;
  @ApiProperty({ format: 'date' }) firstOrder!: string;
  @ApiProperty({ format: 'date' }) lastOrder!: string;
  @ApiProperty({ description: 'From the first order to the last' }) lifespanDays!: number;
  @ApiProperty() orders!: number;
  @amount('What the customer has spent so far') revenue!: string;
  @amount('Of one order') averageOrder!: string;
}

class LifetimeSummaryDto {
  @ApiProperty() customers!: number;
  @ApiProperty({ description: 'With more than one order' }) returningCustomers!: number;
  @ApiProperty() orders!: number;
  @amount('Of all customers') revenue!: string;
  @amount('Of one customer') averageLifetimeValue!: string;
  @amount('As many customers spent more as less') medianLifetimeValue!: string;
  @amount('Of one order') averageOrder!: string;
  @ApiProperty({ example: '5.44' }) ordersPerCustomer!: string;
  @ApiProperty({ example: '133.2' }) averageLifespanDays!: string;
}

export class LifetimeValueReportDto extends OrdersReportDto {
  @ApiProperty({ enum: CUSTOMERS }) customer!: string;
  @ApiProperty({ type: LifetimeSummaryDto }) summary!: LifetimeSummaryDto;
  @ApiProperty({ type: [LifetimeRowDto], description: 'Who spent most comes first' })
  rows!: LifetimeRowDto[];
  @ApiProperty() truncated!: boolean;
}

class PipelineTotalDto {
  @ApiProperty() deals!: number;
  @amount('Of all of them') amount!: string;
  @amount('Each deal by its probability') weighted!: string;
}

class PipelineRowDto extends PipelineTotalDto {
  @ApiProperty({ format: 'uuid' }) pipelineId!: string;
  @ApiProperty({ example: 'Sales' }) pipeline!: string;
  @ApiProperty({ format: 'uuid' }) stageId!: string;
  @ApiProperty({ example: 'Proposal' }) stage!: string;
  @ApiProperty({ example: 40 }) probability!: number;
  @ApiProperty({ example: '12.5', description: 'That its deals have been in it' })
  averageDays!: string;
  @ApiProperty({ description: 'Deals that have been in it for too long' }) rotting!: number;
}

export class PipelineReportDto {
  @ApiProperty({ example: 'EUR' }) currency!: string;
  @ApiProperty({ type: [UsedRateDto], description: 'The latest ones' }) rates!: UsedRateDto[];
  @ApiProperty({ type: [UnconvertedDto] }) unconverted!: UnconvertedDto[];
  @ApiProperty({ type: PipelineTotalDto }) total!: PipelineTotalDto;
  @ApiProperty({ type: [PipelineRowDto], description: 'Stages that hold open deals' })
  rows!: PipelineRowDto[];
}

export class ForecastReportDto {
  @ApiProperty({ example: '2026-01' }) from!: string;
  @ApiProperty({ example: '2026-06' }) to!: string;
  @ApiProperty({ enum: ['month', 'owner', 'team'] }) by!: string;
  @ApiProperty({ example: 'EUR' }) currency!: string;
  @ApiProperty({ type: [UsedRateDto] }) rates!: UsedRateDto[];
  @ApiProperty({ type: ForecastRowDto }) total!: ForecastRowDto;
  @ApiProperty({ type: [UnconvertedDto] }) unconverted!: UnconvertedDto[];
  @ApiProperty({ type: [ForecastRowDto] }) rows!: ForecastRowDto[];
}

class FunnelRowDto {
  @ApiPropertyOptional({ description: 'By stage' }) stageId?: string;
  @ApiPropertyOptional({ description: 'By stage' }) key?: string;
  @ApiPropertyOptional({ description: 'By stage' }) stage?: string;
  @ApiPropertyOptional({ enum: ['open', 'won', 'lost'] }) type?: string;
  @ApiProperty({ description: 'By stage: that came as far as it, or (won, lost) ended in it' })
  deals!: number;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'In percent of the first' })
  share?: string | null;
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'In percent of the one before',
  })
  conversion?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'That deals stayed in it' })
  averageDays?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'By source' }) source?: string;
  @ApiPropertyOptional({ description: 'By source' }) leads?: number;
  @ApiPropertyOptional({ description: 'By source: those converted among them' })
  qualified?: number;
  @ApiPropertyOptional({ description: 'By source' }) converted?: number;
  @ApiPropertyOptional({ description: 'By source' }) won?: number;
  @ApiPropertyOptional({ description: 'By source' }) lost?: number;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Converted, percent of leads' })
  conversionRate?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Won, in percent of leads' })
  winRate?: string | null;
  @ApiPropertyOptional({ description: 'By source: of the won deals' }) revenue?: string;
}

export class FunnelReportDto {
  @ApiProperty({ enum: ['stage', 'source'] }) by!: string;
  @ApiProperty({ format: 'date' }) from!: string;
  @ApiProperty({ format: 'date' }) to!: string;
  @ApiProperty({ example: 'Europe/Berlin' }) timeZone!: string;
  @ApiPropertyOptional({ format: 'uuid' }) pipelineId?: string;
  @ApiPropertyOptional() pipeline?: string;
  @ApiPropertyOptional({ description: 'By source' }) currency?: string;
  @ApiPropertyOptional({ type: [UsedRateDto] }) rates?: UsedRateDto[];
  @ApiPropertyOptional({ type: [UnconvertedDto] }) unconverted?: UnconvertedDto[];
  @ApiProperty({ type: [FunnelRowDto] }) rows!: FunnelRowDto[];
  @ApiPropertyOptional({ description: 'By source' }) truncated?: boolean;
}

const hours = (description: string): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, example: '5.3', description });

class TicketsRowDto {
  @nullable('Status, priority, age, state of its promises, or id of the user or team')
  key!: string | null;
  @nullable('Of the user or team') name!: string | null;
  @ApiProperty() tickets!: number;
  @ApiProperty({ description: 'Neither solved nor closed' }) open!: number;
  @ApiProperty() solved!: number;
  @hours('Hours until the first answer, on average') firstResponseHours!: string | null;
  @hours('Hours until they were solved, on average') resolutionHours!: string | null;
  @ApiProperty({ description: 'First answers in time' }) firstResponsesMet!: number;
  @ApiProperty({ description: 'First answers that came or are late' })
  firstResponsesMissed!: number;
  @ApiProperty({ description: 'Solved in time' }) resolutionsMet!: number;
  @ApiProperty({ description: 'Solved late, or late already' }) resolutionsMissed!: number;
  @ApiProperty({ description: 'Customers who rated it' }) ratings!: number;
  @nullable('Mean of 1 to 5') averageRating!: string | null;
}

export class TicketsReportDto {
  @ApiProperty({ enum: TICKETS_BY }) by!: string;
  @ApiProperty({ format: 'date' }) from!: string;
  @ApiProperty({ format: 'date' }) to!: string;
  @ApiProperty({ example: 'Europe/Berlin' }) timeZone!: string;
  @ApiProperty({ type: [TicketsRowDto] }) rows!: TicketsRowDto[];
}

class CampaignsRowDto {
  @ApiProperty({ format: 'uuid' }) key!: string;
  @ApiProperty() name!: string;
  @ApiProperty() status!: string;
  @ApiProperty({ format: 'date-time' }) startedAt!: string;
  @ApiProperty() recipients!: number;
  @ApiProperty({ description: 'Taken by the mail server' }) sent!: number;
  @ApiProperty({ description: 'Sent, and not come back' }) delivered!: number;
  @ApiProperty() bounced!: number;
  @ApiProperty() skipped!: number;
  @ApiProperty() opened!: number;
  @ApiProperty() clicked!: number;
  @percent('Opened, of those delivered') openRate!: string | null;
  @percent('Clicked, of those delivered') clickRate!: string | null;
  @percent('Bounced, of those sent or refused') bounceRate!: string | null;
  @ApiProperty({ description: 'Orders of receivers within the days after an open or click' })
  orders!: number;
  @amount('Of these orders, without what was credited') revenue!: string;
}

export class CampaignsReportDto extends OrdersReportDto {
  @ApiProperty({ type: [CampaignsRowDto], description: 'What began last comes first' })
  rows!: CampaignsRowDto[];
  @ApiProperty() truncated!: boolean;
}
