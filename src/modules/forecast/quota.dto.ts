import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import {
  CurrencyField,
  DateField,
  DecimalField,
  ReferenceField,
  TextField,
} from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';

/** The properties of a quota: what somebody is to sell. */
export class QuotaFields {
  @ReferenceField({
    label: 'User',
    description: 'Who is to sell it; either a user or a team',
    references: { object: 'user', include: 'user', by: [] },
    synonyms: ['Salesperson', 'Rep'],
  })
  userId?: string | null;

  @ReferenceField({
    label: 'Team',
    references: { object: 'team', include: 'team', by: ['name'] },
    synonyms: ['Team name'],
  })
  teamId?: string | null;

  @TextField({
    label: 'Period',
    description: 'A month, quarter or year: 2026-01, 2026-Q1, 2026',
    required: true,
    search: 'title',
    maxLength: 7,
    example: '2026-Q1',
  })
  period!: string;

  @DateField({ label: 'Starts on', readOnly: true, sortable: true })
  startsOn?: string | null;

  @DateField({ label: 'Ends on', readOnly: true })
  endsOn?: string | null;

  @DecimalField({
    ...{ label: 'Amount', required: true, min: 0, example: '250000.00' },
    currencyIn: 'currency',
  })
  amount!: string;

  @CurrencyField({
    label: 'Currency',
    description: 'ISO 4217 code; the one of the workspace unless given',
  })
  currency?: string | null;
}

/** Body that makes or changes a quota. */
@CheckedByService()
export class QuotaInput extends IntersectionType(QuotaFields, RecordInput) {}

/** A quota as it is answered. */
export class QuotaDto extends IntersectionType(QuotaFields, RecordDto) {}

export class QuotaPageDto {
  @ApiProperty({ type: [QuotaDto] }) data!: QuotaDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
