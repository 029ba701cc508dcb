import { Problem } from '../../../common/errors.js';
import { checkCondition, parseWhere } from '../../../common/filter/index.js';
import type { TypedCondition } from '../../../common/filter/index.js';
import { fieldSchema, filterNames } from '../../../platform/records/filter-schema.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import type { WorkspaceSettings } from '../../../platform/records/record-settings.js';

/** What a ticket gets only when it is written, which is after its policy is chosen. */
const NOT_YET = new Set([
  ...['id', 'number', 'version', 'createdAt', 'updatedAt', 'createdBy', 'updatedBy'],
  ...['slaState', 'slaDueAt'],
]);

function fieldsOf(condition: TypedCondition): string[] {
  if ('and' in condition) return condition.and.flatMap(fieldsOf);
  if ('or' in condition) return condition.or.flatMap(fieldsOf);
  if ('not' in condition) return fieldsOf(condition.not);
  // Of related records policies cannot ask: they are refused before.
  return 'field' in condition ? [condition.field] : [];
}

/**
 * The condition of a policy, checked.
 * @throws Problem 400 for what is not a condition of tickets, 422 for one that could never hold.
 */
export function policyCondition(
  where: object | null,
  tickets: ObjectDefinition,
  settings: WorkspaceSettings,
): TypedCondition | null {
  if (where === null) return null;
  const condition = checkCondition(parseWhere(where), fieldSchema(tickets, settings), {
    fieldNames: () => filterNames(tickets, settings),
  });
  const unknown = fieldsOf(condition).find((field) => NOT_YET.has(field));
  if (unknown === undefined) return condition;
  const detail = `cannot go by ${unknown}, which a ticket has only when its policy is chosen`;
  throw Problem.validation([{ pointer: '/where', code: 'isFilterable', detail }]);
}
