import { unitsOf } from '../../common/exact-decimal.js';
import type { LineAmounts, LineTerms } from './order-arithmetic.js';

/** A line as an order keeps it. */
export interface OrderLine extends LineTerms, LineAmounts {
  id: string;
  productId: string | null;
  sku: string | null;
  name: string | null;
  unit: string | null;
  fulfilledQuantity: string;
  returnedQuantity: string;
  cancelledQuantity: string;
  reservedQuantity: string;
}

/** A line as a request gives it: prices and names may still be missing. */
export type GivenLine = Omit<OrderLine, 'unitPrice'> & { unitPrice: string | null };

const SCALE = 4;

/** What is still to be shipped of a line. */
export const openUnits = (line: OrderLine): bigint =>
  unitsOf(line.quantity, SCALE) -
  unitsOf(line.fulfilledQuantity, SCALE) -
  unitsOf(line.cancelledQuantity, SCALE);

/** What has been shipped of a line and did not come back. */
export const keptUnits = (line: OrderLine): bigint =>
  unitsOf(line.fulfilledQuantity, SCALE) - unitsOf(line.returnedQuantity, SCALE);

/** Decimals of quantities. */
export const QUANTITY_SCALE = SCALE;
