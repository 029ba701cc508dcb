import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { StoredRole } from '../../platform/access/permissions.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdPage } from '../../platform/http/id-page.js';
import type { UserDto } from './users.dto.js';

export interface NewUser {
  id: string;
  accountId: string;
  email: string;
  name: string;
  status: 'active' | 'invited';
  roleIds: string[];
}

/** What a change may set; the rest stays. */
export interface UserChange {
  name: string;
  status: UserDto['status'];
  /** New roles in the place of the present ones; undefined leaves them. */
  roleIds?: string[];
}

/** A user with what their roles grant. */
export interface UserWithRoles extends UserDto {
  storedRoles: StoredRole[];
}

const COLUMNS = `u.id, u.version, u.created_at as "createdAt", u.updated_at as "updatedAt",
  u.email, u.name, u.status,
  array(select r.name from user_roles ur
        join roles r on r.workspace_id = ur.workspace_id and r.id = ur.role_id
        where ur.workspace_id = u.workspace_id and ur.user_id = u.id
        order by r.name) as roles`;

const STORED_ROLES = `
  (select coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'builtIn', r.built_in,
      'permissions', r.permissions)), '[]')
   from user_roles ur
   join roles r on r.workspace_id = ur.workspace_id and r.id = ur.role_id
   where ur.workspace_id = u.workspace_id and ur.user_id = u.id) as "storedRoles"`;

@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  find(ctx: RequestContext, { limit, before }: IdPage): Promise<UserDto[]> {
    return this.database.query<UserDto>(
      ctx,
      `select ${COLUMNS} from users u
       where u.workspace_id = $1 and ($2::uuid is null or u.id < $2)
       order by u.id desc limit $3`,
      [ctx.workspaceId, before, limit + 1],
    );
  }

  async findOne(ctx: RequestContext, id: string): Promise<UserDto | null> {
    const [user] = await this.database.query<UserDto>(
      ctx,
      `select ${COLUMNS} from users u where u.workspace_id = $1 and u.id = $2`,
      [ctx.workspaceId, id],
    );
    return user ?? null;
  }

  /** Locks the user, and first whatever decides who owns the workspace. */
  async findForUpdate(
    tx: Transaction,
    workspaceId: string,
    id: string,
  ): Promise<UserWithRoles | null> {
    const [, , users] = await tx.run([
      {
        text: `select from roles where workspace_id = $1 and name = 'owner' and built_in
               for no key update`,
        params: [workspaceId],
      },
      {
        text: 'select from users where workspace_id = $1 and id = $2 for no key update',
        params: [workspaceId, id],
      },
      {
        text: `select ${COLUMNS}, ${STORED_ROLES} from users u
               where u.workspace_id = $1 and u.id = $2`,
        params: [workspaceId, id],
      },
    ]);
    return (users?.rows[0] as unknown as UserWithRoles | undefined) ?? null;
  }

  insert(workspaceId: string, user: NewUser): Statement[] {
    return [
      {
        text: `insert into users (workspace_id, id, account_id, email, name, status)
               values ($1, $2, $3, $4, $5, $6)`,
        params: [workspaceId, user.id, user.accountId, user.email, user.name, user.status],
      },
      giveRoles(workspaceId, user.id, user.roleIds),
    ];
  }

  update(workspaceId: string, id: string, change: UserChange): Statement[] {
    const { roleIds } = change;
    const roles =
      roleIds === undefined
        ? []
        : [
            {
              text: 'delete from user_roles where workspace_id = $1 and user_id = $2',
              params: [workspaceId, id],
            },
            giveRoles(workspaceId, id, roleIds),
          ];
    return [
      ...roles,
      {
        text: `update users set name = $3, status = $4, version = version + 1, updated_at = now()
               where workspace_id = $1 and id = $2`,
        params: [workspaceId, id, change.name, change.status],
      },
    ];
  }

  /** Ends the invitation that made someone a user-to-be. */
  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.query('delete from users where workspace_id = $1 and id = $2', [workspaceId, id]);
  }

  async read(tx: Transaction, workspaceId: string, id: string): Promise<UserDto> {
    const [user] = await tx.query<UserDto>(
      `select ${COLUMNS} from users u where u.workspace_id = $1 and u.id = $2`,
      [workspaceId, id],
    );
    return user as UserDto;
  }

  async hasActiveOwner(tx: Transaction, workspaceId: string): Promise<boolean> {
    const [answer] = await tx.query<{ owned: boolean }>(
      `select exists (
         select from users u
         join user_roles ur on ur.workspace_id = u.workspace_id and ur.user_id = u.id
         join roles r on r.workspace_id = ur.workspace_id and r.id = ur.role_id
         where u.workspace_id = $1 and u.status = 'active' and r.built_in and r.name = 'owner'
       ) as owned`,
      [workspaceId],
    );
    return answer?.owned === true;
  }
}

function giveRoles(workspaceId: string, userId: string, roleIds: string[]): Statement {
  return {
    text: `insert into user_roles (workspace_id, user_id, role_id)
           select $1, $2, unnest($3::uuid[])`,
    params: [workspaceId, userId, roleIds],
  };
}
