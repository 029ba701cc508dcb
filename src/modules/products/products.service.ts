import { Injectable } from '@nestjs/common';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { ProductFields } from './product.dto.js';
import { deriveProduct } from './product-rules.js';

/** What the platform needs to know of products. */
export const PRODUCT = defineObject({
  object: 'product',
  plural: 'products',
  table: 'products',
  fields: ProductFields,
  title: ({ name }) => String(name ?? ''),
  subtitle: ({ sku, unit }) => [sku, unit].filter(Boolean).join(' · '),
  links: [],
  duplicateKeys: ['sku', 'name'],
  derive: deriveProduct,
  staying: ({ values }) =>
    Number(values['reserved']) > 0
      ? 'Confirmed orders wait for the product: ship or cancel them first.'
      : undefined,
  actions: {
    stockAdjusted: 'The stock was counted or corrected.',
    stockReserved: 'An order was confirmed: its pieces are kept for it.',
    stockReleased: 'An order does not need its pieces any more.',
    stockShipped: 'Pieces left the house with an order.',
    stockReturned: 'Pieces came back.',
  },
});

/** What is sold. */
@Injectable()
export class ProductsService extends RecordService {
  constructor(kit: RecordKit) {
    super(kit, PRODUCT);
  }
}
