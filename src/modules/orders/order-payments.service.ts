import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import { Problem } from '../../common/errors.js';
import { atLeast, shortest, unitsOf } from '../../common/exact-decimal.js';
import { parseListQuery } from '../../common/list-query.js';
import { uuidv7 } from '../../common/uuid.js';
import { minorUnits } from '../../common/values/currency.js';
import type { PageJson } from '../../platform/http/answers.js';
import { minus, plus } from './order-arithmetic.js';
import { allowing, refusedMove } from './order-document.js';
import type { OrderDocument } from './order-document.js';
import type {
  PaymentDto,
  PaymentInput,
  RecordedPaymentDto,
  RefundInput,
} from './order-moves.dto.js';
import { OrderPaymentsRepository } from './order-payments.repository.js';
import { OrdersService } from './orders.service.js';

const SORT = 'paidAt,id';
const KEYS = [{ type: 'datetime' as const }, { type: 'uuid' as const }];

/** Decimals that amounts are compared with; no currency has more. */
const SCALE = 4;

/** Money that came in for orders, and went out again. */
@Injectable()
export class OrderPaymentsService {
  constructor(
    private readonly orders: OrdersService,
    private readonly payments: OrderPaymentsRepository,
  ) {}

  /** Payments and refunds, oldest first. @throws Problem 404 for the order, 400 for the cursor. */
  async page(
    ctx: RequestContext,
    orderId: string,
    query: { limit?: string; cursor?: string },
  ): Promise<PageJson> {
    const { limit, cursor } = parseListQuery({ ...query });
    await this.orders.reader.get(ctx, orderId, { fields: [] });
    const [paidAt, id] = cursor ? decodeCursor(cursor, SORT, orderId, KEYS).values : [];
    const after = cursor ? { paidAt: paidAt as string, id: id as string } : null;
    const rows = await this.payments.page(ctx, orderId, after, limit);
    const data = rows.slice(0, limit);
    const last = rows.length > limit ? data.at(-1) : undefined;
    const nextCursor = last
      ? encodeCursor({ sort: SORT, values: [last.paidAt, last.id] }, orderId)
      : null;
    const page = { nextCursor, hasMore: last !== undefined };
    return { json: JSON.stringify({ data, page }), nextCursor };
  }

  /**
   * Records a payment. More than is due is taken: the balance is then below zero and the status
   * `overpaid` until it is refunded.
   * @throws Problem 409 for a draft or a cancelled order, 422 for an amount the currency has not.
   */
  pay(ctx: RequestContext, orderId: string, body: PaymentInput, ifMatch?: number) {
    return this.record(ctx, orderId, 'payment', body, ifMatch);
  }

  /** Records a refund. @throws Problem 409 for more than was paid or is owed. */
  refund(ctx: RequestContext, orderId: string, body: RefundInput, ifMatch?: number) {
    return this.record(ctx, orderId, 'refund', body, ifMatch);
  }

  private async record(
    ctx: RequestContext,
    orderId: string,
    kind: PaymentDto['kind'],
    body: RefundInput,
    ifMatch: number | undefined,
  ): Promise<RecordedPaymentDto> {
    const permission = kind === 'payment' ? 'pay' : 'refund';
    const name = kind === 'payment' ? 'paid' : 'refunded';
    let payment: PaymentDto | undefined;
    const deed = { name, permission, ifMatch };
    const after = await this.orders.actor.act(ctx, orderId, deed, async (row, tx) => {
      const order = allowing(row, permission);
      const amount = amountOf(body.amount, order.currency);
      const paidTotal = paidAfter(order, kind, amount);
      payment = await this.payments.insert(tx, ctx, {
        ...{ id: uuidv7(), orderId, kind, amount, currency: order.currency },
        ...{ method: body.method ?? null, reference: body.reference ?? null },
        ...{ reason: body.reason ?? null, paidAt: body.paidAt ?? null },
      });
      const facts = {
        paymentId: payment.id,
        amount,
        ...(body.reason ? { reason: body.reason } : {}),
      };
      return { values: { paid_total: paidTotal }, facts };
    });
    const order = JSON.parse(after.json) as RecordedPaymentDto['order'];
    const { id, version, total, paidTotal, balance, paymentStatus } = order;
    return {
      ...(payment as PaymentDto),
      order: { id, version, total, paidTotal, balance, paymentStatus },
    };
  }
}

/** The amount with the currency's decimals. @throws Problem 422 unless it is one, above zero. */
function amountOf(text: string, currency: string): string {
  const scale = minorUnits(currency);
  const decimals = shortest(text).split('.')[1]?.length ?? 0;
  if (unitsOf(text, SCALE) <= 0n || decimals > scale) {
    const detail = `must be above zero, with at most ${scale} decimals for ${currency}`;
    throw Problem.validation([{ pointer: '/amount', code: 'amount', detail }]);
  }
  return atLeast(text, scale);
}

/** What has been paid then. Nobody gets back more than they paid, or than a credit note owes them. */
function paidAfter(order: OrderDocument, kind: PaymentDto['kind'], amount: string): string {
  const { currency, total, creditedTotal, paidTotal } = order;
  const isCredit = order.kind === 'creditNote';
  if (kind === 'payment') {
    const paid = plus(paidTotal, amount, currency);
    if (!isCredit || unitsOf(paid, SCALE) <= 0n) return paid;
    throw refusedMove(order, 'Nothing is to be paid for a credit note.', { paidTotal });
  }
  const paid = minus(paidTotal, amount, currency);
  const least = isCredit ? minus(total, creditedTotal, currency) : '0';
  if (unitsOf(paid, SCALE) >= unitsOf(least, SCALE)) return paid;
  const refundable = minus(paidTotal, least, currency);
  throw refusedMove(order, `No more than ${refundable} ${currency} can be refunded.`, {
    refundable,
  });
}
