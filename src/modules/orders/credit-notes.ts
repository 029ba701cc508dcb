import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { unitsOf } from '../../common/exact-decimal.js';
import { uuidv7 } from '../../common/uuid.js';
import type { RecordJson } from '../../platform/http/answers.js';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { storedItems } from '../../platform/records/list-items.js';
import type { RecordRow } from '../../platform/records/stored-row.js';
import { quantityOf } from './line-parts.js';
import type { LinePart } from './line-parts.js';
import { creditedAmounts, minus, orderTotals } from './order-arithmetic.js';
import { documentOf } from './order-document.js';
import { QUANTITY_SCALE } from './order-line.js';
import type { OrderLine } from './order-line.js';
import { OrdersService } from './orders.service.js';

/** Columns that a credit note has from its order. */
const INHERITED = [
  ...['contact_id', 'company_id', 'currency'],
  ...['street', 'city', 'region', 'postal_code', 'country'].map(
    (part) => `billing_address_${part}`,
  ),
];

/**
 * Takes back a part of what an order asks for: an order of its own with negative quantities, closed
 * from the start and settled through the order it belongs to.
 */
@Injectable()
export class CreditNotes {
  constructor(private readonly orders: OrdersService) {}

  /**
   * Makes a credit note for parts of the order's lines, in the transaction of `ctx`.
   * @returns it, and what has been credited of the order with it.
   */
  async make(
    ctx: RequestContext,
    row: RecordRow,
    parts: readonly LinePart[],
    reason: string,
  ): Promise<{ creditNote: RecordJson; creditedTotal: string }> {
    const order = documentOf(row);
    const lines = parts.map((part) => creditLine(part, order.currency));
    const shipping = { shippingCosts: '0', shippingTaxRate: '0' };
    const { total } = orderTotals(lines, shipping, order.currency);
    const values: ColumnValues = {
      ...Object.fromEntries(INHERITED.map((column) => [column, row.values[column] ?? null])),
      kind: 'creditNote',
      status: 'closed',
      original_order_id: row.id,
      lines: storedItems(lines),
      credited_total: total,
      notes: reason,
    };
    const creditNote = await this.orders.creator.one(ctx, {}, { values, ownerId: row.ownerId });
    return { creditNote, creditedTotal: minus(order.creditedTotal, total, order.currency) };
  }
}

/** A part of a line, the other way round; parts of a line add up to it to the cent. */
function creditLine({ line, units }: LinePart, currency: string): OrderLine {
  const before =
    unitsOf(line.returnedQuantity, QUANTITY_SCALE) +
    unitsOf(line.cancelledQuantity, QUANTITY_SCALE);
  const amounts = creditedAmounts(line, quantityOf(before), quantityOf(before + units), currency);
  return {
    ...line,
    ...amounts,
    id: uuidv7(),
    quantity: quantityOf(-units),
    discountAmount: line.discountAmount === null ? null : amounts.discount.replace('-', ''),
    fulfilledQuantity: quantityOf(-units),
    returnedQuantity: '0',
    cancelledQuantity: '0',
    reservedQuantity: '0',
  };
}
