export { priceFor } from './prices.js';
export type { Price } from './prices.js';
export { PRODUCT, ProductsService } from './products.service.js';
export { IsQuantity } from './product-selling.dto.js';
export { StockService } from './stock.service.js';
export type { StockMove } from './stock.service.js';
export { ProductsModule } from './products.module.js';
