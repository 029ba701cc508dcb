import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsBoolean, IsString, IsUUID, Length, MaxLength } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import {
  CurrencyField,
  DateField,
  DatetimeField,
  DecimalField,
  IdField,
  IntegerField,
  ListField,
  ReferenceField,
  SelectField,
  TextField,
} from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';
import { FORECAST_CATEGORIES } from '../pipelines/index.js';
import { CompetitorFields, DealContactFields, DealLineFields } from './deal-lists.dto.js';

const AMOUNT_NAMES = ['Value', 'Deal value', 'Amount', 'Betrag', 'Wert', '金额'];

/** The properties of a deal: a chance to sell. */
export class DealFields {
  @TextField({
    label: 'Name',
    required: true,
    sortable: true,
    search: 'title',
    example: 'Brewing kettles for Kronach',
    synonyms: ['Deal', 'Deal name', 'Opportunity', 'Opportunity name', 'Titel', '商机名称'],
  })
  name!: string;

  @ReferenceField({
    label: 'Pipeline',
    description: 'The default one unless given',
    references: { object: 'pipeline', include: 'pipeline', by: ['name'] },
    synonyms: ['Pipeline name', 'Sales pipeline', '销售管道'],
  })
  pipelineId?: string | null;

  @IdField({
    label: 'Stage id',
    description: 'A stage of the pipeline; its first open one unless given',
  })
  stageId?: string | null;

  @TextField({
    label: 'Stage',
    description: 'Key of the stage; a stage may be given by its key or name instead of its id',
    maxLength: 100,
    synonyms: ['Deal stage', 'Stage name', 'Phase', '阶段'],
  })
  stage?: string | null;

  @SelectField({
    label: 'Status',
    description: 'Follows from the stage',
    options: ['open', 'won', 'lost'],
    readOnly: true,
  })
  status?: string;

  @DecimalField({
    label: 'Amount',
    description: 'The sum of the lines when there are any',
    currencyIn: 'currency',
    sortable: true,
    min: 0,
    example: '9600.00',
    synonyms: AMOUNT_NAMES,
  })
  amount?: string | null;

  @CurrencyField({
    label: 'Currency',
    description: 'ISO 4217 code; the one of the workspace unless given',
    synonyms: ['Deal currency', 'Währung', '货币'],
  })
  currency?: string | null;

  @DecimalField({
    label: 'Amount in base currency',
    description:
      'In the currency of the workspace, at the rate of the day it was last written or closed; null without a rate',
    currencyIn: 'baseCurrency',
    readOnly: true,
  })
  amountInBase?: string | null;

  @CurrencyField({ label: 'Base currency', readOnly: true })
  baseCurrency?: string | null;

  @DecimalField({
    label: 'Rate',
    description: 'Exchange rate that was used',
    readOnly: true,
    scale: 15,
  })
  rate?: string | null;

  @DateField({ label: 'Rate date', description: 'Day that the rate is of', readOnly: true })
  rateDate?: string | null;

  @DateField({
    label: 'Expected close date',
    sortable: true,
    example: '2026-12-15',
    synonyms: ['Close date', 'Expected close', 'Closing date', '预计成交日期'],
  })
  expectedCloseDate?: string | null;

  @IntegerField({
    label: 'Probability',
    description: 'In percent; the one of the stage whenever a stage is entered, unless given',
    min: 0,
    max: 100,
    synonyms: ['Win probability', 'Likelihood', '成功率'],
  })
  probability?: number | null;

  @SelectField({
    label: 'Forecast category',
    description: 'The one of the stage whenever a stage is entered, unless given',
    options: FORECAST_CATEGORIES,
  })
  forecastCategory?: string | null;

  @ReferenceField({
    label: 'Contact',
    description: 'The person the deal is made with',
    references: { object: 'contact', include: 'contact', by: ['email'] },
    synonyms: ['Contact email', 'Primary contact', 'Ansprechpartner', '联系人'],
  })
  contactId?: string | null;

  @ReferenceField({
    label: 'Company',
    references: { object: 'company', include: 'company', by: ['name', 'domain'] },
    synonyms: ['Company name', 'Account', 'Account name', 'Organization', 'Firma', '公司'],
  })
  companyId?: string | null;

