import { closest } from '../suggest.js';
import { normalizeDecimal } from '../values/decimal.js';
import type {
  Comparison,
  FieldType,
  FilterRelation,
  Related,
  Relations,
  TypedComparison,
  TypedCondition,
  TypedRelated,
  TypedWanted,
  Wanted,
} from './condition.js';
import { invalidFilter, shown } from './fault.js';

/** Most relations in a row: a contact's company, its orders, their products. */
export const MAX_HOPS = 3;
const MOST_RELATED = 1_000_000_000;
const ADDABLE: readonly FieldType[] = ['number', 'integer', 'decimal'];

/** Checks a condition on the related records; `hops` is what is behind them. */
type CheckWithin = (
  where: Comparison | Related['where'],
  relation: FilterRelation,
) => TypedCondition;

/**
 * Checks a condition on related records. Of a name with dots all but the last relation lead to one
 * record: they are conditions on that one.
 * @param within checks what the related records have to fulfil.
 */
export function checkRelated(
  related: Related,
  relations: Relations,
  within: CheckWithin,
): TypedCondition {
  const { at = '' } = related;
  const [name = '', ...rest] = related.related.split('.');
  const relation = relationOf(name, relations, `${at}/related`);
  if (rest.length > 0) {
    if (relation.isMany) throw severalOnTheWay(related.related, name, rest.join('.'), at);
    const onwards: Related = { ...related, related: rest.join('.') };
    return throughOne(relation, within(onwards, relation), isTrueOfNone(related.wanted));
  }
  const where = related.where === undefined ? null : within(related.where, relation);
  return { relation, where, wanted: wantedOf(related, relation) };
}

/**
 * The comparison of a field of a record that this one leads to: `company.address.country`. An
 * empty value is not equal to anything, and neither is that of no record.
 * @returns undefined when the field's name does not begin with a relation.
 */
export function checkPath(
  comparison: Comparison,
  relations: Relations,
  within: CheckWithin,
): TypedCondition | undefined {
  const { field, at = '' } = comparison;
  const dot = field.indexOf('.');
  if (dot < 1) return undefined;
  const relation = relations.find(field.slice(0, dot));
  if (!relation) return undefined;
  const rest = field.slice(dot + 1);
  if (relation.isMany) {
    const detail = `${relation.name} are several. Write {"related": "${relation.name}", "where": {"field": "${shown(rest)}", …}}.`;
    throw invalidFilter('severalRecords', detail, at);
  }
  const checked = within({ ...comparison, field: rest }, relation);
  return throughOne(relation, checked, isTrueOfEmpty(checked));
}

/** True of the one record there is, or (`orNone`) when there is none. */
function throughOne(
  relation: FilterRelation,
  checked: TypedCondition,
  orNone: boolean,
): TypedRelated {
  return orNone
    ? { relation, where: { not: checked }, wanted: { kind: 'none' } }
    : { relation, where: checked, wanted: { kind: 'some' } };
}

/** Whether a checked comparison, or one behind further relations, is true of empty values. */
function isTrueOfEmpty(condition: TypedCondition): boolean {
  if ('relation' in condition) return condition.wanted.kind === 'none';
  const { op, value } = condition as TypedComparison;
  return op === 'neq' || op === 'nin' || (op === 'isNull' && value === true);
}

function isTrueOfNone(wanted: Wanted): boolean {
  if (wanted.kind === 'some' || wanted.kind === 'none') return wanted.kind === 'none';
  return holdsForZero(wanted.op, Number(wanted.value));
}

/** Whether `0 <op> value` is true. */
export function holdsForZero(op: TypedWantedOperator, value: number): boolean {
  switch (op) {
    case 'eq':
      return value === 0;
    case 'neq':
      return value !== 0;
    case 'gt':
      return value < 0;
    case 'gte':
      return value <= 0;
    case 'lt':
      return value > 0;
    case 'lte':
      return value >= 0;
  }
}
type TypedWantedOperator = Extract<TypedWanted, { op: string }>['op'];

/** @throws Problem 400 naming the relations there are. */
export function relationOf(name: string, relations: Relations, at: string): FilterRelation {
  const relation = relations.find(name);
  if (relation) return relation;
  const names = [...relations.names()];
  const near = closest(name, names);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  const known = names.length > 0 ? `There are ${names.join(', ')}.` : 'There are none here.';
  const detail = `There is no relation ${shown(name)}.${hint} ${known}`;
  throw invalidFilter('unknownRelation', detail, at);
}

function severalOnTheWay(path: string, name: string, rest: string, at: string): Error {
  const detail = `${name} are several, so ${shown(path)} cannot go on behind them. Write {"related": "${name}", "where": {"related": "${shown(rest)}", …}}.`;
  return invalidFilter('severalRecords', detail, `${at}/related`);
}

function wantedOf({ wanted, at = '' }: Related, relation: FilterRelation): TypedWanted {
  if (wanted.kind === 'some' || wanted.kind === 'none') return wanted;
  const { op } = wanted;
  if (wanted.kind === 'count') {
    const value = Number(wanted.value);
    const isText = typeof wanted.value === 'string' && /^\d{1,10}$/.test(wanted.value);
    if (
      (isText || typeof wanted.value === 'number') &&
      Number.isInteger(value) &&
      value >= 0 &&
      value <= MOST_RELATED
    ) {
      return { kind: 'count', op, value };
    }
    const detail = `A count is compared with a whole number of 0 or more, not with ${shown(wanted.value)}.`;
    throw invalidFilter('invalidValue', detail, `${at}/count/value`);
  }
  return sumOf(wanted, relation, at);
}

function sumOf(
  { field, op, value: raw }: Extract<Wanted, { kind: 'sum' }>,
  relation: FilterRelation,
  at: string,
): TypedWanted {
  const known = relation.schema(field);
  if (!known?.isAddable || !ADDABLE.includes(known.type)) {
    const addable = [...relation.fieldNames()].filter((name) => {
      const other = relation.schema(name);
      return other?.isAddable === true && ADDABLE.includes(other.type);
    });
    const names = addable.length > 0 ? `Those that can: ${addable.join(', ')}.` : 'None can.';
    const detail = `${shown(field)} of ${relation.name} cannot be added up. ${names}`;
    throw invalidFilter('unknownField', detail, `${at}/sum`);
  }
  const { value } = normalizeDecimal(raw, { precision: 38, scale: 18 });
  if (value !== undefined) return { kind: 'sum', field, op, value };
  const detail = `A sum is compared with a decimal number such as 1250.00, not with ${shown(raw)}.`;
  throw invalidFilter('invalidValue', detail, `${at}/value`);
}

export function tooManyHops(at: string): Error {
  const detail = `Conditions lead over at most ${MAX_HOPS} relations in a row.`;
  return invalidFilter('tooManyRelations', detail, at);
}
