import { normalizeDatetime } from '../../../common/values/datetime.js';
import type { ObjectDefinition } from '../object-definition.js';
import { isEmptyCell, report } from './parsed-row.js';
import type { ParsedRow, Step } from './parsed-row.js';

/** What people have records of: whatever is older is a slip of the pen. */
const EARLIEST = '1900-01-01T00:00:00.000Z';

/** When a new record was made; an empty cell says nothing. */
export function createdStep(column: number): Step {
  return (cells, row, { context }) => {
    const cell = cells[column];
    if (isEmptyCell(cell)) return;
    const read = (context.forms?.datetime ?? normalizeDatetime)(cell);
    if (read.error) report(row, '/createdAt', read.error);
    else row.patch.createdAt = read.value;
  };
}

/** Holds what a row says of the past to what can be: it comes after the steps that read it. */
export function datedStep({ fieldList }: ObjectDefinition): Step {
  const dated = fieldList.filter(
    ({ importable, kindName }) => importable === 'dated' && kindName === 'datetime',
  );
  return (_cells, row) => {
    const { createdAt, values } = row.patch;
    if (createdAt !== undefined) holdToPast(row, '/createdAt', createdAt, EARLIEST);
    for (const { name, column } of dated) {
      const value = values[column];
      if (typeof value !== 'string') continue;
      holdToPast(row, `/${name}`, value, createdAt ?? EARLIEST);
    }
  };
}

/** Times in their one form, which sorts as they do. */
function holdToPast(row: ParsedRow, pointer: string, time: string, since: string): void {
  if (time > new Date().toISOString()) {
    report(row, pointer, { code: 'future', detail: 'must not be in the future' });
  } else if (time < since) {
    const detail =
      since === EARLIEST ? 'must not be before 1900' : `must not be before createdAt (${since})`;
    report(row, pointer, { code: 'past', detail });
  }
}
