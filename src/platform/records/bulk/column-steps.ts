import { isUuid } from '../../../common/uuid.js';
import { readAmount } from '../../../common/values/money.js';
import { normalizeEmail } from '../../../common/values/email.js';
import { readTags } from '../../../common/values/tags.js';
import { normalizeText } from '../../../common/values/text.js';
import { parseCustom } from '../custom-properties.js';
import { clear } from '../field-kinds.js';
import type { FieldSpec } from '../field-types.js';
import { createdStep, datedStep } from './dated-steps.js';
import { itemSteps } from './item-steps.js';
import { cellText, isEmptyCell, report, TYPED } from './parsed-row.js';
import type { BulkCell, ParsedRow, RowRules, Step, StepState } from './parsed-row.js';
import { referenceSteps } from './reference-steps.js';
import { isDated } from './targets.js';
import type { Target } from './targets.js';

type FieldTarget = Extract<Target, { kind: 'field' }>;
type Placed<T> = { target: T; columns: number[] };

/**
 * One step per field, in the order in which the object declares them, so that an address is known
 * before the phones are read; then what every record has.
 */
export function compileColumns(targets: readonly Target[], rules: RowRules): Step[] {
  const placed = targets.map((target, column) => ({ target, column }));
  const steps: Step[] = [];
  for (const field of rules.definition.fieldList) {
    const own = placed.flatMap(({ target, column }) =>
      target.kind === 'field' && target.field === field ? [{ target, column }] : [],
    );
    if (own.length > 0) steps.push(fieldStep(field, own));
  }
  for (const { target, column } of placed) {
    const step = otherStep(target, column);
    if (step) steps.push(step);
  }
  if (targets.some(isDated)) steps.push(datedStep(rules.definition));
  return [...steps, ...referenceSteps(placed, rules), ...itemSteps(placed)];
}

function fieldStep(field: FieldSpec, own: { target: FieldTarget; column: number }[]): Step {
  if (field.kindName === 'address') return addressStep(field, partsOf(own));
  if (field.kindName === 'money') return moneyStep(field, partsOf(own));
  const columns = own.map(({ column }) => column);
  return columns.length === 1 ? plainStep(field, columns[0] as number) : joinedStep(field, columns);
}

/** Columns by part; several may hold one part, such as the lines of a street. */
function partsOf(own: { target: FieldTarget; column: number }[]): Placed<string>[] {
  const groups = Map.groupBy(own, ({ target }) => target.part ?? '');
  return [...groups].map(([target, group]) => ({
    target,
    columns: group.map(({ column }) => column),
  }));
}

function plainStep(field: FieldSpec, column: number): Step {
  const asText = !TYPED.has(field.kindName);
  const pointer = `/${field.name}`;
  return (cells, row, state) => {
    const cell = cells[column];
    if (typeof cell === 'string' ? cell === '' : cell === null || cell === undefined) {
      empty(cell, field, row, state);
      return;
    }
    readField(
      field,
      asText && typeof cell !== 'string' ? cellText(cell) : cell,
      pointer,
      row,
      state,
    );
  };
}

function joinedStep(field: FieldSpec, columns: number[]): Step {
  const pointer = `/${field.name}`;
  return (cells, row, state) => {
    const text = joined(cells, columns);
    if (text === undefined) return;
    if (text === '') empty(null, field, row, state);
    else readField(field, text, pointer, row, state);
  };
}

function readField(
  field: FieldSpec,
  raw: unknown,
  pointer: string,
  row: ParsedRow,
  state: StepState,
): void {
  const { values } = row.patch;
  if (typeof raw === 'string' && raw.trim() === '') {
    empty(raw, field, row, state);
    return;
  }
  const fault = field.kind.parse(raw, field, values, state.context);
  if (fault) report(row, pointer, fault);
}

/** An empty cell: says nothing, or clears the field when that is wanted. */
function empty(cell: BulkCell, field: FieldSpec, row: ParsedRow, state: StepState): void {
  if (!state.clear || cell === undefined) return;
  clear(field.kind, field, row.patch.values);
  if (!field.required) return;
  report(row, `/${field.name}`, { code: 'isNotEmpty', detail: 'must not be empty' });
}

/** Texts of several columns, a line each; undefined when the row says nothing about any. */
function joined(cells: readonly BulkCell[], columns: readonly number[]): string | undefined {
  let text: string | undefined;
  for (const column of columns) {
    const cell = cells[column];
    if (cell === undefined) continue;
    text ??= '';
    if (isEmptyCell(cell)) continue;
    const part = cellText(cell).trim();
    text = text === '' ? part : `${text}\n${part}`;
  }
  return text;
}

