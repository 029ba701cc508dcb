import { Problem } from '../../common/errors.js';

export const ORDER_STATUSES = [
  'draft',
  'confirmed',
  'partiallyFulfilled',
  'fulfilled',
  'closed',
  'cancelled',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** What can be done to an order; each has an endpoint of this name (`payments`, `refunds`, `returns`). */
export type OrderMove =
  'confirm' | 'fulfil' | 'close' | 'cancel' | 'reopen' | 'return' | 'pay' | 'refund';

/** What may be done to an order in each state: the one table of it. */
const MOVES: Record<OrderStatus, readonly OrderMove[]> = {
  draft: ['confirm', 'cancel'],
  confirmed: ['fulfil', 'cancel', 'reopen', 'pay', 'refund'],
  // Cancelling takes what has not been shipped off the order.
  partiallyFulfilled: ['fulfil', 'cancel', 'return', 'pay', 'refund'],
  fulfilled: ['close', 'return', 'pay', 'refund'],
  closed: ['reopen', 'return', 'pay', 'refund'],
  cancelled: ['reopen', 'refund'],
};

/** A credit note is closed from the start; only money can still move. */
const CREDIT_NOTE_MOVES: readonly OrderMove[] = ['pay', 'refund'];

/** What may be done to it now. */
export const allowedMoves = (kind: string, status: OrderStatus): readonly OrderMove[] =>
  kind === 'creditNote' ? CREDIT_NOTE_MOVES : MOVES[status];

/** @throws Problem 409 that names what is allowed, when the move is not. */
export function assertAllowed(kind: string, status: OrderStatus, move: OrderMove): void {
  const allowed = allowedMoves(kind, status);
  if (allowed.includes(move)) return;
  const what = kind === 'creditNote' ? 'a credit note' : `an order that is ${WORDS[status]}`;
  const may = allowed.length > 0 ? `It allows: ${allowed.join(', ')}.` : 'It allows nothing more.';
  const detail = `The move ${move} is not one for ${what}. ${may}`;
  throw new Problem('conflict', detail, { extra: { orderStatus: status, allowed } });
}

const WORDS: Record<OrderStatus, string> = {
  draft: 'a draft',
  confirmed: 'confirmed',
  partiallyFulfilled: 'partially fulfilled',
  fulfilled: 'fulfilled',
  closed: 'closed',
  cancelled: 'cancelled',
};
