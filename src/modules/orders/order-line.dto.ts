import { DecimalField, ReferenceField, TextField } from '../../platform/records/fields.js';

const amount = (label: string, example: string) => DecimalField({ label, example, readOnly: true });

/** Where a line does not say it, its product does. */
const filled = { from: 'productId' };

/** One line of an order. */
export class OrderLineFields {
  @ReferenceField({
    label: 'Product',
    description: 'None for a line of free text',
    references: { object: 'product', include: 'product', by: ['sku'] },
    indexed: true,
    synonyms: ['Stock code', 'StockCode', 'Article number', 'Item number', 'Artikelnummer', '货号'],
  })
  productId?: string | null;

  @TextField({ label: 'SKU', description: "The product's if not given", maxLength: 100, filled })
  sku?: string | null;

  @TextField({
    label: 'Name',
    description: "What is sold; the product's name if not given",
    maxLength: 1000,
    example: 'Espresso cup, blue',
    filled,
  })
  name?: string | null;

  @DecimalField({
    label: 'Quantity',
    description: 'Not zero; below zero for what comes back',
    required: true,
    example: '2',
  })
  quantity!: string;

  @TextField({ label: 'Unit', description: "The product's if not given", maxLength: 100, filled })
  unit?: string | null;

  @DecimalField({
    label: 'Price of one unit',
    description: "Without tax; the product's price in the order's currency if not given",
    example: '19.90',
    filled,
  })
  unitPrice?: string | null;

  @DecimalField({ label: 'Discount in percent', min: 0, max: 100, example: '10' })
  discountPercent?: string | null;

  @DecimalField({
    label: 'Discount as an amount',
    description: 'Off the whole line; either this or a percentage',
    min: 0,
  })
  discountAmount?: string | null;

  @DecimalField({
    label: 'Tax rate',
    description: "Percent, on top; the product's if not given",
    min: 0,
    max: 100,
    example: '19',
    filled: { ...filled, otherwise: '0' },
  })
  taxRate?: string | null;

  @amount('Discount of the line', '0.00')
  discount?: string;

  @amount('Amount after discount, without tax', '39.80')
  net?: string;

  @amount('Tax of the line', '7.56')
  tax?: string;

  @amount('Amount after discount, with tax', '47.36')
  total?: string;

  @amount('How many have been shipped', '0')
  fulfilledQuantity?: string;

  @amount('How many of them came back', '0')
  returnedQuantity?: string;

  @amount('How many will not be shipped any more', '0')
  cancelledQuantity?: string;

  @amount('How many are kept in stock for the line', '0')
  reservedQuantity?: string;
}
