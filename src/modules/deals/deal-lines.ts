import { rescaled, textOf, unitsOf } from '../../common/exact-decimal.js';
import { minorUnits } from '../../common/values/currency.js';
import { padAmount } from '../../common/values/money.js';
import { itemsOf, storedItems } from '../../platform/records/list-items.js';
import type { Draft } from '../../platform/records/record-rules.js';

interface DealLine {
  quantity: string;
  unitPrice: string;
  discountPercent: string | null;
  total: string;
}

/** Decimals of quantities, prices and percents. */
const SCALE = 4;
const HUNDRED = 100n * 10n ** BigInt(SCALE);

/** Units of the currency's last decimal: rounded once a line, half away from zero. */
function totalOf({ quantity, unitPrice, discountPercent }: DealLine, decimals: number): bigint {
  const kept = HUNDRED - unitsOf(discountPercent ?? '0', SCALE);
  const product = unitsOf(quantity, SCALE) * unitsOf(unitPrice, SCALE) * kept;
  return rescaled(product, 3 * SCALE + 2, decimals);
}

/**
 * Works out the totals of a deal's lines, and the amount that follows from them. An amount that
 * says otherwise is a fault: it would be lost.
 */
export function completeLines(draft: Draft): void {
  const { before, after } = draft;
  const currency = String(after.values['currency']);
  const decimals = minorUnits(currency);
  const lines = itemsOf<DealLine>(after.values['lines']);
  let sum = 0n;
  for (const line of lines) {
    const total = totalOf(line, decimals);
    line.total = textOf(total, decimals);
    sum += total;
  }
  const given = after.values['amount'];
  const amount = typeof given === 'string' ? padAmount(given, currency) : null;
  after.values['amount'] = amount;
  if (lines.length === 0) return;
  after.values['lines'] = storedItems(lines);
  const total = textOf(sum, decimals);
  const isNamed = amount !== null && given !== (before?.values['amount'] ?? null);
  if (isNamed && amount !== total) {
    const detail = `follows from the lines, which are worth ${total}; change those`;
    draft.errors.push({ pointer: `${draft.pointer}/amount`, code: 'followsFromLines', detail });
  }
  after.values['amount'] = total;
}
