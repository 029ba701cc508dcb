import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { unitsOf } from '../../common/exact-decimal.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { StockService } from '../products/index.js';
import type { StockMove } from '../products/index.js';
import { grown, quantityOf } from './line-parts.js';
import type { LinePart } from './line-parts.js';
import type { OrderDocument } from './order-document.js';
import { QUANTITY_SCALE } from './order-line.js';
import type { OrderLine } from './order-line.js';

/**
 * What orders do to stock. Only products whose stock was counted when the order was confirmed are
 * reserved and taken; lines remember how many. Lines below zero leave the stock alone: what comes
 * back comes by a return.
 */
@Injectable()
export class OrderStock {
  constructor(private readonly stock: StockService) {}

  /** @returns the lines with what is reserved for each. @throws Problem 409 for too little. */
  async reserve(
    tx: Transaction,
    ctx: RequestContext,
    { id, lines }: OrderDocument,
  ): Promise<OrderLine[]> {
    const moves = lines
      .filter(({ quantity }) => !quantity.startsWith('-'))
      .flatMap(({ productId, quantity }) => (productId ? [{ productId, quantity }] : []));
    const counted = await this.stock.move(tx, ctx, 'stockReserved', moves, id);
    return lines.map((line) => {
      const isCounted = counted.has(line.productId ?? '') && !line.quantity.startsWith('-');
      return { ...line, reservedQuantity: isCounted ? line.quantity : '0' };
    });
  }

  /** @returns the lines without anything reserved. */
  async release(
    tx: Transaction,
    ctx: RequestContext,
    { id, lines }: OrderDocument,
  ): Promise<OrderLine[]> {
    const moves = lines.flatMap(({ productId, reservedQuantity: quantity }) =>
      productId && reservedUnits({ reservedQuantity: quantity }) > 0n
        ? [{ productId, quantity }]
        : [],
    );
    await this.stock.move(tx, ctx, 'stockReleased', moves, id);
    return lines.map((line) => ({ ...line, reservedQuantity: '0' }));
  }

  /** Takes the parts out of the stock. @returns the lines with what is shipped and reserved now. */
  async ship(
    tx: Transaction,
    ctx: RequestContext,
    { id, lines }: OrderDocument,
    parts: readonly LinePart[],
  ): Promise<OrderLine[]> {
    const shipped = new Map(parts.map(({ line, units }) => [line.id, units]));
    const taken = (line: OrderLine): bigint => {
      const units = shipped.get(line.id) ?? 0n;
      const reserved = reservedUnits(line);
      return units > reserved ? reserved : units;
    };
    const moves = lines.flatMap((line): StockMove[] => {
      const units = taken(line);
      return line.productId && units > 0n
        ? [{ productId: line.productId, quantity: quantityOf(units) }]
        : [];
    });
    await this.stock.move(tx, ctx, 'stockShipped', moves, id);
    return lines.map((line) => ({
      ...line,
      fulfilledQuantity: grown(line.fulfilledQuantity, shipped.get(line.id) ?? 0n),
      reservedQuantity: quantityOf(reservedUnits(line) - (taken(line) > 0n ? taken(line) : 0n)),
    }));
  }

  /** Puts pieces that came back on the shelf again. */
  async restock(
    tx: Transaction,
    ctx: RequestContext,
    { id }: OrderDocument,
    parts: readonly LinePart[],
  ): Promise<void> {
    const moves = parts.flatMap(({ line: { productId }, units }) =>
      productId && units > 0n ? [{ productId, quantity: quantityOf(units) }] : [],
    );
    await this.stock.move(tx, ctx, 'stockReturned', moves, id);
  }
}

const reservedUnits = ({ reservedQuantity }: Pick<OrderLine, 'reservedQuantity'>): bigint =>
  unitsOf(reservedQuantity, QUANTITY_SCALE);
