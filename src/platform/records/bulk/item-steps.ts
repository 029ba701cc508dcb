import type { ColumnValues, FieldSpec } from '../field-types.js';
import { cellText, isEmptyCell, report, TYPED } from './parsed-row.js';
import type { Step } from './parsed-row.js';
import type { Target } from './targets.js';

/** One step for each member of a list's items that a column gives. */
export function itemSteps(placed: readonly { target: Target; column: number }[]): Step[] {
  return placed.flatMap(({ target, column }) =>
    target.kind === 'item' ? [itemStep(target.list, target.member, column)] : [],
  );
}

function itemStep(list: FieldSpec, member: FieldSpec, column: number): Step {
  const pointer = `/${list.name}/${member.name}`;
  const asText = !TYPED.has(member.kindName);
  return (cells, row, state) => {
    const cell = cells[column];
    if (isEmptyCell(cell)) return;
    row.item ??= {};
    const values: ColumnValues = {};
    const raw = asText ? cellText(cell) : cell;
    const fault = member.kind.parse(raw, member, values, state.context);
    if (fault) report(row, pointer, fault);
    else row.item[member.name] = member.kind.value(member.column, values);
  };
}
