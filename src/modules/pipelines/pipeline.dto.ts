import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import {
  BooleanField,
  IntegerField,
  ListField,
  NamesField,
  SelectField,
  TextField,
} from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';

/** What a deal in a stage is. */
export const STAGE_TYPES = ['open', 'won', 'lost'] as const;
export type StageType = (typeof STAGE_TYPES)[number];

/** How a forecast counts a deal. */
export const FORECAST_CATEGORIES = ['pipeline', 'bestCase', 'commit', 'closed', 'omitted'] as const;
export type ForecastCategory = (typeof FORECAST_CATEGORIES)[number];

/** One stage of a pipeline. */
export class StageFields {
  @TextField({ label: 'Name', required: true, maxLength: 100, example: 'Proposal' })
  name!: string;

  @TextField({
    label: 'Key',
    description: 'Short name for programs and files, of the name unless given; it stays',
    maxLength: 60,
    example: 'proposal',
  })
  key?: string | null;

  @SelectField({ label: 'Type', options: STAGE_TYPES, initial: 'open', example: 'open' })
  type?: string;

  @IntegerField({
    label: 'Probability',
    description: 'In percent; 100 for won and 0 for lost stages',
    min: 0,
    max: 100,
    example: 40,
  })
  probability?: number | null;

  @SelectField({
    label: 'Forecast category',
    description: 'How forecasts count deals of this stage',
    options: FORECAST_CATEGORIES,
    example: 'bestCase',
  })
  forecastCategory?: string | null;

  @NamesField({
    label: 'Required fields',
    description: 'Fields of a deal that must have a value for it to enter the stage',
    example: ['amount'],
  })
  requiredFields?: string[];

  @IntegerField({
    label: 'Rotting days',
    description: 'A deal that has been here for longer rots; empty for never',
    min: 1,
    max: 3650,
    example: 14,
  })
  rottingDays?: number | null;
}

const EXAMPLE_STAGES = [
  { name: 'Qualification', probability: 10 },
  { name: 'Proposal', probability: 40, forecastCategory: 'bestCase', requiredFields: ['amount'] },
  { name: 'Won', type: 'won' },
  { name: 'Lost', type: 'lost' },
];

/** The properties of a pipeline. */
export class PipelineFields {
  @TextField({
    label: 'Name',
    required: true,
    unique: true,
    sortable: true,
    search: 'title',
    maxLength: 200,
    example: 'Renewals',
    synonyms: ['Pipeline', 'Pipeline name', '销售管道'],
  })
  name!: string;

  @TextField({ label: 'Description', maxLength: 2000, search: 'text' })
  description?: string | null;

  @BooleanField({
    label: 'Default',
    description: 'Where deals go that name no pipeline; one pipeline is it',
    initial: false,
    example: false,
  })
  isDefault?: boolean;

  @ListField({
    label: 'Stages',
    description:
      'In their order; at least one of each type. Send a stage with its `id` to keep it: one that is left out is removed, which needs it to have no deals. What a stage says of probability, forecast and rotting holds for deals that enter it from then on',
    item: StageFields,
    maxItems: 50,
    example: EXAMPLE_STAGES,
  })
  stages?: object[];
}

/** Body that makes or changes a pipeline; without stages it begins with the usual ones. */
@CheckedByService()
export class PipelineInput extends IntersectionType(PipelineFields, RecordInput) {}

/** A pipeline as it is answered. */
export class PipelineDto extends IntersectionType(PipelineFields, RecordDto) {}

export class PipelinePageDto {
  @ApiProperty({ type: [PipelineDto] }) data!: PipelineDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
