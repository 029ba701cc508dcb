export { priceFor } from './prices.js';
export type { Price } from './prices.js';
export { PRODUCT, ProductsService } from './products.service.js';
export { ProductsModule } from './products.module.js';
