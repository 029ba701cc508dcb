import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import {
  AddressField,
  DatetimeField,
  EmailField,
  IntegerField,
  LanguageField,
  PhoneField,
  ReferenceField,
  SelectField,
  TextField,
  TimeZoneField,
  UrlField,
} from '../../platform/records/fields.js';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';

/** Where leads can stand that somebody still works on: bodies and files may set these. */
export const OPEN_STATUSES = ['new', 'working', 'qualified'] as const;
/** All of them; the last two are reached by deeds alone. */
export const LEAD_STATUSES = [...OPEN_STATUSES, 'disqualified', 'converted'] as const;
export const RATINGS = ['hot', 'warm', 'cold'] as const;

const NAMES = {
  first: ['Given name', 'Forename', 'Vorname', '名', '名字'],
  last: ['Surname', 'Family name', 'Nachname', '姓', '姓氏'],
};

/** The properties of a lead: somebody who may become a customer. */
export class LeadFields {
  @TextField({ label: 'First name', example: 'Jonas', search: 'title', synonyms: NAMES.first })
  firstName?: string | null;

  @TextField({
    label: 'Last name',
    example: 'Bergulfsen',
    search: 'title',
    sortable: true,
    synonyms: NAMES.last,
  })
  lastName?: string | null;

  @EmailField({
    label: 'E-mail',
    sortable: true,
    search: 'subtitle',
    example: 'jonas.bergulfsen@example.com',
    synonyms: ['Email', 'Email address', 'Mail', '邮箱', '电子邮件', '电子邮箱', '邮件'],
  })
  email?: string | null;

  @PhoneField({
    label: 'Phone',
    search: 'text',
    synonyms: ['Telephone', 'Phone number', 'Tel', 'Work phone', 'Telefon', '电话', '电话号码'],
  })
  phone?: string | null;

  @PhoneField({
    label: 'Mobile',
    search: 'text',
    synonyms: ['Mobile phone', 'Cell', 'Cell phone', 'Handy', '手机', '手机号', '手机号码'],
  })
  mobile?: string | null;

  @TextField({
    label: 'Title',
    example: 'Owner',
    synonyms: ['Job title', 'Position', 'Role', '职位', '职务'],
  })
  title?: string | null;

  @LanguageField({ label: 'Language', synonyms: ['Lang', 'Sprache', '语言'] })
  language?: string | null;

  @TimeZoneField({ label: 'Time zone', synonyms: ['Timezone', 'Zeitzone', '时区'] })
  timeZone?: string | null;

  @AddressField({ label: 'Address', synonyms: ['地址', 'Street address', 'Adresse'] })
  address?: object | null;

  @TextField({
    label: 'Company name',
    example: 'Santé Gourmet',
    search: 'text',
    sortable: true,
    synonyms: ['Company', 'Organization', 'Organisation', 'Account', 'Firma', '公司', '公司名称'],
  })
  companyName?: string | null;

  @UrlField({
    label: 'Website',
    example: 'https://sante-gourmet.example',
    synonyms: ['Website URL', 'Homepage', 'URL', 'Web', '网站', '网址'],
  })
  website?: string | null;

  @TextField({ label: 'Industry', example: 'Food', synonyms: ['Sector', 'Branche', '行业'] })
  industry?: string | null;

  @IntegerField({
    label: 'Employees',
    min: 0,
    max: 2_147_483_647,
    example: 12,
    synonyms: ['Number of employees', 'Employee count', 'Headcount', 'Mitarbeiter', '员工数'],
  })
  employees?: number | null;

  @TextField({
    label: 'Source',
    example: 'website',
    synonyms: ['Lead source', 'Origin', 'Quelle', '来源'],
  })
  source?: string | null;

  @TextField({ label: 'Campaign', example: 'spring-fair', synonyms: ['Kampagne', '活动'] })
  campaign?: string | null;

  @SelectField({
    label: 'Rating',
    options: RATINGS,
    example: 'warm',
    synonyms: ['Temperature', 'Bewertung', '评级'],
  })
  rating?: string | null;

  @IntegerField({
    label: 'Score',
    min: -1_000_000,
    max: 1_000_000,
    sortable: true,
    synonyms: ['Lead score', 'Points', 'Punkte', '评分'],
  })
  score?: number | null;

  @SelectField({
    label: 'Status',
    description:
      'May be set to `new`, `working` or `qualified`; `disqualified` and `converted` come from ' +
      'the operations of the same name',
    options: LEAD_STATUSES,
    initial: 'new',
    synonyms: ['Lead status', 'State', '状态'],
  })
  status!: string;

  @TextField({
    label: 'Message',
    description: 'What they wrote',
    maxLength: 10_000,
    search: 'text',
    synonyms: ['Comment', 'Comments', 'Notes', 'Nachricht', 'Enquiry', 'Inquiry', '留言', '备注'],
  })
  message?: string | null;

  @TextField({
    label: 'Consent text',
    description: 'What they agreed to, as it was shown to them',
    maxLength: 5000,
    synonyms: ['Consent', 'Einwilligung'],
  })
  consentText?: string | null;

  @DatetimeField({ label: 'Consent time', synonyms: ['Consented at', 'Consent date'] })
  consentAt?: string | null;

  @TextField({ label: 'Disqualified reason', readOnly: true, maxLength: 500 })
  disqualifiedReason?: string | null;

  @TextField({
    label: 'Assigned by',
    description: 'Id of the assignment rule that chose the owner; null where somebody did',
    readOnly: true,
  })
  assignedBy?: string | null;

  @DatetimeField({ label: 'Assigned at', readOnly: true })
  assignedAt?: string | null;

  @DatetimeField({ label: 'Converted at', readOnly: true })
  convertedAt?: string | null;

  @ReferenceField({
    label: 'Converted contact',
    readOnly: true,
    references: { object: 'contact', include: 'convertedContact', by: [] },
  })
  convertedContactId?: string | null;

  @ReferenceField({
    label: 'Converted company',
    readOnly: true,
    references: { object: 'company', include: 'convertedCompany', by: [] },
  })
  convertedCompanyId?: string | null;

  @ReferenceField({
    label: 'Converted deal',
    readOnly: true,
    references: { object: 'deal', include: 'convertedDeal', by: [] },
  })
  convertedDealId?: string | null;
}

/** Body that makes or changes a lead; at least a name, an e-mail address, a phone or a company. */
@CheckedByService()
export class LeadInput extends IntersectionType(LeadFields, RecordInput) {}

/** A lead as it is answered. */
export class LeadDto extends IntersectionType(LeadFields, RecordDto) {
  @ApiPropertyOptional({ readOnly: true, description: 'The phone as it was given', type: String })
  phoneOriginal?: string | null;
  @ApiPropertyOptional({ readOnly: true, description: 'Whether `phone` is E.164', type: Boolean })
  phoneValid?: boolean | null;
  @ApiPropertyOptional({ readOnly: true, type: String }) mobileOriginal?: string | null;
  @ApiPropertyOptional({ readOnly: true, type: Boolean }) mobileValid?: boolean | null;
}

export class LeadPageDto {
  @ApiProperty({ type: [LeadDto] }) data!: LeadDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
