import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdPage } from '../../platform/http/id-page.js';

/** A role as it is stored; `permissions` of a built-in one is empty. */
export interface Role {
  id: string;
  version: number;
  createdAt: string;
  updatedAt: string;
  name: string;
  description: string | null;
  permissions: string[];
  builtIn: boolean;
}

export type RoleContent = Pick<Role, 'name' | 'description' | 'permissions'>;

const COLUMNS = `id, version, created_at as "createdAt", updated_at as "updatedAt", name,
  description, permissions, built_in as "builtIn"`;

@Injectable()
export class RolesRepository {
  constructor(private readonly database: Database) {}

  find(ctx: RequestContext, { limit, before }: IdPage): Promise<Role[]> {
    return this.database.query<Role>(
      ctx,
      `select ${COLUMNS} from roles
       where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [ctx.workspaceId, before, limit + 1],
    );
  }

  findByNames(ctx: RequestContext, names: readonly string[]): Promise<Role[]> {
    return this.database.query<Role>(
      ctx,
      `select ${COLUMNS} from roles where workspace_id = $1 and lower(name) = any($2::text[])`,
      [ctx.workspaceId, names.map((name) => name.toLowerCase())],
    );
  }

  async findOne(ctx: RequestContext, id: string): Promise<Role | null> {
    const [role] = await this.database.query<Role>(
      ctx,
      `select ${COLUMNS} from roles where workspace_id = $1 and id = $2`,
      [ctx.workspaceId, id],
    );
    return role ?? null;
  }

  /** Locks the role against changes and against being given to users. */
  async findForUpdate(tx: Transaction, workspaceId: string, id: string): Promise<Role | null> {
    const [role] = await tx.query<Role>(
      `select ${COLUMNS} from roles where workspace_id = $1 and id = $2 for update`,
      [workspaceId, id],
    );
    return role ?? null;
  }

  async insert(tx: Transaction, workspaceId: string, id: string, role: RoleContent): Promise<Role> {
    const [made] = await tx.query<Role>(
      `insert into roles (workspace_id, id, name, description, permissions)
       values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
      [workspaceId, id, role.name, role.description, role.permissions],
    );
    return made as Role;
  }

  /** Users show the names of their roles, so a new name makes a new version of each. */
  async update(tx: Transaction, workspaceId: string, id: string, role: RoleContent): Promise<Role> {
    const [, updated] = await tx.run([
      {
        text: `update users u set version = u.version + 1, updated_at = now()
               from user_roles ur join roles r on r.workspace_id = ur.workspace_id
                 and r.id = ur.role_id
               where ur.workspace_id = $1 and ur.role_id = $2 and r.name <> $3
                 and u.workspace_id = ur.workspace_id and u.id = ur.user_id`,
        params: [workspaceId, id, role.name],
      },
      {
        text: `update roles set name = $3, description = $4, permissions = $5,
                 version = version + 1, updated_at = now()
               where workspace_id = $1 and id = $2 returning ${COLUMNS}`,
        params: [workspaceId, id, role.name, role.description, role.permissions],
      },
    ]);
    return updated?.rows[0] as unknown as Role;
  }

  async isInUse(tx: Transaction, workspaceId: string, id: string): Promise<boolean> {
    const [answer] = await tx.query<{ used: boolean }>(
      `select exists (select from user_roles where workspace_id = $1 and role_id = $2) as used`,
      [workspaceId, id],
    );
    return answer?.used === true;
  }

  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.query('delete from roles where workspace_id = $1 and id = $2', [workspaceId, id]);
  }
}
