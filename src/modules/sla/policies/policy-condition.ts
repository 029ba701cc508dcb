import { checkCondition, parseWhere } from '../../../common/filter/index.js';
import type { TypedCondition } from '../../../common/filter/index.js';
import { assertTestable } from '../../../platform/records/condition-test.js';
import { fieldSchema, filterNames } from '../../../platform/records/filter-schema.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import type { WorkspaceSettings } from '../../../platform/records/record-settings.js';

/** What a ticket gets only after its policy is chosen. */
const NOT_YET = ['number', 'slaState', 'slaDueAt'];

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
  const asked = parseWhere(where);
  const condition = checkCondition(asked, fieldSchema(tickets, settings), {
    fieldNames: () => filterNames(tickets, settings),
  });
  assertTestable(asked, NOT_YET);
  return condition;
}
