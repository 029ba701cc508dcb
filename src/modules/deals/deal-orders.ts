import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { itemsOf } from '../../platform/records/list-items.js';
import type { RecordRow } from '../../platform/records/record-row.js';
import { OrdersService } from '../orders/index.js';

interface DealLine {
  productId: string | null;
  name: string;
  quantity: string;
  unitPrice: string;
  discountPercent: string | null;
}

/** Makes orders of deals that are won. */
@Injectable()
export class DealOrders {
  constructor(private readonly orders: OrdersService) {}

  /**
   * A draft order of the deal's lines, or of its amount when it has none.
   * @param ctx with the transaction that wins the deal.
   * @returns the order's id.
   * @throws Problem 403 without `order:create`, 409 for a deal that has an order, 422 for one
   *   that is worth nothing, or whatever the order lacks.
   */
  async make(ctx: RequestContext, { values, ownerId }: RecordRow): Promise<string> {
    if (!ctx.grants.has('order:create')) {
      throw new Problem('forbidden', 'You need the permission order:create.');
    }
    if (values['order_id']) {
      const detail = `The deal has an order already: ${String(values['order_id'])}.`;
      throw new Problem('conflict', detail, { extra: { orderId: values['order_id'] } });
    }
    const body = {
      contactId: values['contact_id'],
      companyId: values['company_id'],
      currency: values['currency'],
      lines: linesOf(values),
    };
    const { id } = await this.orders.creator.one(ctx, body, { ownerId });
    return id;
  }
}

function linesOf(values: RecordRow['values']): object[] {
  const lines = itemsOf<DealLine>(values['lines']);
  if (lines.length > 0) {
    return lines.map(({ productId, name, quantity, unitPrice, discountPercent }) => ({
      ...{ name, quantity, unitPrice },
      ...(productId ? { productId } : {}),
      ...(discountPercent ? { discountPercent } : {}),
    }));
  }
  if (values['amount'] !== null) {
    return [{ name: values['name'], quantity: '1', unitPrice: values['amount'] }];
  }
  const detail = 'must be given, or lines: an order is made of them';
  throw Problem.validation([{ pointer: '/amount', code: 'isNotEmpty', detail }]);
}
