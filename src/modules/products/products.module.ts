import { Module } from '@nestjs/common';
import { ProductSellingController } from './product-selling.controller.js';
import { ProductSellingService } from './product-selling.service.js';
import { ProductsController } from './products.controller.js';
import { ProductsService } from './products.service.js';
import { StockService } from './stock.service.js';

/** What is sold, at what price, and how much of it there is. */
@Module({
  controllers: [ProductsController, ProductSellingController],
  providers: [ProductsService, ProductSellingService, StockService],
  exports: [ProductsService, StockService],
})
export class ProductsModule {}
