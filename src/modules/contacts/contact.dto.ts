import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import {
  AddressField,
  EmailField,
  LanguageField,
  PhoneField,
  ReferenceField,
  SelectField,
  TextField,
  TimeZoneField,
} from '../../platform/records/fields.js';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import { LIFECYCLE_STAGES } from '../../platform/records/lifecycle.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';

/** The properties of a contact: a person. */
export class ContactFields {
  @AddressField({
    label: 'Address',
    synonyms: ['地址', 'Street address', 'Adresse', 'Mailing address'],
  })
  address?: object | null;

  @TextField({
    label: 'First name',
    example: 'Maria',
    search: 'title',
    synonyms: ['Given name', 'Forename', 'Vorname', '名', '名字'],
  })
  firstName?: string | null;

  @TextField({
    label: 'Last name',
    example: 'Anders',
    search: 'title',
    sortable: true,
    synonyms: ['Surname', 'Family name', 'Nachname', '姓', '姓氏'],
  })
  lastName?: string | null;

  @EmailField({
    label: 'E-mail',
    unique: true,
    sortable: true,
    search: 'subtitle',
    example: 'maria.anders@example.com',
    synonyms: [
      'Email',
      'Email address',
      'Mail',
      'E-mail 1',
      '邮箱',
      '电子邮件',
      '电子邮箱',
      '邮件',
    ],
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
    synonyms: [
      'Mobile phone',
      'Cell',
      'Cell phone',
      'Handy',
      '手机',
      '手机号',
      '手机号码',
      '移动电话',
    ],
  })
  mobile?: string | null;

  @TextField({
    label: 'Title',
    example: 'Head of Purchasing',
    synonyms: ['Job title', 'Position', 'Role', 'Contact title', '职位', '职务'],
  })
  title?: string | null;

  @ReferenceField({
    label: 'Company',
    references: { object: 'company', include: 'company', by: ['name', 'domain'] },
    synonyms: [
      'Company name',
      'Organization',
      'Organisation',
      'Account',
      'Firma',
      '公司',
      '公司名称',
    ],
  })
  companyId?: string | null;

  @SelectField({
    label: 'Lifecycle stage',
    options: LIFECYCLE_STAGES,
    example: 'lead',
    synonyms: ['Stage', 'Lifecycle', '生命周期', '阶段'],
  })
  lifecycleStage?: string | null;

  @TextField({
    label: 'Source',
    example: 'website',
    synonyms: ['Lead source', 'Origin', '来源'],
  })
  source?: string | null;

  @LanguageField({ label: 'Language', synonyms: ['Lang', 'Sprache', '语言'] })
  language?: string | null;

  @TimeZoneField({ label: 'Time zone', synonyms: ['Timezone', 'Zeitzone', '时区'] })
  timeZone?: string | null;
}

/** Body that makes or changes a contact; at least a name, an e-mail address or a phone. */
@CheckedByService()
export class ContactInput extends IntersectionType(ContactFields, RecordInput) {}

/** A contact as it is answered. */
export class ContactDto extends IntersectionType(ContactFields, RecordDto) {
  @ApiPropertyOptional({ readOnly: true, description: 'The phone as it was given', type: String })
  phoneOriginal?: string | null;
  @ApiPropertyOptional({ readOnly: true, description: 'Whether `phone` is E.164', type: Boolean })
  phoneValid?: boolean | null;
  @ApiPropertyOptional({ readOnly: true, type: String }) mobileOriginal?: string | null;
  @ApiPropertyOptional({ readOnly: true, type: Boolean }) mobileValid?: boolean | null;
}

export class ContactPageDto {
  @ApiProperty({ type: [ContactDto] }) data!: ContactDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
