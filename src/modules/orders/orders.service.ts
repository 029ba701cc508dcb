import { Injectable } from '@nestjs/common';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { OrderFields } from './order.dto.js';
import { deriveOrder, prepareOrders } from './order-rules.js';

const nameOf = ({ kind, number }: ColumnValues): string =>
  `${kind === 'creditNote' ? 'Credit note' : 'Order'} ${number ?? ''}`;

/** What the platform needs to know of orders. */
export const ORDER = defineObject({
  object: 'order',
  plural: 'orders',
  table: 'orders',
  fields: OrderFields,
  title: (values) => [nameOf(values), values['reference']].filter(Boolean).join(' · '),
  subtitle: ({ total, currency, status, order_date: date }) =>
    `${total ?? '0'} ${currency ?? ''} · ${status ?? ''} · ${date ?? ''}`,
  links: [
    { table: 'orders', column: 'original_order_id', object: 'orders' },
    { table: 'deals', column: 'order_id', object: 'deals' },
  ],
  duplicateKeys: ['reference'],
  prepare: prepareOrders,
  derive: deriveOrder,
  staying: ({ values }) =>
    values['status'] === 'draft' || values['status'] === 'cancelled'
      ? undefined
      : `The order is ${String(values['status'])}: cancel it first. What was sold stays on the books.`,
  actions: {
    confirmed: 'The order is firm: its stock is reserved, its lines are fixed.',
    partiallyFulfilled: 'A part of the order was shipped.',
    fulfilled: 'All of the order was shipped, or the last part of it.',
    closed: 'The order is done with.',
    cancelled: 'The order, or what had not been shipped of it, was called off.',
    reopened: 'The order went back to the state before.',
    returned: 'Something came back; `changes.creditNoteId` names the credit note.',
    paid: 'A payment was recorded.',
    refunded: 'A refund was recorded.',
  },
});

/** What was ordered. */
@Injectable()
export class OrdersService extends RecordService {
  constructor(kit: RecordKit) {
    super(kit, ORDER);
  }
}
