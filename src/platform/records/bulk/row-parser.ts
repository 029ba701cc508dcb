import type { ParseContext } from '../field-types.js';
import { compileColumns } from './column-steps.js';
import type { CellsOf } from './cell-sources.js';
import type { BulkRow, ParsedRow, RowRules, StepState } from './parsed-row.js';
import type { Target } from './targets.js';

export type { BulkCell, BulkRow, Link, ParsedRow, RowRules } from './parsed-row.js';

/**
 * Compiles a mapping into a function that checks and normalises a row: the same functions as for
 * a record of the API, in the order of the object's fields, without going through an object of
 * the row's cells.
 * @param cellsOf gives the cell of each target, where that is not the column of the same place.
 */
export function compileRows(
  targets: readonly Target[],
  rules: RowRules,
  cellsOf: CellsOf = (cells) => cells,
): (source: BulkRow) => ParsedRow {
  const steps = compileColumns(targets, rules);
  const clear = rules.emptyCells === 'clear';
  const { currency, forms } = rules;
  const context: ParseContext = { country: null, currency, lenient: true, forms };
  const state: StepState = { context, clear };
  return (source) => {
    const row: ParsedRow = {
      source,
      patch: { values: {}, custom: {}, externalIds: {} },
      errors: [],
      links: [],
      item: null,
      id: null,
      ownerEmail: null,
    };
    if (source.error) {
      row.errors.push({ pointer: '', code: source.error.code, detail: source.error.detail });
      return row;
    }
    context.country = rules.country;
    const cells = cellsOf(source.cells);
    for (const step of steps) step(cells, row, state);
    return row;
  };
}
