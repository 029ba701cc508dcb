import type { FieldError } from '../../../common/errors.js';
import type { EscalationStep } from '../clocks/sla-terms.js';

interface Use {
  id: string;
  what: 'user' | 'team';
  pointer: string;
}

/** Users and teams that steps name, and where. */
function usesOf(steps: readonly EscalationStep[]): Use[] {
  return steps.flatMap(({ actions }, step) =>
    actions.flatMap((action, index): Use[] => {
      const at = `/escalations/${step}/actions/${index}`;
      if (action.type === 'notify') {
        return action.userIds.map((id, user) => {
          return { id, what: 'user', pointer: `${at}/userIds/${user}` };
        });
      }
      if (action.type !== 'assign') return [];
      const { userId, teamId } = action;
      return [
        ...(userId === null
          ? []
          : [{ id: userId, what: 'user' as const, pointer: `${at}/userId` }]),
        ...(teamId === null
          ? []
          : [{ id: teamId, what: 'team' as const, pointer: `${at}/teamId` }]),
      ];
    }),
  );
}

/**
 * Faults of steps that name users or teams there are not.
 * @param find says which of the ids are there.
 */
export async function missingPeople(
  steps: readonly EscalationStep[],
  find: (ids: string[]) => Promise<ReadonlySet<string>>,
): Promise<FieldError[]> {
  const uses = usesOf(steps);
  if (uses.length === 0) return [];
  const found = await find([...new Set(uses.map(({ id }) => id))]);
  return uses.flatMap(({ id, what, pointer }) =>
    found.has(id) ? [] : [{ pointer, code: 'reference', detail: `there is no ${what} ${id}` }],
  );
}
