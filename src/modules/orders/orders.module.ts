import { Module } from '@nestjs/common';
import { ProductsModule } from '../products/index.js';
import { CreditNotes } from './credit-notes.js';
import { OrderPaymentsController } from './order-payments.controller.js';
import { OrderPaymentsRepository } from './order-payments.repository.js';
import { OrderPaymentsService } from './order-payments.service.js';
import { OrderReturnsService } from './order-returns.service.js';
import { OrderStock } from './order-stock.js';
import { OrderTransitionsController } from './order-transitions.controller.js';
import { OrderTransitionsService } from './order-transitions.service.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';

/** What customers order, from the draft to the last payment. */
@Module({
  imports: [ProductsModule],
  controllers: [OrdersController, OrderTransitionsController, OrderPaymentsController],
  providers: [
    OrdersService,
    OrderStock,
    CreditNotes,
    OrderTransitionsService,
    OrderReturnsService,
    OrderPaymentsRepository,
    OrderPaymentsService,
  ],
  exports: [OrdersService, OrderTransitionsService, OrderReturnsService, OrderPaymentsService],
})
export class OrdersModule {}
