import { DecimalField, ReferenceField, TextField } from '../../platform/records/fields.js';

/** Something that a deal would sell. */
export class DealLineFields {
  @ReferenceField({
    label: 'Product',
    description: 'None for a line of free text',
    references: { object: 'product', include: 'product', by: ['sku'] },
    indexed: true,
  })
  productId?: string | null;

  @TextField({ label: 'Name', required: true, example: 'Kettle, 500 l' })
  name!: string;

  @DecimalField({ label: 'Quantity', initial: '1', min: 0, example: '2' })
  quantity?: string;

  @DecimalField({
    label: 'Unit price',
    description: 'In the currency of the deal',
    required: true,
    min: 0,
    example: '4800.00',
  })
  unitPrice!: string;

  @DecimalField({ label: 'Discount', description: 'Percent', min: 0, max: 100, example: '5' })
  discountPercent?: string | null;

  @DecimalField({
    label: 'Total',
    description: 'Quantity × unit price − discount, rounded to the currency, half away from zero',
    readOnly: true,
    example: '9120.00',
  })
  total?: string;
}

/** A person who takes part in a deal. */
export class DealContactFields {
  @ReferenceField({
    label: 'Contact',
    required: true,
    indexed: true,
    references: { object: 'contact', include: 'contact', by: ['email'] },
  })
  contactId!: string;

  @TextField({
    label: 'Role',
    description: 'What they are in this deal, such as decision maker',
    maxLength: 100,
    example: 'decision maker',
  })
  role?: string | null;
}

/** Somebody else who would like to sell. */
export class CompetitorFields {
  @TextField({ label: 'Name', required: true, example: 'Copper & Sons' })
  name!: string;

  @TextField({ label: 'Strengths', maxLength: 2000 })
  strengths?: string | null;

  @TextField({ label: 'Weaknesses', maxLength: 2000 })
  weaknesses?: string | null;
}
