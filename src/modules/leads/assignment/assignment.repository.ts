import type { TypedCondition } from '../../../common/filter/index.js';
import type { Questions } from '../../../platform/records/record-rules.js';
import type { ASSIGNMENT_METHODS } from './assignment-rule.dto.js';

export type AssignmentMethod = (typeof ASSIGNMENT_METHODS)[number];

/** A rule as assigning needs it: whom it gives leads to, and whose turn was last. */
export interface ActiveRule {
  id: string;
  condition: TypedCondition | null;
  method: AssignmentMethod;
  userIds: string[];
}

/** SQL of assigning: all of it runs in the transaction that writes the leads. */

/** The active rules in their order; a team's members stand for the team. */
export async function findActiveRules(db: Questions, workspaceId: string): Promise<ActiveRule[]> {
  const [result] = await db.run([
    {
      text: `select a.id, a.condition, a.method, case when a.team_id is null then a.user_ids else
          coalesce((select array_agg(m.user_id order by m.added_at, m.user_id)
            from team_members m join teams t on t.workspace_id = m.workspace_id
              and t.id = m.team_id and t.deleted_at is null
            where m.workspace_id = a.workspace_id and m.team_id = a.team_id), '{}')
          end as "userIds"
        from assignment_rules a where a.workspace_id = $1 and a.active order by a.place, a.id`,
      params: [workspaceId],
    },
  ]);
  return (result?.rows ?? []) as unknown as ActiveRule[];
}

/** Holds the turns of rules until the commit, in the order of ids, and reads whose was last. */
export async function lockTurns(
  db: Questions,
  workspaceId: string,
  ruleIds: readonly string[],
): Promise<Map<string, string | null>> {
  const [, result] = await db.run([
    {
      text: `insert into assignment_turns (workspace_id, rule_id)
        select $1, r.id from assignment_rules r
        where r.workspace_id = $1 and r.id = any($2::uuid[])
          and not exists (select from assignment_turns t
            where t.workspace_id = $1 and t.rule_id = r.id)
        order by r.id on conflict do nothing`,
      params: [workspaceId, ruleIds],
    },
    {
      text: `select rule_id as id, last_user_id as last from assignment_turns
        where workspace_id = $1 and rule_id = any($2::uuid[]) order by rule_id for update`,
      params: [workspaceId, ruleIds],
    },
  ]);
  const rows = (result?.rows ?? []) as { id: string; last: string | null }[];
  return new Map(rows.map(({ id, last }) => [id, last]));
}

/** Open leads of users: what `leastLoad` weighs. */
export async function openLeadsOf(
  db: Questions,
  workspaceId: string,
  userIds: readonly string[],
): Promise<Map<string, number>> {
  const [result] = await db.run([
    {
      text: `select owner_id as id, count(*) as count from leads
        where workspace_id = $1 and owner_id = any($2::uuid[]) and deleted_at is null
          and status in ('new', 'working', 'qualified')
        group by owner_id`,
      params: [workspaceId, userIds],
    },
  ]);
  const rows = (result?.rows ?? []) as { id: string; count: number }[];
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** Keeps whose turn it was. */
export async function keepTurns(
  db: Questions,
  workspaceId: string,
  turns: ReadonlyMap<string, string>,
): Promise<void> {
  const rows = [...turns].map(([id, last]) => ({ id, last }));
  await db.run([
    {
      text: `update assignment_turns t set last_user_id = n.last
        from json_to_recordset($2::json) as n (id uuid, last uuid)
        where t.workspace_id = $1 and t.rule_id = n.id`,
      params: [workspaceId, JSON.stringify(rows)],
    },
  ]);
}
