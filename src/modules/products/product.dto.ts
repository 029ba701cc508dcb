import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import {
  BooleanField,
  CurrencyField,
  DateField,
  DecimalField,
  ListField,
  ReferenceField,
  TextField,
} from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';

/** One price of a product. */
export class ProductPriceFields {
  @CurrencyField({ label: 'Currency', required: true, indexed: true, example: 'EUR' })
  currency!: string;

  @DecimalField({ label: 'Price of one unit', required: true, min: 0, example: '19.90' })
  amount!: string;

  @DateField({ label: 'First day it is valid', example: '2026-01-01' })
  from?: string | null;

  @DateField({ label: 'Last day it is valid', example: '2026-12-31' })
  until?: string | null;

  @DecimalField({
    label: 'Least quantity',
    description: 'The price is for this quantity and more; 0 if not given',
    min: 0,
    example: '10',
  })
  minQuantity?: string | null;
}

/** The properties of a product. */
export class ProductFields {
  @TextField({
    label: 'SKU',
    description: 'The number the product goes by',
    required: true,
    unique: true,
    sortable: true,
    search: 'subtitle',
    maxLength: 100,
    example: 'DCJ-55A',
    synonyms: [
      'Article number',
      'Item number',
      'Product code',
      'Stock code',
      'StockCode',
      'ProductID',
      'Artikelnummer',
      'Art.-Nr.',
      '货号',
      '商品编号',
    ],
  })
  sku!: string;

  @TextField({
    label: 'Name',
    required: true,
    sortable: true,
    search: 'title',
    maxLength: 500,
    example: 'Espresso cup, blue',
    synonyms: ['Product', 'Product name', 'Title', 'Artikel', 'Bezeichnung', '商品', '名称'],
  })
  name!: string;

  @TextField({
    label: 'Description',
    maxLength: 10_000,
    search: 'text',
    synonyms: ['Notes', 'Details', 'Beschreibung', '描述'],
  })
  description?: string | null;

  @ReferenceField({
    label: 'Category',
    references: { object: 'productCategory', include: 'category', by: ['name', 'code'] },
    synonyms: ['Category name', 'Product category', 'Kategorie', 'Warengruppe', '类别'],
  })
  categoryId?: string | null;

  @TextField({
    label: 'Unit',
    maxLength: 100,
    example: 'piece',
    synonyms: ['Quantity per unit', 'QuantityPerUnit', 'Einheit', '单位'],
  })
  unit?: string | null;

  @BooleanField({
    label: 'Active',
    description: 'Whether it is sold: orders with it cannot be confirmed otherwise',
    initial: true,
    synonyms: ['Is active', 'Enabled', 'Aktiv', '启用'],
  })
  active?: boolean | null;

  @TextField({
    label: 'Tax class',
    maxLength: 100,
    example: 'standard',
    synonyms: ['Steuerklasse', '税种'],
  })
  taxClass?: string | null;

  @DecimalField({
    label: 'Tax rate',
    description: 'Percent, on top of the price',
    min: 0,
    max: 100,
    example: '19',
    synonyms: ['VAT', 'VAT rate', 'Tax percent', 'Steuersatz', 'MwSt', '税率'],
  })
  taxRate?: string | null;

  @ListField({
    label: 'Prices',
    description:
      'Of those that are valid on the day and for the quantity, the one with the greatest ' +
      '`minQuantity` applies, then the one with the latest `from`, then the last of the list',
    item: ProductPriceFields,
    maxItems: 500,
    example: [
      { currency: 'EUR', amount: '19.90' },
      { currency: 'EUR', amount: '17.90', minQuantity: '10' },
    ],
    synonyms: ['Price list', 'Preise', '价格'],
  })
  prices?: object[];

  @DecimalField({
    label: 'Stock',
    description:
      'Pieces in the house; null when nobody counts them. Given once, it changes by ' +
      '`POST /v1/products/{id}/stock` and by what orders ship',
    min: 0,
    example: '120',
    synonyms: ['In stock', 'Units in stock', 'UnitsInStock', 'On hand', 'Bestand', '库存'],
  })
  stock?: string | null;

  @DecimalField({
    label: 'Reserved',
    description: 'Pieces promised to confirmed orders that have not been shipped',
    readOnly: true,
    initial: '0',
    example: '20',
  })
  reserved?: string;

  @DecimalField({
    label: 'Available',
    description: '`stock` without what is reserved; null when nobody counts',
    readOnly: true,
    sortable: true,
    example: '100',
  })
  available?: string | null;
}

/** Body that makes or changes a product. */
@CheckedByService()
export class ProductInput extends IntersectionType(ProductFields, RecordInput) {}

/** A product as it is answered. */
export class ProductDto extends IntersectionType(ProductFields, RecordDto) {}

export class ProductPageDto {
  @ApiProperty({ type: [ProductDto] }) data!: ProductDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
