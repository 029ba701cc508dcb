import { closest } from '../suggest.js';
import { AGGREGATE_OPERATORS } from './condition.js';
import type { AggregateOperator, Condition, Related, Wanted } from './condition.js';
import { invalidFilter, shown } from './fault.js';

const MEMBERS = ['related', 'where', 'none', 'count', 'sum', 'op', 'value'];
const LONGEST_NAME = 200;

/**
 * Reads a condition on related records: `{"related": "orders", "where": …}` with `"none": true`,
 * `"count": {"op", "value"}` or `"sum": field, "op", "value"` beside it.
 * @param parse reads the condition inside it.
 */
export function parseRelated(
  members: Record<string, unknown>,
  at: string,
  parse: (where: unknown, at: string) => Condition,
): Related {
  const { related, where } = members;
  const unknown = Object.keys(members).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) {
    throw unreadable(`${at} has the member ${shown(unknown)}; it takes ${MEMBERS.join(', ')}.`, at);
  }
  if (typeof related !== 'string' || related === '' || related.length > LONGEST_NAME) {
    throw unreadable(`${at}/related must be the name of a relation.`, `${at}/related`);
  }
  const wanted = wantedOf(members, at);
  if (where === undefined) return { related, wanted, at };
  return { related, where: parse(where, `${at}/where`), wanted, at };
}

function wantedOf(members: Record<string, unknown>, at: string): Wanted {
  const { none, count, sum, op, value } = members;
  const given = ['none', 'count', 'sum'].filter((name) => members[name] !== undefined);
  if (given.length > 1) {
    throw unreadable(`${at} takes one of none, count and sum, not ${given.join(' and ')}.`, at);
  }
  if (sum === undefined && (op !== undefined || value !== undefined)) {
    throw unreadable(`${at} takes op and value beside sum; a count has its own.`, at);
  }
  if (sum !== undefined) {
    if (typeof sum !== 'string' || sum.length > LONGEST_NAME) {
      throw unreadable(`${at}/sum must be the name of a field.`, `${at}/sum`);
    }
    return { kind: 'sum', field: sum, op: aggregateOperator(op, `${at}/op`), value };
  }
  if (count !== undefined) return countOf(count, `${at}/count`);
  if (none === undefined || none === false) return { kind: 'some' };
  if (none !== true) throw unreadable(`${at}/none must be true or false.`, `${at}/none`);
  return { kind: 'none' };
}

function countOf(count: unknown, at: string): Wanted {
  if (typeof count !== 'object' || count === null || Array.isArray(count)) {
    throw unreadable(`${at} must be an object: {"op", "value"}.`, at);
  }
  const { op, value, ...others } = count as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw unreadable(`${at} has the member ${shown(unknown)}; it takes op and value.`, at);
  }
  return { kind: 'count', op: aggregateOperator(op, `${at}/op`), value };
}

function aggregateOperator(text: unknown, at: string): AggregateOperator {
  const operator = AGGREGATE_OPERATORS.find((known) => known === text);
  if (operator) return operator;
  const near = typeof text === 'string' ? closest(text, AGGREGATE_OPERATORS) : undefined;
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  const known = AGGREGATE_OPERATORS.join(', ');
  const detail = `Counts and sums do not take the operator ${shown(text)}.${hint} They take ${known}.`;
  throw invalidFilter('unknownOperator', detail, at);
}

const unreadable = (detail: string, at: string): Error => invalidFilter('unreadable', detail, at);

/** 400 where related records cannot be asked for. */
export function relationsNotHere({ related, at = '' }: Related): Error {
  const detail = `Related records (${shown(related)}) can be asked for in searches, exports, segments and reports, not here.`;
  return invalidFilter('relationsNotHere', detail, at);
}
