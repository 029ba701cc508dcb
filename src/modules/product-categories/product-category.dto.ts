import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import { ReferenceField, TextField } from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';

/** The properties of a category: a shelf of the catalogue. */
export class ProductCategoryFields {
  @TextField({
    label: 'Name',
    required: true,
    sortable: true,
    search: 'title',
    example: 'Beverages',
    synonyms: ['Category', 'Category name', 'Kategorie', 'Warengruppe', '类别', '名称'],
  })
  name!: string;

  @TextField({
    label: 'Code',
    unique: true,
    maxLength: 100,
    search: 'subtitle',
    example: 'BEV',
    synonyms: ['Category code', 'CategoryID', 'Kürzel', '代码'],
  })
  code?: string | null;

  @TextField({
    label: 'Description',
    maxLength: 10_000,
    search: 'text',
    synonyms: ['Notes', 'About', 'Beschreibung', '描述'],
  })
  description?: string | null;

  @ReferenceField({
    label: 'Parent category',
    description: 'The category this one is a part of; a category is never above itself',
    references: { object: 'productCategory', include: 'parent', by: ['name', 'code'] },
    synonyms: ['Parent', 'Part of', 'Oberkategorie', '上级类别'],
  })
  parentId?: string | null;
}

/** Body that makes or changes a category. */
@CheckedByService()
export class ProductCategoryInput extends IntersectionType(ProductCategoryFields, RecordInput) {}

/** A category as it is answered. */
export class ProductCategoryDto extends IntersectionType(ProductCategoryFields, RecordDto) {}

export class ProductCategoryPageDto {
  @ApiProperty({ type: [ProductCategoryDto] }) data!: ProductCategoryDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
