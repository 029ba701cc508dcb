import { Injectable } from '@nestjs/common';
import { fieldChanges } from '../../common/changes.js';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { ListQuery } from '../../common/list-query.js';
import { uuidv7 } from '../../common/uuid.js';
import { ACCESS_TAG, accessChanged } from '../../platform/access/access-changes.js';
import { assertWithinOwn } from '../../platform/access/escalation.js';
import { parseGrants, permissionsOfRole } from '../../platform/access/permissions.js';
import type { StoredRole } from '../../platform/access/permissions.js';
import { violationOf } from '../../platform/database/database-errors.js';
import { Database } from '../../platform/database/database.js';
import { elevated } from '../../platform/database/elevation.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { PageJson } from '../../platform/http/answers.js';
import { assertVersion } from '../../platform/http/precondition.js';
import { eventOf } from '../../platform/outbox/event.js';
import type { EventFacts } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { EnrolmentService, SessionsRepository } from '../auth/index.js';
import { RolesService } from '../roles/index.js';
import type { DeactivatedUserDto, DeactivateInput } from './hand-over.dto.js';
import { HandOversService } from './hand-overs.service.js';
import { InvitationsService } from './invitations.service.js';
import type {
  CreatedUserDto,
  CreateUserDto,
  InvitationDto,
  UpdateUserDto,
  UserDto,
} from './users.dto.js';
import { assertSelfOrManager } from './own-profile.js';
import { cursorAfter, planUsers } from './user-list.js';
import { readProfile } from './user-profile.js';
import { UsersRepository } from './users.repository.js';
import type { UserWithRoles } from './users.repository.js';

