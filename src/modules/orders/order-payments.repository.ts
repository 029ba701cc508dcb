import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { PaymentDto } from './order-moves.dto.js';

/** Where a page of payments goes on: behind this one. */
export interface AfterPayment {
  paidAt: string;
  id: string;
}

/** What is stored of a payment; the rest the database knows. */
export type NewPayment = Omit<PaymentDto, 'createdAt' | 'createdBy' | 'paidAt'> & {
  /** RFC 3339; null for now. */
  paidAt: string | null;
};

const COLUMNS = `id, order_id as "orderId", kind, amount::text, currency, method, reference, reason,
  paid_at as "paidAt", created_at as "createdAt", created_by as "createdBy"`;

/** SQL of payments and refunds. */
@Injectable()
export class OrderPaymentsRepository {
  constructor(private readonly database: Database) {}

  /** In the order of time; one more than the limit when there are more. */
  page(
    ctx: RequestContext,
    orderId: string,
    after: AfterPayment | null,
    limit: number,
  ): Promise<PaymentDto[]> {
    return this.database.query<PaymentDto>(
      ctx,
      `select ${COLUMNS} from order_payments
       where workspace_id = $1 and order_id = $2
         and ($3::timestamptz is null or (paid_at, id) > ($3, $4::uuid))
       order by paid_at, id limit $5`,
      [ctx.workspaceId, orderId, after?.paidAt ?? null, after?.id ?? null, limit + 1],
    );
  }

  async insert(tx: Transaction, ctx: RequestContext, payment: NewPayment): Promise<PaymentDto> {
    const { id, orderId, kind, amount, currency, method, reference, reason, paidAt } = payment;
    const [row] = await tx.query<PaymentDto>(
      `insert into order_payments (workspace_id, id, order_id, kind, amount, currency, method,
         reference, reason, paid_at, created_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10::timestamptz, now()), $11)
       returning ${COLUMNS}`,
      [
        ...[ctx.workspaceId, id, orderId, kind, amount, currency, method, reference, reason],
        ...[paidAt, ctx.principal.userId],
      ],
    );
    return row as PaymentDto;
  }
}
