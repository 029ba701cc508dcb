import type { RequestContext } from '../../common/context.js';
import { checkCondition, FilterClock } from '../../common/filter/index.js';
import type { Condition, TypedCondition } from '../../common/filter/index.js';
import { fieldSchema, filterNames } from './filter-schema.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordKit } from './record-kit.js';
import type { WorkspaceSettings } from './record-settings.js';
import { callerRelations, settingsFor } from './relations.js';

/** A condition of records' own fields alone, checked. */
export function checkPlain(
  definition: ObjectDefinition,
  settings: WorkspaceSettings,
  condition: Condition,
): TypedCondition {
  const fieldNames = (): Iterable<string> => filterNames(definition, settings);
  return checkCondition(condition, fieldSchema(definition, settings), { fieldNames });
}

/**
 * A condition that may ask for related records and relative times, checked: those are told by the
 * clock of the workspace.
 * @param fresh reads settings again that were remembered, such as after an unknown property.
 * @returns the condition as it is now, and the clock, which knows when it will be another one.
 * @throws Problem 400 for what there is not, 403 for related records that the caller may not read.
 */
export async function checkAcross(
  kit: RecordKit,
  ctx: RequestContext,
  definition: ObjectDefinition,
  condition: Condition,
  fresh = false,
): Promise<{ condition: TypedCondition; clock: FilterClock }> {
  const settings = await kit.settings.of(ctx, definition, fresh);
  const clock = new FilterClock(Date.now(), settings.timeZone);
  const related = await settingsFor(kit, ctx, definition, condition, fresh);
  const checked = checkCondition(condition, fieldSchema(definition, settings), {
    fieldNames: () => filterNames(definition, settings),
    relations: callerRelations(kit, ctx, definition, related),
    clock,
  });
  return { condition: checked, clock };
}
