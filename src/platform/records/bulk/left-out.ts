import type { Operator, PlainCondition } from '../../../common/filter/index.js';
import { readDecimal } from '../../../common/values/decimal-cell.js';
import { cellText, isEmptyCell } from './parsed-row.js';
import type { BulkCell } from './parsed-row.js';

/** Rows that an import is to leave out, and why. */
export interface LeftOut {
  /** Its fields are headers of the file. */
  where: PlainCondition;
  reason: string;
}

type Test = (cells: readonly BulkCell[]) => boolean;

/** Every header that the conditions name. */
export function headersOf(condition: PlainCondition): string[] {
  if ('and' in condition) return condition.and.flatMap(headersOf);
  if ('or' in condition) return condition.or.flatMap(headersOf);
  if ('not' in condition) return headersOf(condition.not);
  return [condition.field];
}

/**
 * Compiles the rules for a file's columns.
 * @param columnOf the column of a header; -1 for one the file does not have (yet): its cells are
 * empty.
 * @returns tells why a row is left out; null for one that is not.
 */
export function compileLeftOut(
  rules: readonly LeftOut[],
  columnOf: (header: string) => number,
): (cells: readonly BulkCell[]) => string | null {
  const tests = rules.map(({ where, reason }) => ({ test: testOf(where, columnOf), reason }));
  return (cells) => tests.find(({ test }) => test(cells))?.reason ?? null;
}

function testOf(condition: PlainCondition, columnOf: (header: string) => number): Test {
  if ('and' in condition) {
    const tests = condition.and.map((item) => testOf(item, columnOf));
    return (cells) => tests.every((test) => test(cells));
  }
  if ('or' in condition) {
    const tests = condition.or.map((item) => testOf(item, columnOf));
    return (cells) => tests.some((test) => test(cells));
  }
  if ('not' in condition) {
    const test = testOf(condition.not, columnOf);
    return (cells) => !test(cells);
  }
  const column = columnOf(condition.field);
  const { op, value } = condition;
  if (op === 'isNull' || value === null) {
    const wanted = (op === 'neq') !== (value === null || value === true || value === 'true');
    return (cells) => isEmptyCell(cells[column]) === wanted;
  }
  const compare = COMPARISONS[op];
  const values = (Array.isArray(value) ? value : [value]).map(String);
  const ofEmpty = op === 'neq' || op === 'nin';
  return (cells) => {
    const cell = cells[column];
    return isEmptyCell(cell) ? ofEmpty : compare(cellText(cell).trim(), values);
  };
}

type Compare = (text: string, values: readonly string[]) => boolean;

const isOneOf: Compare = (text, values) => values.some((value) => order(text, value) === 0);
const ordered =
  (holds: (order: number) => boolean): Compare =>
  (text, [value = '']) =>
    holds(order(text, value));
const contains: Compare = (text, [value = '']) => text.includes(value);

const COMPARISONS: Record<Exclude<Operator, 'isNull'>, Compare> = {
  eq: isOneOf,
  in: isOneOf,
  neq: (text, values) => !isOneOf(text, values),
  nin: (text, values) => !isOneOf(text, values),
  gt: ordered((sign) => sign > 0),
  gte: ordered((sign) => sign >= 0),
  lt: ordered((sign) => sign < 0),
  lte: ordered((sign) => sign <= 0),
  contains,
  has: contains,
  startsWith: (text, [value = '']) => text.startsWith(value),
};

/** Numbers compare as numbers, all else as text. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== null && right !== null) return Math.sign(left - right);
  return a < b ? -1 : 1;
}

function numberOf(text: string): number | null {
  const number = readDecimal(text, { scale: 12, precision: 31, excess: 'round' });
  return number.error ? null : Number(number.value);
}
