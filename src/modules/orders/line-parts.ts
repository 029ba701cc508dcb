import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { shortest, textOf, unitsOf } from '../../common/exact-decimal.js';
import { keptUnits, openUnits, QUANTITY_SCALE } from './order-line.js';
import type { OrderLine } from './order-line.js';

/** So much of a line. */
export interface LinePart {
  line: OrderLine;
  /** With the sign of the line's quantity. */
  units: bigint;
}

interface Wish {
  lineId: string;
  quantity: string;
}

/** Decimal text of a quantity. */
export const quantityOf = (units: bigint): string => shortest(textOf(units, QUANTITY_SCALE));

/** A quantity that has grown by so much. */
export const grown = (quantity: string, units: bigint): string =>
  quantityOf(unitsOf(quantity, QUANTITY_SCALE) + units);

/** All that is still to be shipped. */
export const openParts = (lines: readonly OrderLine[]): LinePart[] =>
  lines.map((line) => ({ line, units: openUnits(line) })).filter(({ units }) => units !== 0n);

/** What is to be shipped, of what is open. @throws Problem 422 for what is not. */
export const partsToShip = (lines: readonly OrderLine[], wishes: readonly Wish[]): LinePart[] =>
  partsOf(lines, wishes, openUnits, 'is open');

/** What comes back, of what was shipped. @throws Problem 422 for what was not. */
export const partsToReturn = (lines: readonly OrderLine[], wishes: readonly Wish[]): LinePart[] =>
  partsOf(lines, wishes, keptUnits, 'can come back');

function partsOf(
  lines: readonly OrderLine[],
  wishes: readonly Wish[],
  limit: (line: OrderLine) => bigint,
  what: string,
): LinePart[] {
  const errors: FieldError[] = [];
  const byId = new Map(lines.map((line) => [line.id, line]));
  const seen = new Set<string>();
  const parts = wishes.flatMap(({ lineId, quantity }, index): LinePart[] => {
    const line = byId.get(lineId.toLowerCase());
    const units = unitsOf(quantity, QUANTITY_SCALE);
    const fault = line ? faultOf(units, limit(line), what) : undefined;
    const pointer = `/lines/${index}`;
    if (!line || seen.has(line.id)) {
      const detail = line ? 'stands in the list before' : `is no line of the order`;
      errors.push({ pointer: `${pointer}/lineId`, code: line ? 'duplicate' : 'reference', detail });
      return [];
    }
    seen.add(line.id);
    if (fault === undefined) return [{ line, units }];
    errors.push({ pointer: `${pointer}/quantity`, code: 'max', detail: fault });
    return [];
  });
  if (errors.length > 0) throw Problem.validation(errors);
  return parts;
}

/** A part has the sign of the line, is not nothing, and not more than there is. */
function faultOf(units: bigint, most: bigint, what: string): string | undefined {
  const fits = most < 0n ? units < 0n && units >= most : units > 0n && units <= most;
  return fits ? undefined : `must not be zero or more than what ${what}: ${quantityOf(most)}`;
}
