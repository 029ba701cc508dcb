import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { MemberRole, TeamMemberDto } from './team.dto.js';

/** Where a page of members goes on: behind this name and id. */
export interface After {
  name: string;
  userId: string;
}

/** SQL of who belongs to which team. */
@Injectable()
export class TeamMembersRepository {
  constructor(private readonly database: Database) {}

  /** Members in the order of their names; one more than the limit when there are more. */
  page(
    ctx: RequestContext,
    teamId: string,
    after: After | null,
    limit: number,
  ): Promise<TeamMemberDto[]> {
    return this.database.query<TeamMemberDto>(
      ctx,
      `select u.id as "userId", u.name, u.email, u.status, m.role, m.added_at as "addedAt"
       from team_members m join users u on u.workspace_id = m.workspace_id and u.id = m.user_id
       where m.workspace_id = $1 and m.team_id = $2
         and ($3::text is null or (u.name, u.id) > ($3, $4::uuid))
       order by u.name, u.id limit $5`,
      [ctx.workspaceId, teamId, after?.name ?? null, after?.userId ?? null, limit + 1],
    );
  }

  /** How many belong to the team. */
  async count(tx: Transaction, workspaceId: string, teamId: string): Promise<number> {
    const [row] = await tx.query<{ members: number }>(
      `select count(*) as members from team_members where workspace_id = $1 and team_id = $2`,
      [workspaceId, teamId],
    );
    return row?.members ?? 0;
  }

  /** Ids of the members of teams outside the bin, by team. */
  async idsOf(ctx: RequestContext, teamIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.database.query<{ teamId: string; userIds: string[] }>(
      ctx,
      `select m.team_id as "teamId", array_agg(m.user_id order by m.added_at, m.user_id) as "userIds"
       from team_members m join teams t on t.workspace_id = m.workspace_id and t.id = m.team_id
       where m.workspace_id = $1 and m.team_id = any($2::uuid[]) and t.deleted_at is null
       group by m.team_id`,
      [ctx.workspaceId, teamIds],
    );
    return new Map(rows.map(({ teamId, userIds }) => [teamId, userIds]));
  }

  async statusOf(
    tx: Transaction,
    workspaceId: string,
    userId: string,
  ): Promise<'invited' | 'active' | 'deactivated' | null> {
    const [user] = await tx.query<{ status: 'invited' | 'active' | 'deactivated' }>(
      'select status from users where workspace_id = $1 and id = $2 for share',
      [workspaceId, userId],
    );
    return user?.status ?? null;
  }

  async roleOf(
    tx: Transaction,
    workspaceId: string,
    teamId: string,
    userId: string,
  ): Promise<MemberRole | null> {
    const [member] = await tx.query<{ role: MemberRole }>(
      'select role from team_members where workspace_id = $1 and team_id = $2 and user_id = $3',
      [workspaceId, teamId, userId],
    );
    return member?.role ?? null;
  }

  put(workspaceId: string, teamId: string, userId: string, role: MemberRole): Statement {
    return {
      text: `insert into team_members (workspace_id, team_id, user_id, role)
             values ($1, $2, $3, $4)
             on conflict (workspace_id, team_id, user_id) do update set role = excluded.role`,
      params: [workspaceId, teamId, userId, role],
    };
  }

  remove(workspaceId: string, teamId: string, userId: string): Statement {
    return {
      text: 'delete from team_members where workspace_id = $1 and team_id = $2 and user_id = $3',
      params: [workspaceId, teamId, userId],
    };
  }

  /** Members are part of what a team is: a change of them is a new version of it. */
  touchTeam(ctx: RequestContext, teamId: string): Statement {
    return {
      text: `update teams set version = version + 1, updated_at = now(), updated_by = $3
             where workspace_id = $1 and id = $2`,
      params: [ctx.workspaceId, teamId, ctx.principal.userId],
    };
  }

  read(workspaceId: string, teamId: string, userId: string): Statement {
    return {
      text: `select u.id as "userId", u.name, u.email, u.status, m.role, m.added_at as "addedAt"
             from team_members m
             join users u on u.workspace_id = m.workspace_id and u.id = m.user_id
             where m.workspace_id = $1 and m.team_id = $2 and m.user_id = $3`,
      params: [workspaceId, teamId, userId],
    };
  }
}
