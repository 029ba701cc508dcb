import { normalizeText } from '../../../common/values/text.js';
import type { ParseContext } from '../field-types.js';
import type { Normalized } from '../../../common/values/normalized.js';
import { accepted } from '../../../common/values/normalized.js';
import { cellText, isEmptyCell, report } from './parsed-row.js';
import type { BulkCell, GivenValue, ParsedRow, RowRules, Step, StepState } from './parsed-row.js';
import type { LinkTarget, Target } from './targets.js';

interface Placed {
  target: LinkTarget;
  column: number;
}

/** One step for each reference that columns name by something else than the id. */
export function referenceSteps(
  placed: readonly { target: Target; column: number }[],
  rules: RowRules,
): Step[] {
  const links = placed.filter((item): item is Placed => item.target.kind === 'link');
  const groups = Map.groupBy(links, ({ target }) => `${target.list?.name}\n${target.field.name}`);
  return [...groups.values()].map((group) => referenceStep(group, rules));
}

/** What a record is found by, the surest first: a row may lack it. */
const strength = ({ target: { by, object } }: Placed): number =>
  by.startsWith('externalIds.') ? 0 : object.fieldByName.get(by)?.unique ? 1 : 2;

function referenceStep(group: readonly Placed[], rules: RowRules): Step {
  const keys = group
    .filter(({ target }) => target.isKey)
    .sort((a, b) => strength(a) - strength(b))
    .map((key) => ({ ...key, read: keyReader(key.target, rules) }));
  return (cells, row, state) => {
    const key = keys.find(({ column }) => !isEmptyCell(cells[column]));
    if (!key) {
      clearReference(group, cells, row, state);
      return;
    }
    const { target, column } = key;
    const rival = keys.find(
      (other) => other.target.object !== target.object && !isEmptyCell(cells[other.column]),
    );
    if (rival) {
      const detail = `is one record: the row names a ${target.object.object} and a ${rival.target.object.object}`;
      report(row, pointerOf(target), { code: 'oneOf', detail });
      return;
    }
    const value = key.read(cellText(cells[column]));
    if (value.error) {
      report(row, pointerOf(target), value.error);
      return;
    }
    const given = group.flatMap((other) => (other.column === column ? [] : givenBy(other, cells)));
    row.links.push({ target, value: value.value, given });
    if (target.list) row.item ??= {};
  };
}

function clearReference(
  group: readonly Placed[],
  cells: readonly BulkCell[],
  row: ParsedRow,
  { clear }: StepState,
): void {
  const [first] = group;
  if (!first || !clear || first.target.list) return;
  const isNamed = group.some(({ target, column }) => target.isKey && cells[column] !== undefined);
  if (isNamed) row.patch.values[first.target.field.column] = null;
}

function givenBy({ target, column }: Placed, cells: readonly BulkCell[]): GivenValue[] {
  const cell = cells[column];
  return isEmptyCell(cell) ? [] : [{ path: target.by, text: cellText(cell) }];
}

/** Normalises a key as the object it belongs to does. */
function keyReader({ object, by }: LinkTarget, rules: RowRules) {
  const named = object.fieldByName.get(by);
  if (!named) return (text: string): Normalized<string> => normalizeText(text, 255);
  const { country, currency } = rules;
  const context: ParseContext = { country, currency, lenient: true };
  return (text: string): Normalized<string> => {
    const values: ParsedRow['patch']['values'] = {};
    const error = named.kind.parse(text, named, values, context);
    return error ? { error } : accepted(String(values[named.column]));
  };
}

/** Where a fault of the reference is reported: `/companyId`, `/lines/productId`. */
export const pointerOf = ({ list, field }: LinkTarget): string =>
  list ? `/${list.name}/${field.name}` : `/${field.name}`;
