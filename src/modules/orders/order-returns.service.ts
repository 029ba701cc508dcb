import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { RecordJson } from '../../platform/http/answers.js';
import { storedItems } from '../../platform/records/list-items.js';
import { CreditNotes } from './credit-notes.js';
import { grown, partsToReturn } from './line-parts.js';
import type { LinePart } from './line-parts.js';
import { allowing } from './order-document.js';
import type { OrderLine } from './order-line.js';
import type { ReturnInput } from './order-moves.dto.js';
import { OrderStock } from './order-stock.js';
import { factsOf } from './order-transitions.service.js';
import { OrdersService } from './orders.service.js';

/** Takes goods back. */
@Injectable()
export class OrderReturnsService {
  constructor(
    private readonly orders: OrdersService,
    private readonly stock: OrderStock,
    private readonly creditNotes: CreditNotes,
  ) {}

  /**
   * Takes back what was shipped: a credit note over it, and unless told otherwise the pieces go
   * back into the stock.
   * @returns the credit note.
   * @throws Problem 409 before anything was shipped; 422 for more than was.
   */
  async take(
    ctx: RequestContext,
    id: string,
    { lines: wishes, reason, restock = true }: ReturnInput,
    ifMatch?: number,
  ): Promise<RecordJson> {
    let made: RecordJson | undefined;
    const deed = { name: 'returned', permission: 'return', ifMatch, facts: { reason } };
    await this.orders.actor.act(ctx, id, deed, async (row, tx) => {
      const order = allowing(row, 'return');
      const parts = partsToReturn(order.lines, wishes);
      if (restock) await this.stock.restock(tx, ctx, order, parts);
      const scope = { ...ctx, tx };
      const { creditNote, creditedTotal } = await this.creditNotes.make(scope, row, parts, reason);
      made = creditNote;
      const lines = storedItems(withReturned(order.lines, parts));
      return {
        values: { lines, credited_total: creditedTotal },
        facts: { creditNoteId: creditNote.id, returned: factsOf(parts), restocked: restock },
      };
    });
    return made as RecordJson;
  }
}

function withReturned(lines: readonly OrderLine[], parts: readonly LinePart[]): OrderLine[] {
  const units = new Map(parts.map((part) => [part.line.id, part.units]));
  return lines.map((line) => ({
    ...line,
    returnedQuantity: grown(line.returnedQuantity, units.get(line.id) ?? 0n),
  }));
}
