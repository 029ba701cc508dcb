import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { WorkingHours } from '../../common/working-hours.js';
import type { StoredRole } from '../../platform/access/permissions.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { usersCount, usersPage } from './user-list.js';
import type { UserListPlan } from './user-list.js';
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
  language: string | null;
  timeZone: string | null;
  workingHours: WorkingHours | null;
  holidays: string[];
  /** New roles in the place of the present ones; undefined leaves them. */
  roleIds?: string[];
}

/** A user with what their roles grant. */
export interface UserWithRoles extends UserDto {
  storedRoles: StoredRole[];
}

const time = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const COLUMNS = `r.id, r.version, r.created_at as "createdAt", r.updated_at as "updatedAt",
  r.email, r.name, r.status,
  array(select o.name from user_roles ur
        join roles o on o.workspace_id = ur.workspace_id and o.id = ur.role_id
        where ur.workspace_id = r.workspace_id and ur.user_id = r.id
        order by o.name) as roles,
  r.language, r.time_zone as "timeZone", r.working_hours as "workingHours",
  r.holidays::text[] as holidays,
  case when r.status = 'invited' then (
    select jsonb_build_object('expiresAt', ${time('i.expires_at')}, 'mail',
        case when m.id is null then 'none' when m.sent_at is not null then 'sent'
          when m.failed_at is not null then 'failed' else 'queued' end,
        'sentAt', ${time('m.sent_at')}, 'failure', m.failure)
    from invitations i
    left join user_mails m on m.workspace_id = i.workspace_id and m.id = i.mail_id
    where i.workspace_id = r.workspace_id and i.user_id = r.id) end as invitation,
  case when r.out_until is not null then jsonb_build_object('from', ${time('r.out_from')},
    'until', ${time('r.out_until')}, 'standInId', r.out_stand_in_id, 'message', r.out_message)
  end as "outOfOffice"`;

const STORED_ROLES = `
  (select coalesce(jsonb_agg(jsonb_build_object('name', o.name, 'builtIn', o.built_in,
      'permissions', o.permissions)), '[]')
   from user_roles ur
   join roles o on o.workspace_id = ur.workspace_id and o.id = ur.role_id
   where ur.workspace_id = r.workspace_id and ur.user_id = r.id) as "storedRoles"`;

@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  /** A page of users, one more than the limit when there are more; and how many there are. */
  async find(
    ctx: RequestContext,
    plan: UserListPlan,
    isCounted: boolean,
  ): Promise<{ users: UserDto[]; total?: number }> {
    const page = usersPage(plan, COLUMNS);
    const [users, count] = await this.database.run(
      ctx,
      isCounted ? [page, usersCount(plan)] : [page],
    );
    const total = count?.rows[0]?.['total'] as number | undefined;
    return {
      users: (users?.rows ?? []) as unknown as UserDto[],
      ...(total === undefined ? {} : { total }),
    };
  }

  async findOne(ctx: RequestContext, id: string): Promise<UserDto | null> {
    const [user] = await this.database.query<UserDto>(
      ctx,
      `select ${COLUMNS} from users r where r.workspace_id = $1 and r.id = $2`,
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
        text: `select ${COLUMNS}, ${STORED_ROLES} from users r
               where r.workspace_id = $1 and r.id = $2`,
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
        text: `update users set name = $3, status = $4, language = $5, time_zone = $6,
                 working_hours = $7::jsonb, holidays = $8::date[], version = version + 1,
                 updated_at = now()
               where workspace_id = $1 and id = $2`,
        params: [
          ...[workspaceId, id, change.name, change.status, change.language, change.timeZone],
          ...[change.workingHours && JSON.stringify(change.workingHours), change.holidays],
        ],
      },
    ];
  }

  /** The statement that says a user has changed by what stands in another table. */
  touch(workspaceId: string, id: string): Statement {
    return {
      text: `update users set version = version + 1, updated_at = now()
             where workspace_id = $1 and id = $2`,
      params: [workspaceId, id],
    };
  }

  /** Ends the invitation that made someone a user-to-be. */
  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.query('delete from users where workspace_id = $1 and id = $2', [workspaceId, id]);
  }

  async read(tx: Transaction, workspaceId: string, id: string): Promise<UserDto> {
    const [user] = await tx.query<UserDto>(
      `select ${COLUMNS} from users r where r.workspace_id = $1 and r.id = $2`,
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
