import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { fieldChanges } from '../../common/changes.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import { ACCESS_TAG, accessChanged } from '../../platform/access/access-changes.js';
import { assertWithinOwn } from '../../platform/access/escalation.js';
import {
  BUILT_IN_ROLES,
  parseGrants,
  permissionsOfRole,
  unknownGrants,
} from '../../platform/access/permissions.js';
import { violationOf } from '../../platform/database/database-errors.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { PageJson } from '../../platform/http/answers.js';
import { idPage } from '../../platform/http/id-page.js';
import type { IdPage } from '../../platform/http/id-page.js';
import { assertVersion } from '../../platform/http/precondition.js';
import { eventOf } from '../../platform/outbox/event.js';
import type { EventFacts } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import type { CreateRoleDto, RoleDto, UpdateRoleDto } from './roles.dto.js';
import { RolesRepository } from './roles.repository.js';
import type { Role, RoleContent } from './roles.repository.js';

/** Roles of a workspace: the built-in ones, and those it makes itself. */
@Injectable()
export class RolesService {
  constructor(
    private readonly roles: RolesRepository,
    private readonly database: Database,
  ) {}

  /** The newest first, the built-in ones last. */
  async list(ctx: RequestContext, page: IdPage): Promise<PageJson> {
    const roles = await this.roles.find(ctx, page);
    return idPage(roles.map(present), page);
  }

  /** @throws Problem 404. */
  async get(ctx: RequestContext, id: string): Promise<RoleDto> {
    return present(await existing(this.roles.findOne(ctx, id), id));
  }

  /**
   * The roles with these names, whatever their case.
   * @param pointer to the list of names, for the 422 that names those that do not exist.
   */
  async byNames(ctx: RequestContext, names: readonly string[], pointer: string): Promise<Role[]> {
    const roles = await this.roles.findByNames(ctx, names);
    const known = new Set(roles.map(({ name }) => name.toLowerCase()));
    const errors = names.flatMap((name, index) =>
      known.has(name.toLowerCase())
        ? []
        : [{ pointer: `${pointer}/${index}`, code: 'unknownRole', detail: 'is not a role here' }],
    );
    if (errors.length > 0) throw Problem.validation(errors);
    return roles;
  }

  /** @throws Problem 403 for permissions beyond the caller's own, 409 for a name that is taken. */
  async create(ctx: RequestContext, input: CreateRoleDto): Promise<RoleDto> {
    const content = { description: null, ...input };
    assertMayGive(ctx, content.permissions);
    const id = uuidv7();
    return this.changing(ctx, async (tx) => {
      const role = await this.roles.insert(tx, ctx.workspaceId, id, content);
      await tx.run([
        note(ctx, { type: 'role.created', object: 'roles', recordId: id, changes: { ...content } }),
      ]);
      return present(role);
    });
  }

  /** @throws Problem 403, 404, 409 for a built-in role or a name that is taken, 412. */
  async update(
    ctx: RequestContext,
    id: string,
    input: UpdateRoleDto,
    version?: number,
  ): Promise<RoleDto> {
    if (input.permissions) assertMayGive(ctx, input.permissions);
    return this.changing(ctx, async (tx) => {
      const role = await this.findChangeable(tx, ctx, id);
      assertVersion(version, role.version);
      const content: RoleContent = { ...contentOf(role), ...input };
      const changes = fieldChanges({ ...contentOf(role) }, { ...content });
      if (!changes) return present(role);
      const updated = await this.roles.update(tx, ctx.workspaceId, id, content);
      await tx.run([
        note(ctx, { type: 'role.changed', object: 'roles', recordId: id, changes }),
        accessChanged(ctx.workspaceId),
      ]);
      tx.touch([ACCESS_TAG, 'users']);
      return present(updated);
    });
  }

  /** @throws Problem 404, 409 for a built-in role or one that users have. */
  async remove(ctx: RequestContext, id: string): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const role = await this.findChangeable(tx, ctx, id);
      if (await this.roles.isInUse(tx, ctx.workspaceId, id)) {
        throw new Problem('conflict', 'Users have this role. Give them another one first.');
      }
      await this.roles.remove(tx, ctx.workspaceId, id);
      const changes = { name: role.name };
      await tx.run([note(ctx, { type: 'role.removed', object: 'roles', recordId: id, changes })]);
    });
  }

  private async findChangeable(tx: Transaction, ctx: RequestContext, id: string): Promise<Role> {
    const role = await existing(this.roles.findForUpdate(tx, ctx.workspaceId, id), id);
    if (!role.builtIn) return role;
    throw new Problem('conflict', 'A built-in role cannot be changed. Make one of your own.');
  }

  private async changing(
    ctx: RequestContext,
    work: (tx: Transaction) => Promise<RoleDto>,
  ): Promise<RoleDto> {
    try {
      return await this.database.transaction(ctx, work);
    } catch (error) {
      if (violationOf(error)?.constraint !== 'roles_name_unique') throw error;
      throw new Problem('duplicate', 'Another role has this name.', {
        errors: [{ pointer: '/name', code: 'duplicate', detail: 'is taken' }],
        cause: error,
      });
    }
  }
}

async function existing(found: Promise<Role | null>, id: string): Promise<Role> {
  const role = await found;
  if (!role) throw Problem.notFound('role', id);
  return role;
}

const contentOf = ({ name, description, permissions }: Role): RoleContent => ({
  name,
  description,
  permissions,
});

function present(role: Role): RoleDto {
  const description = role.builtIn ? BUILT_IN_ROLES[role.name]?.description : role.description;
  return { ...role, description: description ?? null, permissions: permissionsOfRole(role) };
}

function assertMayGive(ctx: RequestContext, permissions: readonly string[]): void {
  const errors = unknownGrants(permissions, '/permissions');
  if (errors.length > 0) throw Problem.validation(errors);
  assertWithinOwn(parseGrants(permissions), ctx.grants);
}

const note = (ctx: RequestContext, facts: EventFacts) => recordEvents([eventOf(ctx, facts)]);
