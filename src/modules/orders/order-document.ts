import { Problem } from '../../common/errors.js';
import { itemsOf } from '../../platform/records/list-items.js';
import type { RecordRow } from '../../platform/records/stored-row.js';
import type { OrderLine } from './order-line.js';
import { allowedMoves, assertAllowed } from './order-states.js';
import type { OrderMove, OrderStatus } from './order-states.js';

/** A stored order as its moves look at it. */
export interface OrderDocument {
  id: string;
  kind: string;
  status: OrderStatus;
  currency: string;
  lines: OrderLine[];
  total: string;
  creditedTotal: string;
  paidTotal: string;
}

/** Reads a row of orders. */
export function documentOf({ id, values }: RecordRow): OrderDocument {
  return {
    id,
    kind: String(values['kind']),
    status: values['status'] as OrderStatus,
    currency: String(values['currency']),
    lines: itemsOf<OrderLine>(values['lines']),
    total: String(values['total']),
    creditedTotal: String(values['credited_total']),
    paidTotal: String(values['paid_total']),
  };
}

/** The order, when the move is one for it. @throws Problem 409 that names those that are. */
export function allowing(row: RecordRow, move: OrderMove): OrderDocument {
  const order = documentOf(row);
  assertAllowed(order.kind, order.status, move);
  return order;
}

/** 409 for a move that the order's state allows, but not this way. */
export const refusedMove = ({ kind, status }: OrderDocument, detail: string, extra: object = {}) =>
  new Problem('conflict', detail, {
    extra: { orderStatus: status, allowed: allowedMoves(kind, status), ...extra },
  });
