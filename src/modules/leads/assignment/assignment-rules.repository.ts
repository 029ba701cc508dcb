import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import type { TypedCondition } from '../../../common/filter/index.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { AssignmentRuleDto } from './assignment-rule.dto.js';

/** What is stored of a rule besides its id, version, times and place. */
export type RuleContent = Pick<
  AssignmentRuleDto,
  'name' | 'active' | 'where' | 'method' | 'userIds' | 'teamId'
> & { condition: TypedCondition | null };

const COLUMNS = `a.id, a.version, a.created_at as "createdAt", a.updated_at as "updatedAt", a.name,
  a.active, a.place, a."where", a.method, a.user_ids as "userIds", a.team_id as "teamId"`;

/** SQL of the rules' own life; see `assignment.repository` for how they are applied. */
@Injectable()
export class AssignmentRulesRepository {
  constructor(private readonly database: Database) {}

  /** All of them, in their order. */
  find(ctx: RequestContext): Promise<AssignmentRuleDto[]> {
    return this.database.query<AssignmentRuleDto>(
      ctx,
      `select ${COLUMNS} from assignment_rules a where a.workspace_id = $1 order by a.place, a.id`,
      [ctx.workspaceId],
    );
  }

  async findOne(ctx: RequestContext, id: string): Promise<AssignmentRuleDto | null> {
    const [rule] = await this.database.query<AssignmentRuleDto>(
      ctx,
      `select ${COLUMNS} from assignment_rules a where a.workspace_id = $1 and a.id = $2`,
      [ctx.workspaceId, id],
    );
    return rule ?? null;
  }

  /** Keeps others from changing the order, and reads it. */
  async lockOrder(tx: Transaction, workspaceId: string): Promise<string[]> {
    const [, result] = await tx.run([
      { text: 'select pg_advisory_xact_lock(5203351, hashtext($1))', params: [workspaceId] },
      {
        text: 'select id from assignment_rules where workspace_id = $1 order by place, id',
        params: [workspaceId],
      },
    ]);
    return (result?.rows ?? []).map(({ id }) => id as string);
  }

  /** Which of the users and teams are there. */
  async existing(
    tx: Transaction,
    workspaceId: string,
    ids: readonly string[],
  ): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(
      `select id from users where workspace_id = $1 and id = any($2::uuid[])
       union all
       select id from teams where workspace_id = $1 and id = any($2::uuid[])
         and deleted_at is null`,
      [workspaceId, ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async insert(
    tx: Transaction,
    workspaceId: string,
    id: string,
    rule: RuleContent,
    place: number,
  ): Promise<void> {
    await tx.query(
      `insert into assignment_rules (workspace_id, id, name, active, "where", condition, method,
         user_ids, team_id, place)
       values ($1, $2, $3, $4, $5, $6, $7, $8::uuid[], $9, $10)`,
      [workspaceId, id, ...contentParams(rule), place],
    );
  }

  async update(tx: Transaction, workspaceId: string, id: string, rule: RuleContent): Promise<void> {
    await tx.query(
      `update assignment_rules set name = $3, active = $4, "where" = $5, condition = $6,
         method = $7, user_ids = $8::uuid[], team_id = $9, version = version + 1,
         updated_at = now()
       where workspace_id = $1 and id = $2`,
      [workspaceId, id, ...contentParams(rule)],
    );
  }

  /** Numbers the rules from 1 in the order of `ids`. */
  async order(tx: Transaction, workspaceId: string, ids: readonly string[]): Promise<void> {
    await tx.query(
      `update assignment_rules a set place = o.place
       from unnest($2::uuid[]) with ordinality as o (id, place)
       where a.workspace_id = $1 and a.id = o.id and a.place <> o.place`,
      [workspaceId, ids],
    );
  }

  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.query('delete from assignment_rules where workspace_id = $1 and id = $2', [
      workspaceId,
      id,
    ]);
  }
}

const contentParams = (rule: RuleContent): unknown[] => [
  rule.name,
  rule.active,
  rule.where === null ? null : JSON.stringify(rule.where),
  rule.condition === null ? null : JSON.stringify(rule.condition),
  rule.method,
  rule.userIds,
  rule.teamId,
];
