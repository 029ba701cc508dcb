import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { shortest, textOf, unitsOf } from '../../common/exact-decimal.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { eventStatements, tagsOf } from '../../platform/records/side-statements.js';
import { PRODUCT } from './products.service.js';

/** What happens to pieces of a product; quantities are decimal texts above zero. */
export interface StockMove {
  productId: string;
  quantity: string;
  /** Of them, those that had been reserved: shipping takes them off the reserved ones. */
  reserved?: string;
}

export type StockAction = 'stockReserved' | 'stockReleased' | 'stockShipped' | 'stockReturned';

interface MovedRow {
  id: string;
  sku: string;
  name: string;
  isSold: boolean;
  stock: string | null;
  reserved: string;
  isShort: boolean;
  isMoved: boolean;
  version: number | null;
  stockAfter: string | null;
  reservedAfter: string | null;
}

/** The signs with which a move counts. */
const SIGNS: Record<StockAction, { stock: bigint; reserved: bigint }> = {
  stockReserved: { stock: 0n, reserved: 1n },
  stockReleased: { stock: 0n, reserved: -1n },
  stockShipped: { stock: -1n, reserved: -1n },
  stockReturned: { stock: 1n, reserved: 0n },
};

const SCALE = 4;

/**
 * Locks the products in the order of their ids, and moves all or none: none when one of them is
 * short. `$2`: `{ id, stock, reserved }` by which to change.
 */
const MOVE_SQL = `
  with wanted as (
    select * from json_to_recordset($2::json) as w (id uuid, stock numeric, reserved numeric)),
  locked as materialized (
    select p.id, p.sku, p.name, p.active and p.deleted_at is null as is_sold, p.stock, p.reserved,
      p.available, w.stock as stock_by, w.reserved as reserved_by,
      p.stock is not null and (p.stock + w.stock < 0
        or (w.reserved > 0 and p.stock - p.reserved < w.reserved)) as is_short
    from products p join wanted w on w.id = p.id
    where p.workspace_id = $1 order by p.id for no key update of p),
  moved as (
    update products p set stock = p.stock + l.stock_by,
      reserved = greatest(p.reserved + l.reserved_by, 0),
      available = p.stock + l.stock_by - greatest(p.reserved + l.reserved_by, 0),
      version = p.version + 1, updated_at = now(), updated_by = $3
    from locked l
    where p.workspace_id = $1 and p.id = l.id and (l.stock is not null or l.reserved_by < 0)
      and not exists (select from locked s where s.is_short or ($4 and not s.is_sold))
    returning p.id, p.version, p.stock, p.reserved)
  select l.id, l.sku, l.name, l.is_sold as "isSold", l.stock::text, l.reserved::text,
    l.is_short as "isShort", m.id is not null as "isMoved", m.version,
    m.stock::text as "stockAfter", m.reserved::text as "reservedAfter"
  from locked l left join moved m on m.id = l.id`;

/** Moves stock for orders: reserved when they are confirmed, taken when they are shipped. */
@Injectable()
export class StockService {
  /**
   * Moves pieces of any number of products, with one statement and one event.
   * @param orderId the order it is for; the event names it.
   * @returns ids of the products whose stock is counted; nothing moves of the others.
   * @throws Problem 409 that names each product there is not enough of, or that is not sold.
   */
  async move(
    tx: Transaction,
    ctx: RequestContext,
    action: StockAction,
    moves: readonly StockMove[],
    orderId: string,
  ): Promise<ReadonlySet<string>> {
    const wanted = summed(action, moves);
    if (wanted.length === 0) return new Set();
    const isNew = action === 'stockReserved';
    const rows = await tx.query<MovedRow>(MOVE_SQL, [
      ...[ctx.workspaceId, JSON.stringify(wanted), ctx.principal.userId, isNew],
    ]);
    if (isNew) assertSold(rows);
    assertEnough(rows, wanted);
    const moved = rows.filter(({ isMoved }) => isMoved);
    const written = moved.map((row) => ({
      id: row.id,
      version: row.version as number,
      changes: { ...changesOf(row), orderId },
    }));
    if (written.length > 0) await tx.run(eventStatements(ctx, PRODUCT, action, written));
    tx.touch(
      tagsOf(
        PRODUCT,
        moved.map(({ id }) => id),
      ),
    );
    return new Set(moved.map(({ id }) => id));
  }
}

interface Wanted {
  id: string;
  stock: string;
  reserved: string;
}

function summed(action: StockAction, moves: readonly StockMove[]): Wanted[] {
  const signs = SIGNS[action];
  return [...Map.groupBy(moves, ({ productId }) => productId)].map(([id, group]) => {
    const sum = (of: (move: StockMove) => string): bigint =>
      group.reduce((units, move) => units + unitsOf(of(move), SCALE), 0n);
    const stock = signs.stock * sum(({ quantity }) => quantity);
    const reserved = signs.reserved * sum((move) => move.reserved ?? move.quantity);
    const text = (units: bigint): string => shortest(textOf(units, SCALE));
    return { id, stock: text(stock), reserved: text(reserved) };
  });
}

function assertSold(rows: readonly MovedRow[]): void {
  const gone = rows.filter(({ isSold }) => !isSold);
  if (gone.length === 0) return;
  const names = gone.map(({ sku }) => sku).join(', ');
  const products = gone.map(({ id, sku, name }) => ({ productId: id, sku, name }));
  throw new Problem('conflict', `Not sold any more: ${names}.`, { extra: { products } });
}

function assertEnough(rows: readonly MovedRow[], wanted: readonly Wanted[]): void {
  const short = rows.filter(({ isShort }) => isShort);
  if (short.length === 0) return;
  const products = short.map(({ id, sku, name, stock, reserved }) => {
    const wish = wanted.find((item) => item.id === id);
    const isNew = wish?.stock === '0';
    const left = unitsOf(stock ?? '0', SCALE) - (isNew ? unitsOf(reserved, SCALE) : 0n);
    const wants = (isNew ? wish.reserved : wish?.stock)?.replace('-', '') ?? '0';
    const available = shortest(textOf(left, SCALE));
    return { productId: id, sku, name, wanted: wants, available };
  });
  const detail = products
    .map(({ sku, wanted: wish, available }) => `${sku}: ${wish} wanted, ${available} available`)
    .join('; ');
  throw new Problem('conflict', `There is not enough in stock. ${detail}.`, {
    extra: { products },
  });
}

function changesOf(row: MovedRow): Record<string, [unknown, unknown]> {
  const changes: Record<string, [unknown, unknown]> = {};
  if (row.stock !== row.stockAfter) changes['stock'] = [row.stock, row.stockAfter];
  if (row.reserved !== row.reservedAfter) changes['reserved'] = [row.reserved, row.reservedAfter];
  return changes;
}
