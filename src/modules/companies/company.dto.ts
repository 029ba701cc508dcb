import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import {
  AddressField,
  DomainField,
  IntegerField,
  MoneyField,
  PhoneField,
  ReferenceField,
  SelectField,
  TextField,
  UrlField,
} from '../../platform/records/fields.js';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import { LIFECYCLE_STAGES } from '../../platform/records/lifecycle.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';

/** The properties of a company. */
export class CompanyFields {
  @AddressField({
    label: 'Address',
    synonyms: ['地址', 'Street address', 'Adresse', 'Headquarters', 'Billing address'],
  })
  address?: object | null;

  @TextField({
    label: 'Name',
    required: true,
    sortable: true,
    search: 'title',
    example: 'Kronacher Brauhaus',
    synonyms: [
      'Company',
      'Company name',
      'Organization',
      'Account name',
      'Firma',
      '公司',
      '公司名称',
      '名称',
    ],
  })
  name!: string;

  @DomainField({
    label: 'Domain',
    unique: true,
    search: 'subtitle',
    example: 'kronacher-brauhaus.example',
    synonyms: ['Domain name', 'Company domain', 'Company domain name', '域名'],
  })
  domain?: string | null;

  @UrlField({
    label: 'Website',
    search: 'text',
    example: 'https://kronacher-brauhaus.example',
    synonyms: ['Website URL', 'Web site', 'Homepage', 'URL', 'Web', '网站', '网址'],
  })
  website?: string | null;

  @TextField({
    label: 'Industry',
    example: 'Brewing',
    synonyms: ['Sector', 'Branch', 'Brewery type', 'Branche', '行业'],
  })
  industry?: string | null;

  @IntegerField({
    label: 'Employees',
    min: 0,
    max: 2_147_483_647,
    example: 42,
    synonyms: [
      'Number of employees',
      'Employee count',
      'Headcount',
      'Mitarbeiter',
      '员工数',
      '员工人数',
    ],
  })
  employees?: number | null;

  @MoneyField({
    label: 'Annual revenue',
    synonyms: ['Revenue', 'Turnover', 'Umsatz', '年收入', '营业额'],
  })
  annualRevenue?: object | null;

  @PhoneField({
    label: 'Phone',
    search: 'text',
    synonyms: ['Telephone', 'Phone number', 'Tel', 'Telefon', '电话', '电话号码'],
  })
  phone?: string | null;

  @ReferenceField({
    label: 'Parent company',
    references: { object: 'company', include: 'parent', by: ['name', 'domain'] },
    synonyms: ['Parent', 'Parent account', 'Muttergesellschaft', '母公司'],
  })
  parentId?: string | null;

  @SelectField({
    label: 'Lifecycle stage',
    options: LIFECYCLE_STAGES,
    example: 'customer',
    synonyms: ['Stage', 'Lifecycle', '生命周期', '阶段'],
  })
  lifecycleStage?: string | null;

  @TextField({
    label: 'Description',
    maxLength: 10_000,
    synonyms: ['Notes', 'About', 'Beschreibung', '描述', '备注'],
  })
  description?: string | null;
}

/** Body that makes or changes a company. */
@CheckedByService()
export class CompanyInput extends IntersectionType(CompanyFields, RecordInput) {}

/** A company as it is answered. */
export class CompanyDto extends IntersectionType(CompanyFields, RecordDto) {
  @ApiPropertyOptional({ readOnly: true, description: 'The phone as it was given', type: String })
  phoneOriginal?: string | null;
  @ApiPropertyOptional({ readOnly: true, description: 'Whether `phone` is E.164', type: Boolean })
  phoneValid?: boolean | null;
}

export class CompanyPageDto {
  @ApiProperty({ type: [CompanyDto] }) data!: CompanyDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
