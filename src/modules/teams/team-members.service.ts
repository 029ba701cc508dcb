import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { decodeCursor, encodeCursor } from '../../common/cursor.js';
import { Problem } from '../../common/errors.js';
import { parseListQuery } from '../../common/list-query.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { PageJson } from '../../platform/http/answers.js';
import { assertReach } from '../../platform/records/reach.js';
import { RecordStore } from '../../platform/records/record-store.js';
import { eventStatements, tagsOf } from '../../platform/records/side-statements.js';
import { sumOfWorkloads, WorkloadService } from '../users/index.js';
import type { TeamWorkloadDto } from '../users/index.js';
import type { MemberRole, TeamMemberDto } from './team.dto.js';
import { TeamMembersRepository } from './team-members.repository.js';
import { TEAM, TeamsService } from './teams.service.js';

/** Most members of a team: their workload is counted at once. */
const MOST_MEMBERS = 1000;

const SORT = 'name,userId';
const KEYS = [{ type: 'text' as const }, { type: 'uuid' as const }];

/** Who belongs to a team, and as what. */
@Injectable()
export class TeamMembersService {
  private readonly store = new RecordStore(TEAM);

  constructor(
    private readonly database: Database,
    private readonly teams: TeamsService,
    private readonly members: TeamMembersRepository,
    private readonly workloads: WorkloadService,
  ) {}

  /** A page of the members, by name. @throws Problem 404 for the team, 400 for the cursor. */
  async page(
    ctx: RequestContext,
    teamId: string,
    query: { limit?: string; cursor?: string },
  ): Promise<PageJson> {
    const { limit, cursor } = parseListQuery({ ...query });
    await this.teams.reader.get(ctx, teamId, { fields: [] });
    const [name, userId] = cursor ? decodeCursor(cursor, SORT, teamId, KEYS).values : [];
    const after = cursor ? { name: name as string, userId: userId as string } : null;
    const rows = await this.members.page(ctx, teamId, after, limit);
    const data = rows.slice(0, limit);
    const last = rows.length > limit ? data.at(-1) : undefined;
    const nextCursor = last
      ? encodeCursor({ sort: SORT, values: [last.name, last.userId] }, teamId)
      : null;
    const page = { nextCursor, hasMore: last !== undefined };
    return { json: JSON.stringify({ data, page }), nextCursor };
  }

  /**
   * What the members of a team have to look after, and all of them together.
   * @throws Problem 404.
   */
  async workload(ctx: RequestContext, teamId: string): Promise<TeamWorkloadDto> {
    await this.teams.reader.get(ctx, teamId, { fields: [] });
    const people = await this.members.page(ctx, teamId, null, MOST_MEMBERS);
    const ids = people.map(({ userId }) => userId);
    const workloads = await this.workloads.workloadOf(ctx, ids);
    const members = people.flatMap(({ userId, name }) => {
      const workload = workloads.get(userId);
      return workload ? [{ ...workload, name }] : [];
    });
    return { teamId, ...sumOfWorkloads(members), members };
  }

  /**
   * Members of teams by the team's id, those in the bin left out; for assignment rules.
   * @param teamIds at most a few hundred.
   */
  idsOf(ctx: RequestContext, teamIds: readonly string[]): Promise<Map<string, string[]>> {
    return this.members.idsOf(ctx, teamIds);
  }

  /**
   * Makes a user a member, or gives them another role in the team.
   * @throws Problem 403, 404 for the team, 422 for a user who is not there or is deactivated.
   */
  async put(
    ctx: RequestContext,
    teamId: string,
    userId: string,
    role: MemberRole,
  ): Promise<{ member: TeamMemberDto; isNew: boolean }> {
    return this.database.transaction(ctx, async (tx) => {
      const version = await this.lock(tx, ctx, teamId);
      const status = await this.members.statusOf(tx, ctx.workspaceId, userId);
      if (status === null) throw Problem.notFound('user', userId);
      const before = await this.members.roleOf(tx, ctx.workspaceId, teamId, userId);
      if (status === 'deactivated' && before === null) {
        throw new Problem('conflict', 'The user is deactivated. Activate them first.');
      }
      if (before === null) await this.assertRoom(tx, ctx, teamId);
      const statements = [
        this.members.put(ctx.workspaceId, teamId, userId, role),
        ...this.noted(tx, ctx, teamId, version, { userId, from: before, to: role }),
      ];
      const results = await tx.run([
        ...(before === role ? [] : statements),
        this.members.read(ctx.workspaceId, teamId, userId),
      ]);
      const member = results.at(-1)?.rows[0] as unknown as TeamMemberDto;
      return { member, isNew: before === null };
    });
  }

  /** Takes a user out of the team. @throws Problem 403, 404 for the team or the member. */
  async remove(ctx: RequestContext, teamId: string, userId: string): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const version = await this.lock(tx, ctx, teamId);
      const before = await this.members.roleOf(tx, ctx.workspaceId, teamId, userId);
      if (before === null) throw Problem.notFound('member', userId);
      await tx.run([
        this.members.remove(ctx.workspaceId, teamId, userId),
        ...this.noted(tx, ctx, teamId, version, { userId, from: before, to: null }),
      ]);
    });
  }

  private async assertRoom(tx: Transaction, ctx: RequestContext, teamId: string): Promise<void> {
    if ((await this.members.count(tx, ctx.workspaceId, teamId)) < MOST_MEMBERS) return;
    throw new Problem('conflict', `A team has at most ${MOST_MEMBERS} members.`);
  }

  /** Holds the team and returns its version. */
  private async lock(tx: Transaction, ctx: RequestContext, teamId: string): Promise<number> {
    const row = (await this.store.lock(tx, ctx, [teamId])).get(teamId);
    if (!row || row.deletedAt !== null) throw Problem.notFound('team', teamId);
    assertReach(ctx, TEAM, 'update', row);
    return row.version;
  }

  /** The team's new version and its event; the cache hears of both. */
  private noted(
    tx: Transaction,
    ctx: RequestContext,
    teamId: string,
    version: number,
    { userId, from, to }: { userId: string; from: MemberRole | null; to: MemberRole | null },
  ) {
    const changes = { [`members.${userId}`]: [from, to] };
    if (from !== to) tx.touch(tagsOf(TEAM, [teamId]));
    return [
      this.members.touchTeam(ctx, teamId),
      ...eventStatements(ctx, TEAM, 'updated', [{ id: teamId, version: version + 1, changes }]),
    ];
  }
}