function addressStep(field: FieldSpec, parts: Placed<string>[]): Step {
  const country = `${field.column}_country`;
  const pointer = `/${field.name}`;
  const known = parts.map(({ target, columns }) => ({ part: target || 'street', columns }));
  return (cells, row, state) => {
    const address: Record<string, string | null> = {};
    let isNamed = false;
    for (const { part, columns } of known) {
      const text = joined(cells, columns);
      if (text === undefined || (text === '' && !state.clear)) continue;
      address[part] = text === '' ? null : text;
      isNamed = true;
    }
    if (!isNamed) return;
    const fault = field.kind.parse(address, field, row.patch.values, state.context);
    if (fault) report(row, pointer, fault);
    const code = row.patch.values[country];
    if (typeof code === 'string') state.context.country = code;
  };
}

/** An amount, with its currency from another column or the workspace. */
function moneyStep(field: FieldSpec, parts: Placed<string>[]): Step {
  const amountColumns = parts.find(({ target }) => target !== 'currency')?.columns ?? [];
  const currencyColumns = parts.find(({ target }) => target === 'currency')?.columns ?? [];
  const pointer = `/${field.name}`;
  return (cells, row, state) => {
    const cell = cells[amountColumns[0] ?? -1];
    if (isEmptyCell(cell)) {
      empty(cell, field, row, state);
      return;
    }
    const currency = joined(cells, currencyColumns)?.trim().toUpperCase();
    if (!currency) {
      const fault = field.kind.parse(cell, field, row.patch.values, state.context);
      if (fault) report(row, pointer, fault);
      return;
    }
    const amount = readAmount(cell, currency);
    if (amount.error) {
      report(row, `${pointer}/amount`, amount.error);
      return;
    }
    const money = { amount: amount.value, currency };
    const fault = field.kind.parse(money, field, row.patch.values, state.context);
    if (fault) report(row, pointer, fault);
  };
}

function otherStep(target: Target, column: number): Step | null {
  switch (target.kind) {
    case 'id':
      return idStep(column);
    case 'custom':
      return customStep(target, column);
    case 'external':
      return externalStep(target.source, column);
    case 'tags':
      return tagsStep(column);
    case 'owner':
      return ownerStep(column);
    case 'created':
      return createdStep(column);
    default:
      return null;
  }
}

function idStep(column: number): Step {
  return (cells, row) => {
    const cell = cells[column];
    if (isEmptyCell(cell)) return;
    const id = cellText(cell).trim();
    if (isUuid(id)) row.id = id.toLowerCase();
    else report(row, '/id', { code: 'isUuid', detail: 'must be the id of a record' });
  };
}

function customStep(target: Extract<Target, { kind: 'custom' }>, column: number): Step {
  const { property } = target;
  const pointer = `/custom/${property.name}`;
  const isTyped = ['number', 'boolean', 'money', 'date', 'multiSelect'].includes(property.type);
  return (cells, row, state) => {
    const cell = cells[column];
    if (isEmptyCell(cell)) {
      if (!state.clear || cell === undefined) return;
      row.patch.custom[property.name] = null;
      if (!property.required) return;
      report(row, pointer, { code: 'isNotEmpty', detail: 'must not be empty' });
      return;
    }
    const raw = isTyped || typeof cell === 'string' ? cell : cellText(cell);
    const result = parseCustom(raw, property, state.context);
    if (result.error) report(row, pointer, result.error);
    else row.patch.custom[property.name] = result.value;
  };
}

function externalStep(source: string, column: number): Step {
  const pointer = `/externalIds/${source}`;
  return (cells, row, state) => {
    const cell = cells[column];
    if (isEmptyCell(cell)) {
      if (state.clear && cell !== undefined) row.patch.externalIds[source] = null;
      return;
    }
    const id = normalizeText(cellText(cell), 255);
    if (id.error) report(row, pointer, id.error);
    else row.patch.externalIds[source] = id.value;
  };
}

function tagsStep(column: number): Step {
  return (cells, row, state) => {
    const cell = cells[column];
    if (isEmptyCell(cell)) {
      if (state.clear && cell !== undefined) row.patch.tags ??= [];
      return;
    }
    const tags = readTags(Array.isArray(cell) ? cell : cellText(cell));
    if (tags.error) report(row, '/tags', tags.error);
    else row.patch.tags = [...new Set([...(row.patch.tags ?? []), ...tags.value])];
  };
}

function ownerStep(column: number): Step {
  return (cells, row, state) => {
    const cell = cells[column];
    if (isEmptyCell(cell)) {
      if (state.clear && cell !== undefined) row.patch.ownerId = null;
      return;
    }
    const text = cellText(cell).trim();
    if (isUuid(text)) {
      row.patch.ownerId = text.toLowerCase();
      return;
    }
    const email = normalizeEmail(text);
    if (email.error) {
      report(row, '/ownerId', { code: 'isOwner', detail: 'must be the id or e-mail of a user' });
    } else row.ownerEmail = email.value;
  };
}