/** People who work in a workspace. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly roles: RolesService,
    private readonly enrolment: EnrolmentService,
    private readonly sessions: SessionsRepository,
    private readonly invitations: InvitationsService,
    private readonly handOvers: HandOversService,
    private readonly database: Database,
  ) {}

  /** The newest first, unless asked otherwise. @throws Problem 400 for filters there are not. */
  async list(ctx: RequestContext, query: ListQuery): Promise<PageJson> {
    const plan = planUsers(ctx, query);
    const { users, total } = await this.users.find(ctx, plan, query.count !== 'none');
    const data = users.slice(0, query.limit);
    const last = users.length > query.limit ? data.at(-1) : undefined;
    const nextCursor = last ? cursorAfter(ctx, plan.keys, { ...last }) : null;
    const page = { nextCursor, hasMore: last !== undefined, total };
    return { json: JSON.stringify({ data, page }), nextCursor };
  }

  /** @throws Problem 404. */
  async get(ctx: RequestContext, id: string): Promise<UserDto> {
    const user = await this.users.findOne(ctx, id);
    if (!user) throw Problem.notFound('user', id);
    return user;
  }

  /**
   * Adds someone: at once with a password, by an invitation without.
   * @throws Problem 403 for roles beyond the caller's permissions, 409 for an address that is a
   * user already or has an account with another password, 422 for unknown roles.
   */
  async create(ctx: RequestContext, input: CreateUserDto): Promise<CreatedUserDto> {
    const roles = await this.roles.byNames(ctx, input.roles, '/roles');
    assertWithinOwn(grantsOf(roles), ctx.grants);
    const { accountId, email, isActive, statements } = await this.enrolment.enrol(ctx, input);
    const id = uuidv7();
    const status = isActive ? 'active' : 'invited';
    const invitation = isActive ? null : await this.invitations.issue(ctx.workspaceId, id);
    const user = { id, accountId, email, name: input.name, status } as const;
    const changes = { email, name: input.name, roles: roles.map(({ name }) => name), status };
    return this.adding(async () =>
      this.database.transaction(ctx, async (tx) => {
        await tx.run([
          ...elevated(statements),
          ...this.users.insert(ctx.workspaceId, { ...user, roleIds: roles.map((role) => role.id) }),
          ...(invitation?.statements ?? []),
          note(ctx, { type: 'user.invited', object: 'users', recordId: id, changes }),
        ]);
        tx.touch(['users']);
        const made = await this.users.read(tx, ctx.workspaceId, id);
        return { ...made, invitationToken: invitation?.token ?? null };
      }),
    );
  }

  /** Invites someone again, with a new token. @throws Problem 404, 409 for a user who has joined. */
  async invite(ctx: RequestContext, id: string): Promise<InvitationDto> {
    const { token, statements } = await this.invitations.issue(ctx.workspaceId, id);
    return this.database.transaction(ctx, async (tx) => {
      await this.findInvited(tx, ctx, id);
      const changes = { invitation: 'renewed' };
      await tx.run([
        ...statements,
        this.users.touch(ctx.workspaceId, id),
        note(ctx, { type: 'user.invited', object: 'users', recordId: id, changes }),
      ]);
      tx.touch(['users', `users:${id}`]);
      const { invitation } = await this.users.read(tx, ctx.workspaceId, id);
      return { invitationToken: token, invitation };
    });
  }

  /**
   * Changes a user. People may change their own profile; the rest takes `user:manage`.
   * @throws Problem 403 for roles, or a user, beyond the caller's permissions; 404; 409 for the
   * last active owner; 412; 422.
   */
  async update(
    ctx: RequestContext,
    id: string,
    input: UpdateUserDto,
    version?: number,
  ): Promise<UserDto> {
    assertSelfOrManager(ctx, id, 'roles' in input || 'status' in input);
    const profile = readProfile(input);
    const roles = input.roles && (await this.roles.byNames(ctx, input.roles, '/roles'));
    return this.database.transaction(ctx, async (tx) => {
      const user = await this.findForUpdate(tx, ctx, id);
      assertVersion(version, user.version);
      const before = stateOf(user);
      const names = roles?.map(({ name }) => name).sort() ?? before.roles;
      const after = { ...before, ...input, ...profile, roles: names };
      const changes = fieldChanges(before, after);
      if (!changes) return presented(user);
      const touchesAccess = 'roles' in changes || 'status' in changes;
      if (touchesAccess) assertMayChange(ctx, user, roles, after.status);
      await tx.run([
        ...this.users.update(ctx.workspaceId, id, { ...after, roleIds: roles?.map((r) => r.id) }),
        ...(touchesAccess ? this.accessStatements(ctx, id, after.status) : []),
        note(ctx, { type: 'user.changed', object: 'users', recordId: id, changes }),
      ]);
      if (touchesAccess) await this.assertOwned(tx, ctx);
      tx.touch([...(touchesAccess ? [ACCESS_TAG] : []), 'users', `users:${id}`]);
      return this.users.read(tx, ctx.workspaceId, id);
    });
  }

  /**
   * Deactivates a user and, when asked to, hands over what they own; both or neither.
   * @throws Problem as {@link update} and `HandOversService.start` do.
   */
  async deactivate(
    ctx: RequestContext,
    id: string,
    { handOverTo }: DeactivateInput,
  ): Promise<DeactivatedUserDto> {
    return this.database.transaction(ctx, async (tx) => {
      const user = await this.update({ ...ctx, tx }, id, { status: 'deactivated' });
      const handOver =
        handOverTo === undefined
          ? null
          : await this.handOvers.start({ ...ctx, tx }, id, { to: handOverTo });
      return { ...user, handOver };
    });
  }

  /** Takes an invitation back. @throws Problem 404, 409 for a user who has joined. */
  async remove(ctx: RequestContext, id: string): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const user = await this.findInvited(tx, ctx, id);
      await this.users.remove(tx, ctx.workspaceId, id);
      const facts = { object: 'users', recordId: id, changes: { email: user.email } };
      await tx.run([note(ctx, { type: 'user.removed', ...facts })]);
      tx.touch(['users', `users:${id}`]);
    });
  }

  private async assertOwned(tx: Transaction, ctx: RequestContext): Promise<void> {
    if (await this.users.hasActiveOwner(tx, ctx.workspaceId)) return;
    throw new Problem('conflict', 'The workspace needs an active owner. Make another one first.');
  }

  private accessStatements(ctx: RequestContext, id: string, status: string): Statement[] {
    const statements = [accessChanged(ctx.workspaceId)];
    if (status !== 'active') statements.push(this.sessions.revokeOfUser(ctx.workspaceId, id));
    return statements;
  }

  private async findForUpdate(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
  ): Promise<UserWithRoles> {
    const user = await this.users.findForUpdate(tx, ctx.workspaceId, id);
    if (!user) throw Problem.notFound('user', id);
    return user;
  }

  private async findInvited(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
  ): Promise<UserWithRoles> {
    const user = await this.findForUpdate(tx, ctx, id);
    assertWithinOwn(grantsOf(user.storedRoles), ctx.grants);
    if (user.status === 'invited') return user;
    const detail = 'The user has joined: records and history name them. Deactivate them instead.';
    throw new Problem('conflict', detail);
  }

  private async adding<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const constraint = violationOf(error)?.constraint ?? '';
      if (!/^(users|accounts)_.*(email|account_id)_key$/.test(constraint)) throw error;
      throw new Problem('duplicate', 'Somebody with this e-mail address is a user already.', {
        errors: [{ pointer: '/email', code: 'duplicate', detail: 'is taken' }],
        cause: error,
      });
    }
  }
}

/** Nobody acts on someone who may do more, or gives what they do not have. */
function assertMayChange(
  ctx: RequestContext,
  user: UserWithRoles,
  roles: readonly StoredRole[] | undefined,
  status: string,
): void {
  assertWithinOwn(grantsOf(user.storedRoles), ctx.grants);
  if (roles) assertWithinOwn(grantsOf(roles), ctx.grants);
  if (user.status === 'invited' && status !== 'invited') {
    const detail = 'The user has not accepted the invitation yet: remove it, or wait.';
    throw new Problem('conflict', detail);
  }
}

/** What a change may change, as events show it. */
const stateOf = (user: UserWithRoles) => ({
  name: user.name,
  status: user.status,
  roles: [...user.roles].sort(),
  language: user.language,
  timeZone: user.timeZone,
  workingHours: user.workingHours,
  holidays: user.holidays,
});

const grantsOf = (roles: readonly StoredRole[]) => parseGrants(roles.flatMap(permissionsOfRole));

const note = (ctx: RequestContext, facts: EventFacts) => recordEvents([eventOf(ctx, facts)]);

function presented({ storedRoles: _, ...user }: UserWithRoles): UserDto {
  return user;
}
