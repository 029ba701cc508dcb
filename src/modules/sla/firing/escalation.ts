import { normalizeTags } from '../../../common/values/tags.js';
import type { RecordRow } from '../../../platform/records/stored-row.js';
import type { Reached, SlaClock } from '../clocks/sla-clock.js';
import type { EscalationAction, EscalationStep } from '../clocks/sla-terms.js';

/** Who takes what is given to users, and which teams there are. */
export interface Takers {
  /** User to whoever takes it for them: themselves, their stand-in, or nobody. */
  users: ReadonlyMap<string, string | null>;
  teams: ReadonlySet<string>;
}

/** What steps do to a ticket. */
export interface Escalated {
  row: RecordRow;
  /** Users who are to be told. */
  notify: string[];
  /** What could not be done, and why. */
  skipped: { action: EscalationAction; reason: string }[];
}

/** Users and teams whom the actions of steps name as takers. */
export function takersNamed(steps: readonly EscalationStep[]): {
  userIds: string[];
  teamIds: string[];
} {
  const assigning = steps.flatMap(({ actions }) =>
    actions.filter((action) => action.type === 'assign'),
  );
  return {
    userIds: [...new Set(assigning.flatMap(({ userId }) => userId ?? []))],
    teamIds: [...new Set(assigning.flatMap(({ teamId }) => teamId ?? []))],
  };
}

/** The ticket as the steps leave it. */
export function escalate(
  ticket: RecordRow,
  steps: readonly EscalationStep[],
  takers: Takers,
): Escalated {
  const result: Escalated = { row: { ...ticket, values: { ...ticket.values } }, ...NOTHING() };
  for (const action of steps.flatMap(({ actions }) => actions)) {
    const reason = perform(action, result, takers);
    if (reason !== null) result.skipped.push({ action, reason });
  }
  result.notify = [...new Set(result.notify)];
  return result;
}

const NOTHING = () => ({ notify: [] as string[], skipped: [] as Escalated['skipped'] });

/** @returns why it cannot be done, if it cannot. */
function perform(
  action: EscalationAction,
  { row, notify }: Escalated,
  takers: Takers,
): string | null {
  switch (action.type) {
    case 'assign':
      return assign(action, row, takers);
    case 'setPriority':
      row.values['priority'] = action.priority;
      return null;
    case 'notify':
      notify.push(...action.userIds);
      if (action.owner && row.ownerId !== null) notify.push(row.ownerId);
      return null;
    case 'addTag': {
      const { value, error } = normalizeTags([...row.tags, action.tag]);
      if (error) return error.detail;
      row.tags = value;
      return null;
    }
  }
}

function assign(
  { userId, teamId }: Extract<EscalationAction, { type: 'assign' }>,
  row: RecordRow,
  { users, teams }: Takers,
): string | null {
  const taker = userId === null ? null : (users.get(userId) ?? null);
  if (userId !== null && taker === null) return 'The user is not there, and nobody stands in.';
  if (teamId !== null && !teams.has(teamId)) return 'The team is gone.';
  row.ownerId = taker;
  if (teamId !== null) row.values['team_id'] = teamId;
  return null;
}

/** What the event of an escalation says of the steps. */
export const stepFacts = (
  reached: readonly { clock: SlaClock; item: Extract<Reached, { kind: 'step' }> }[],
) =>
  reached.map(({ clock: { target, policyId }, item: { step, at } }) => ({
    ...{ policyId, target, when: step.when, afterMinutes: step.afterMinutes },
    reachedAt: new Date(at).toISOString(),
  }));
