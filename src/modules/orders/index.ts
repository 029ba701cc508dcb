export { balanceOf, lineAmounts, orderTotals } from './order-arithmetic.js';
export type { LineAmounts, LineTerms, OrderTotals } from './order-arithmetic.js';
export type { OrderLine } from './order-line.js';
export type { OrderStatus } from './order-states.js';
export { OrderPaymentsService } from './order-payments.service.js';
export { OrderReturnsService } from './order-returns.service.js';
export { OrderTransitionsService } from './order-transitions.service.js';
export { ORDER, OrdersService } from './orders.service.js';
export { OrdersModule } from './orders.module.js';
