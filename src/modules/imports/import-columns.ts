import type { CellSource } from '../../platform/records/bulk/cell-sources.js';
import { isSameHeader } from '../../platform/records/bulk/auto-mapping.js';
import { headersOf } from '../../platform/records/bulk/left-out.js';
import type { LeftOut } from '../../platform/records/bulk/left-out.js';
import { listOf } from '../../platform/records/bulk/targets.js';
import type { Target } from '../../platform/records/bulk/targets.js';
import type { FieldSpec } from '../../platform/records/field-types.js';
import type { ImportOptionsDto, Mapping } from './import-options.dto.js';
import { PlanFault } from './plan-fault.js';

/** Where a cell comes from and where it goes. */
export interface PlannedColumn {
  target: Target;
  source: CellSource;
}

/** Target paths of each header, as the mapping gives them. @throws PlanFault for unknown headers. */
export function givenPaths(
  mapping: Mapping,
  headers: readonly string[],
  isOpen: boolean,
): string[][] {
  const names = Object.keys(mapping);
  const missing = names.filter((name) => !headers.some((header) => isSameHeader(name, header)));
  if (missing.length > 0 && !isOpen) throw missingColumns(missing, headers);
  return headers.map((header) => {
    const name =
      names.find((item) => item === header) ?? names.find((item) => isSameHeader(item, header));
    return name === undefined ? [] : pathsOf(mapping[name]);
  });
}

/** The paths that a mapping gives one header. */
export function pathsOf(given: Mapping[string] | undefined): string[] {
  const paths = Array.isArray(given) ? given : [given ?? ''];
  return paths.filter((path) => path !== '');
}

function missingColumns(missing: readonly string[], headers: readonly string[]): PlanFault {
  const detail = `The file has no column ${missing.join(', ')}. Its columns: ${headers.slice(0, 50).join(', ')}.`;
  return new PlanFault('missing-column', detail);
}

/** Columns of the file and values that stand for a column, each with its target. */
export function planColumns(
  paths: readonly (readonly string[])[],
  { defaults = {}, values = {}, factors = {} }: ImportOptionsDto,
  read: (path: string) => Target,
): PlannedColumn[] {
  const left = new Map(Object.entries(defaults));
  const sourceOf = (path: string, column: number | null): CellSource => {
    const fallback = left.get(path);
    left.delete(path);
    return { column, fallback, values: values[path], factor: factors[path] };
  };
  const columns = paths.flatMap((own, column): PlannedColumn[] => {
    if (own.length === 0) return [{ target: { kind: 'ignore' }, source: { column } }];
    return own.map((path) => ({ target: read(path), source: sourceOf(path, column) }));
  });
  const constants = [...left.keys()].map((path) => ({
    target: read(path),
    source: sourceOf(path, null),
  }));
  return [...columns, ...constants];
}

/**
 * The list that each row gives an item of.
 * @throws PlanFault when rows would give items of two lists, or a list as a whole besides.
 */
export function planList(targets: readonly Target[]): FieldSpec | null {
  const list = listOf(targets);
  if (!list) return null;
  for (const target of targets) {
    const other = listOf([target]);
    if (other && other !== list) {
      const detail = `A row gives an item of one list: ${list.name} or ${other.name}.`;
      throw new PlanFault('two-lists', detail);
    }
    if (target.kind === 'field' && target.field === list) {
      const detail = `Give ${list.name} as one column, or columns of its items, not both.`;
      throw new PlanFault('two-lists', detail);
    }
  }
  return list;
}

/** Finds the columns that the rules for rows to leave out name. @throws PlanFault for others. */
export function checkLeftOut(
  rules: readonly LeftOut[],
  headers: readonly string[],
  isOpen: boolean,
): (header: string) => number {
  const columnOf = (name: string): number => {
    const exact = headers.indexOf(name);
    return exact >= 0 ? exact : headers.findIndex((header) => isSameHeader(name, header));
  };
  const named = rules.flatMap(({ where }) => headersOf(where));
  const missing = [...new Set(named)].filter((name) => columnOf(name) < 0);
  if (missing.length > 0 && !isOpen) throw missingColumns(missing, headers);
  return columnOf;
}
