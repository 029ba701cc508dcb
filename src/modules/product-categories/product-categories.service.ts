import { Injectable } from '@nestjs/common';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { ProductCategoryFields } from './product-category.dto.js';

/** What the platform needs to know of categories. */
export const PRODUCT_CATEGORY = defineObject({
  object: 'productCategory',
  plural: 'product-categories',
  table: 'product_categories',
  fields: ProductCategoryFields,
  title: ({ name }) => String(name ?? ''),
  subtitle: ({ code, description }) =>
    [code, String(description ?? '').slice(0, 100)].filter(Boolean).join(' · '),
  links: [
    { table: 'products', column: 'category_id', object: 'products' },
    { table: 'product_categories', column: 'parent_id', object: 'product-categories' },
  ],
  constraints: {
    product_categories_tree: {
      pointer: '/parentId',
      code: 'cycle',
      detail: 'is the category itself, or a part of it',
    },
  },
  duplicateKeys: ['code', 'name'],
});

/** The shelves of the catalogue. */
@Injectable()
export class ProductCategoriesService extends RecordService {
  constructor(kit: RecordKit) {
    super(kit, PRODUCT_CATEGORY);
  }
}
