import type { RequestContext } from '../../common/context.js';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { namesOf } from '../../platform/records/name-list.js';
import type { Draft, Questions, RecordRules } from '../../platform/records/record-rules.js';
import { readFlow } from '../tickets/index.js';
import { replyFaults } from './reply-template.js';

const ACTIONS = [
  ...['reply', 'set_status', 'set_priority', 'set_type', 'set_team_id', 'set_owner_id'],
];

/** Why a macro is none; undefined for one that does something. */
export function idleness(values: ColumnValues): string | undefined {
  const does =
    ACTIONS.some((column) => values[column]) ||
    values['assign_to_self'] === true ||
    ['add_tags', 'remove_tags'].some((column) => namesOf(values[column]).length > 0);
  return does ? undefined : 'needs a reply, a field to set, or tags to add or remove';
}

/** What holds for macros, whichever way they are written. */
export const MACRO_RULES: RecordRules = {
  async prepare(db, ctx, drafts) {
    for (const draft of drafts) {
      const reply = draft.after.values['reply'];
      if (typeof reply === 'string' && reply !== draft.before?.values['reply']) {
        draft.errors.push(...replyFaults(reply, `${draft.pointer}/reply`));
      }
      refuseTwoAssignees(draft);
    }
    await checkStatuses(db, ctx, drafts);
  },
};

function refuseTwoAssignees({ after: { values }, errors, pointer }: Draft): void {
  if (values['set_owner_id'] === null || values['assign_to_self'] !== true) return;
  const detail = 'must not be given together with setOwnerId';
  errors.push({ pointer: `${pointer}/assignToSelf`, code: 'oneOf', detail });
}

/** A status is named by its key or name, and kept by its key. */
async function checkStatuses(
  db: Questions,
  ctx: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  const named = drafts.filter(({ before, after }) => {
    const status = after.values['set_status'];
    return status !== null && status !== before?.values['set_status'];
  });
  if (named.length === 0) return;
  const flow = await readFlow(db, ctx);
  for (const { after, errors, pointer } of named) {
    const status = flow.named(after.values['set_status']);
    if (status) {
      after.values['set_status'] = status.key;
      continue;
    }
    const detail = `must be one of ${flow.statuses.map(({ key }) => key).join(', ')}`;
    errors.push({ pointer: `${pointer}/setStatus`, code: 'isIn', detail });
  }
}
