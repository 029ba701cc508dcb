import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { RecordJson } from '../../platform/http/answers.js';
import { storedItems } from '../../platform/records/list-items.js';
import type { Deed, DeedResult } from '../../platform/records/record-actor.js';
import type { RecordRow } from '../../platform/records/stored-row.js';
import { CreditNotes } from './credit-notes.js';
import { grown, openParts, partsToShip, quantityOf } from './line-parts.js';
import type { LinePart } from './line-parts.js';
import { allowing } from './order-document.js';
import type { OrderDocument } from './order-document.js';
import { openUnits } from './order-line.js';
import type { OrderLine } from './order-line.js';
import type { FulfilInput, MoveInput, ReasonedMoveInput } from './order-moves.dto.js';
import { OrderStock } from './order-stock.js';
import { OrdersService } from './orders.service.js';

/** How an order goes from state to state; see `order-states.ts`. */
@Injectable()
export class OrderTransitionsService {
  constructor(
    private readonly orders: OrdersService,
    private readonly stock: OrderStock,
    private readonly creditNotes: CreditNotes,
  ) {}

  /**
   * Makes a draft firm: reserves stock and fixes the lines.
   * @throws Problem 409 that names each product there is not enough of; 422 without a customer or
   * lines.
   */
  confirm(ctx: RequestContext, id: string, body: MoveInput, ifMatch?: number): Promise<RecordJson> {
    const deed = deedOf('confirmed', 'confirm', body, ifMatch);
    return this.orders.actor.act(ctx, id, deed, async (row, tx) => {
      const order = allowing(row, 'confirm');
      assertComplete(row, order);
      const lines = await this.stock.reserve(tx, ctx, order);
      return { values: { status: 'confirmed', lines: storedItems(lines) } };
    });
  }

  /** Ships all that is open, or a part of it. @throws Problem 409, 422 for more than is open. */
  fulfil(ctx: RequestContext, id: string, body: FulfilInput, ifMatch?: number) {
    const deed = deedOf('fulfilled', 'fulfil', body, ifMatch);
    return this.orders.actor.act(ctx, id, deed, async (row, tx): Promise<DeedResult> => {
      const order = allowing(row, 'fulfil');
      const parts = body.lines ? partsToShip(order.lines, body.lines) : openParts(order.lines);
      const lines = await this.stock.ship(tx, ctx, order, parts);
      const isAll = lines.every((line) => openUnits(line) === 0n);
      const status = isAll ? 'fulfilled' : 'partiallyFulfilled';
      const values = { status, lines: storedItems(lines) };
      return { name: status, values, facts: { shipped: factsOf(parts) } };
    });
  }

  /** Puts an order that is fulfilled away. */
  close(ctx: RequestContext, id: string, body: MoveInput, ifMatch?: number): Promise<RecordJson> {
    const deed = deedOf('closed', 'close', body, ifMatch);
    return this.orders.actor.act(ctx, id, deed, (row) => {
      allowing(row, 'close');
      return { values: { status: 'closed' } };
    });
  }

  /**
   * Calls an order off, or what has not been shipped of it: that is credited, and the order is then
   * fulfilled. Stock that was reserved is free again.
   */
  cancel(ctx: RequestContext, id: string, body: ReasonedMoveInput, ifMatch?: number) {
    const deed = deedOf('cancelled', 'cancel', body, ifMatch);
    return this.orders.actor.act(ctx, id, deed, async (row, tx): Promise<DeedResult> => {
      const order = allowing(row, 'cancel');
      const released = await this.stock.release(tx, ctx, order);
      if (order.status !== 'partiallyFulfilled') {
        return { values: { status: 'cancelled', lines: storedItems(released) } };
      }
      const parts = openParts(order.lines);
      const { creditNote, creditedTotal } = await this.creditNotes.make(
        { ...ctx, tx },
        row,
        parts,
        body.reason,
      );
      return {
        values: {
          status: 'fulfilled',
          credited_total: creditedTotal,
          lines: storedItems(withCancelled(released, parts)),
        },
        facts: { creditNoteId: creditNote.id, calledOff: factsOf(parts) },
      };
    });
  }

  /** Back to where the order was: closed to fulfilled; confirmed or cancelled to a draft. */
  reopen(ctx: RequestContext, id: string, body: ReasonedMoveInput, ifMatch?: number) {
    const deed = deedOf('reopened', 'reopen', body, ifMatch);
    return this.orders.actor.act(ctx, id, deed, async (row, tx): Promise<DeedResult> => {
      const order = allowing(row, 'reopen');
      if (order.status === 'closed') return { values: { status: 'fulfilled' } };
      const lines = await this.stock.release(tx, ctx, order);
      return { values: { status: 'draft', lines: storedItems(lines) } };
    });
  }
}

function deedOf(
  name: string,
  permission: string,
  { reason }: { reason?: string },
  ifMatch: number | undefined,
): Deed {
  return { name, permission, ifMatch, facts: reason === undefined ? {} : { reason } };
}

/** What the event says of the lines that a move was about. */
export const factsOf = (parts: readonly LinePart[]): object[] =>
  parts.map(({ line, units }) => ({ lineId: line.id, sku: line.sku, quantity: quantityOf(units) }));

function assertComplete({ values }: RecordRow, { lines }: OrderDocument): void {
  const errors = [];
  if (values['contact_id'] === null && values['company_id'] === null) {
    const detail = 'an order needs a contact or a company before it is confirmed';
    errors.push({ pointer: '/contactId', code: 'isNotEmpty', detail });
  }
  if (lines.length === 0) {
    errors.push({ pointer: '/lines', code: 'isNotEmpty', detail: 'there is nothing in the order' });
  }
  if (errors.length > 0) throw Problem.validation(errors);
}

function withCancelled(lines: readonly OrderLine[], parts: readonly LinePart[]): OrderLine[] {
  const units = new Map(parts.map((part) => [part.line.id, part.units]));
  return lines.map((line) => ({
    ...line,
    cancelledQuantity: grown(line.cancelledQuantity, units.get(line.id) ?? 0n),
  }));
}
