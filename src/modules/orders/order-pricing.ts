import type { FieldError } from '../../common/errors.js';
import { itemsOf, storedItems } from '../../platform/records/list-items.js';
import type { Draft } from '../../platform/records/record-rules.js';
import { priceFor } from '../products/index.js';
import type { GivenLine } from './order-line.js';
import { isOpen } from './order-questions.js';
import type { Catalogue } from './order-questions.js';

/** Completes lines from their products; what cannot be completed is in the draft's errors. */
export function completeLines(draft: Draft, catalogue: Catalogue): void {
  const { after, errors, pointer } = draft;
  const stored = after.values['lines'];
  let isSame = true;
  const lines = itemsOf<GivenLine>(stored).map((line, index) => {
    const completed = isOpen(line) ? complete(line, draft, catalogue) : line;
    isSame &&= completed === line;
    for (const { pointer: at, ...fault } of lacking(completed, draft)) {
      errors.push({ pointer: `${pointer}/lines/${index}${at}`, ...fault });
    }
    return completed;
  });
  if (!isSame) after.values['lines'] = storedItems(lines);
}

function complete(line: GivenLine, { after }: Draft, { products }: Catalogue): GivenLine {
  const product = products.get(line.productId ?? '');
  if (!product) return line;
  const { sku, name, unit, taxRate, prices } = product;
  const { currency, order_date: on } = after.values;
  const wish = { currency: String(currency), quantity: line.quantity, on: String(on) };
  return {
    ...line,
    sku: line.sku ?? sku,
    name: line.name ?? name,
    unit: line.unit ?? unit,
    taxRate: line.taxRate ?? taxRate,
    unitPrice: line.unitPrice ?? priceFor(prices, wish)?.amount ?? null,
  };
}

function lacking(line: GivenLine, { after }: Draft): FieldError[] {
  const errors: FieldError[] = [];
  if (line.name === null) {
    errors.push({ pointer: '/name', code: 'isNotEmpty', detail: 'must be given' });
  }
  if (line.unitPrice === null) {
    const { currency, order_date: on } = after.values;
    const detail = line.productId
      ? `must be given: the product ${line.sku ?? line.productId} has no price in ` +
        `${String(currency)} for a quantity of ${line.quantity} on ${String(on)}`
      : 'must be given';
    errors.push({ pointer: '/unitPrice', code: 'noPrice', detail });
  }
  return errors;
}
