export { PRODUCT_CATEGORY, ProductCategoriesService } from './product-categories.service.js';
export { ProductCategoriesModule } from './product-categories.module.js';