  @ListField({
    label: 'Lines',
    description: 'What is to be sold',
    item: DealLineFields,
    maxItems: 200,
    example: [{ name: 'Kettle, 500 l', quantity: '2', unitPrice: '4800.00' }],
  })
  lines?: object[];

  @ListField({
    label: 'Contacts',
    description: 'Who else takes part, and as what',
    item: DealContactFields,
    example: [],
  })
  contacts?: object[];

  @ListField({
    label: 'Competitors',
    item: CompetitorFields,
    maxItems: 20,
    example: [{ name: 'Copper & Sons', strengths: 'Delivers in a week' }],
  })
  competitors?: object[];

  @TextField({ label: 'Source', example: 'fair', synonyms: ['Deal source', 'Lead source', '来源'] })
  source?: string | null;

  @TextField({
    label: 'Description',
    maxLength: 10_000,
    search: 'text',
    synonyms: ['Notes', 'Details', 'Beschreibung', '描述'],
  })
  description?: string | null;

  @DatetimeField({
    label: 'Stage entered at',
    readOnly: true,
    importable: 'dated',
    sortable: true,
  })
  stageEnteredAt?: string;

  @DatetimeField({
    label: 'Rotting at',
    description: 'When the deal has been too long in its stage; past times are rotting deals',
    readOnly: true,
  })
  rottingAt?: string | null;

  @DatetimeField({
    label: 'Closed at',
    description: 'When the deal was won or lost; for deals closed elsewhere it can be given',
    sortable: true,
    synonyms: ['Close time', 'Won at', 'Lost at', '成交时间'],
  })
  closedAt?: string | null;

  @ReferenceField({
    label: 'Order',
    description: 'The order that was made when the deal was won',
    references: { object: 'order', include: 'order', by: [] },
    readOnly: true,
  })
  orderId?: string | null;

  @TextField({ label: 'Won reason', maxLength: 1000, synonyms: ['Win reason'] })
  wonReason?: string | null;

  @TextField({
    label: 'Lost reason',
    maxLength: 1000,
    synonyms: ['Loss reason', 'Closed lost reason'],
  })
  lostReason?: string | null;
}

/** Body that makes or changes a deal. */
@CheckedByService()
export class DealInput extends IntersectionType(DealFields, RecordInput) {}

/** A deal as it is answered. */
export class DealDto extends IntersectionType(DealFields, RecordDto) {}

export class DealPageDto {
  @ApiProperty({ type: [DealDto] }) data!: DealDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

const REASON = { example: 'Price', maxLength: 1000 };

/** Body of `POST /v1/deals/{id}/move`. */
export class MoveDealDto {
  @ApiProperty({ format: 'uuid', description: 'A stage of any pipeline' })
  @IsUUID()
  stageId!: string;

  @ApiPropertyOptional({ ...REASON, description: 'Needed for a lost stage' })
  @Omittable()
  @IsString()
  @MaxLength(1000)
  reason?: string;
}

/** Body of `POST /v1/deals/{id}/win`. */
export class WinDealDto {
  @ApiPropertyOptional({ ...REASON, example: 'Best delivery time' })
  @Omittable()
  @IsString()
  @MaxLength(1000)
  reason?: string;

  @ApiPropertyOptional({
    default: false,
    description: 'Make a draft order of its lines, or of its amount; needs `order:create`',
  })
  @Omittable()
  @IsBoolean()
  createOrder?: boolean;
}

/** Body of `POST /v1/deals/{id}/lose`. */
export class LoseDealDto {
  @ApiProperty(REASON)
  @IsString()
  @Length(1, 1000)
  reason!: string;
}

/** Body of `POST /v1/deals/{id}/reopen`. */
export class ReopenDealDto {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'An open stage; the one it was in before it was closed unless given',
  })
  @Omittable()
  @IsUUID()
  stageId?: string;
}

/** Body of `POST /v1/pipelines/{id}/stages/{stageId}/move-deals`. */
export class MoveDealsDto {
  @ApiProperty({ format: 'uuid', description: 'The stage to move them to, of any pipeline' })
  @IsUUID()
  to!: string;

  @ApiPropertyOptional({ ...REASON, description: 'Needed for a lost stage' })
  @Omittable()
  @IsString()
  @MaxLength(1000)
  reason?: string;
}
