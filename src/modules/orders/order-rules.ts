import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { atLeast, unitsOf } from '../../common/exact-decimal.js';
import { minorUnits } from '../../common/values/currency.js';
import { itemsOf, storedItems } from '../../platform/records/list-items.js';
import { refuse } from '../../platform/records/record-rules.js';
import type { Draft, Questions } from '../../platform/records/record-rules.js';
import { balanceOf, isDiscountTooLarge, lineAmounts, orderTotals } from './order-arithmetic.js';
import type { OrderLine } from './order-line.js';
import { drawNumbers, readCatalogue } from './order-questions.js';
import { completeLines } from './order-pricing.js';
import { allowedMoves } from './order-states.js';
import type { OrderStatus } from './order-states.js';

/** What cannot change any more once an order is confirmed, by column. */
const FIXED = {
  lines: 'lines',
  currency: 'currency',
  order_date: 'orderDate',
  shipping_costs: 'shippingCosts',
  shipping_tax_rate: 'shippingTaxRate',
} as const;

/** Gives drafts of orders their first values, prices and numbers. */
export async function prepareOrders(
  db: Questions,
  ctx: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  const written = drafts.filter(({ deed }) => !deed);
  const open = written.filter((draft) => !isFixed(draft));
  if (open.length > 0) {
    const catalogue = await readCatalogue(db, ctx, open);
    for (const { before, after } of open) {
      if (before) continue;
      after.values['currency'] ??= catalogue.currency;
      after.values['order_date'] ??= catalogue.today;
    }
    for (const draft of open) completeLines(draft, catalogue);
  }
  // Before numbers are drawn: an order that is refused must not take one.
  for (const draft of drafts) if (draft.errors.length === 0) deriveOrder(draft);
  if (db.dryRun) return;
  await drawNumbers(
    db,
    ctx,
    drafts.filter(({ before, errors }) => before === null && errors.length === 0),
  );
}

/** Works out amounts and totals; refuses changes that come too late. */
export function deriveOrder(draft: Draft): void {
  const { before, deed, after } = draft;
  if (!deed && !before) refuseOpen(draft);
  if (!deed && before && isFixed(draft)) {
    refuseChanges(draft);
  } else if (!deed && !isCredit(draft)) {
    const lines = itemsOf<OrderLine>(after.values['lines']);
    after.values['lines'] = storedItems(lines.map((line, index) => priced(draft, line, index)));
  }
  if (draft.errors.length === 0) total(draft);
}

/** Lines of a credit note have the amounts that the original's lines had. */
const isCredit = ({ after }: Draft): boolean => after.values['original_order_id'] !== null;

/** Whether the order has left the state in which its lines may change. */
const isFixed = ({ before, isContinued }: Draft): boolean =>
  before !== null && before.values['status'] !== 'draft' && !isContinued;

/** What a file tells of the past is over: only a confirmation reserves stock. */
function refuseOpen({ after, errors, pointer }: Draft): void {
  const { status } = after.values;
  if (status !== 'confirmed' && status !== 'partiallyFulfilled') return;
  const detail = 'of a new order is draft, fulfilled, closed or cancelled; confirm it afterwards';
  errors.push({ pointer: `${pointer}/status`, code: 'isIn', detail });
}

function refuseChanges(draft: Draft): void {
  const { before, after } = draft;
  if (!before) return;
  for (const [column, name] of Object.entries(FIXED)) {
    if (isSame(column, before.values[column], after.values[column])) {
      after.values[column] = before.values[column] ?? null;
      continue;
    }
    const { status, kind } = before.values;
    const allowed = allowedMoves(String(kind), status as OrderStatus);
    const detail = `The order has been confirmed: its ${name} cannot change any more.`;
    const extra = { orderStatus: status, allowed };
    refuse(draft, `/${name}`, new Problem('conflict', detail, { extra }));
  }
}

type Stored = Draft['after']['values'][string] | undefined;

function isSame(column: string, before: Stored, after: Stored): boolean {
  if (before === after) return true;
  if (!column.startsWith('shipping_') || typeof before !== 'string') return false;
  return typeof after === 'string' && unitsOf(before, 4) === unitsOf(after, 4);
}

/** A line with its amounts; what is wrong with it is in the draft's errors. */
function priced(draft: Draft, line: OrderLine, index: number): OrderLine {
  const currency = String(draft.after.values['currency']);
  const at = `${draft.pointer}/lines/${index}`;
  const fault = faultOf(line, currency);
  if (fault) {
    draft.errors.push({ pointer: `${at}/${fault.member}`, code: fault.code, detail: fault.detail });
    return line;
  }
  const scale = minorUnits(currency);
  return {
    ...line,
    unitPrice: atLeast(line.unitPrice, scale),
    taxRate: line.taxRate ?? '0',
    ...lineAmounts(line, currency),
    ...quantities(draft, line),
  };
}

function faultOf(
  line: OrderLine,
  currency: string,
): { member: string; code: string; detail: string } | undefined {
  if (unitsOf(line.quantity, 4) === 0n) {
    return { member: 'quantity', code: 'notZero', detail: 'must not be zero' };
  }
  if (line.discountPercent !== null && line.discountAmount !== null) {
    const detail = 'must not be given together with `discountPercent`';
    return { member: 'discountAmount', code: 'oneOf', detail };
  }
  if (line.discountAmount !== null && isDiscountTooLarge(line, currency)) {
    return {
      member: 'discountAmount',
      code: 'max',
      detail: 'must not be more than the line costs',
    };
  }
  return undefined;
}

/** What has become of a line; a new order that has been shipped before Keel knew it has shipped all. */
function quantities({ after, before, isContinued }: Draft, line: OrderLine) {
  const status = after.values['status'] as OrderStatus;
  const isNew = before === null || isContinued === true;
  const isDone = isNew && (status === 'fulfilled' || status === 'closed');
  return {
    fulfilledQuantity: isDone ? line.quantity : (line.fulfilledQuantity ?? '0'),
    returnedQuantity: line.returnedQuantity ?? '0',
    cancelledQuantity: line.cancelledQuantity ?? '0',
    reservedQuantity: line.reservedQuantity ?? '0',
  };
}

function total({ after }: Draft): void {
  const { values } = after;
  const currency = String(values['currency']);
  const scale = minorUnits(currency);
  const shippingCosts = String(values['shipping_costs']);
  const shippingTaxRate = String(values['shipping_tax_rate']);
  const lines = itemsOf<OrderLine>(values['lines']);
  const totals = orderTotals(lines, { shippingCosts, shippingTaxRate }, currency);
  values['subtotal'] = totals.subtotal;
  values['discount_total'] = totals.discountTotal;
  values['tax_total'] = totals.taxTotal;
  values['total'] = totals.total;
  values['credited_total'] = atLeast(String(values['credited_total']), scale);
  values['paid_total'] = atLeast(String(values['paid_total']), scale);
  // Nothing is to be paid for an order that will not be delivered.
  const due = values['status'] === 'cancelled' ? '0' : totals.total;
  const credited = values['credited_total'];
  const balance = balanceOf({ total: due, credited, paid: values['paid_total'] }, currency);
  values['balance'] = balance.balance;
  // A draft of nothing has not been paid for.
  const isEmptyDraft = values['status'] === 'draft' && unitsOf(values['paid_total'], scale) === 0n;
  values['payment_status'] = isEmptyDraft ? 'unpaid' : balance.paymentStatus;
}
