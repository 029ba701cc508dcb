import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { uuidv7 } from '../../common/uuid.js';
import { BUILT_IN_ROLES } from '../../platform/access/permissions.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { firstPurpose } from '../consent/index.js';
import { firstPipeline } from '../pipelines/index.js';
import type { WorkspaceDto } from './workspaces.dto.js';

/** A workspace to be made, with the account of its owner. */
export interface Founding {
  workspaceId: string;
  name: string;
  owner: { userId: string; accountId: string; email: string; name: string; isActive: boolean };
}

export type WorkspaceSettings = Pick<
  WorkspaceDto,
  'name' | 'defaultCountry' | 'defaultCurrency' | 'timeZone' | 'emailTracking'
>;

const COLUMNS = `id, version, created_at as "createdAt", updated_at as "updatedAt", name,
  default_country as "defaultCountry", default_currency as "defaultCurrency",
  time_zone as "timeZone", email_tracking as "emailTracking"`;

@Injectable()
export class WorkspacesRepository {
  constructor(private readonly database: Database) {}

  async findCurrent(ctx: RequestContext): Promise<WorkspaceDto> {
    const [workspace] = await this.database.query<WorkspaceDto>(
      ctx,
      `select ${COLUMNS} from workspaces where id = $1`,
      [ctx.workspaceId],
    );
    return workspace as WorkspaceDto;
  }

  async findForUpdate(tx: Transaction, id: string): Promise<WorkspaceDto> {
    const [workspace] = await tx.query<WorkspaceDto>(
      `select ${COLUMNS} from workspaces where id = $1 for no key update`,
      [id],
    );
    return workspace as WorkspaceDto;
  }

  async update(tx: Transaction, id: string, settings: WorkspaceSettings): Promise<WorkspaceDto> {
    const [workspace] = await tx.query<WorkspaceDto>(
      `update workspaces set name = $2, default_country = $3, default_currency = $4,
         time_zone = $5, email_tracking = $6, version = version + 1, updated_at = now()
       where id = $1 returning ${COLUMNS}`,
      [
        ...[id, settings.name, settings.defaultCountry],
        ...[settings.defaultCurrency, settings.timeZone, settings.emailTracking],
      ],
    );
    return workspace as WorkspaceDto;
  }

  /**
   * Statements that make a workspace, its built-in roles, its owner and its first pipeline; for the SYSTEM scope. The
   * first one answers the workspace.
   */
  found({ workspaceId, name, owner }: Founding): Statement[] {
    const roles = Object.keys(BUILT_IN_ROLES);
    return [
      {
        text: `insert into workspaces (id, name) values ($1, $2) returning ${COLUMNS}`,
        params: [workspaceId, name],
      },
      {
        text: `insert into roles (workspace_id, id, name, built_in)
               select $1, id, name, true from unnest($2::uuid[], $3::text[]) as r (id, name)`,
        params: [workspaceId, roles.map(() => uuidv7()), roles],
      },
      {
        text: `insert into users (workspace_id, id, account_id, email, name, status)
               values ($1, $2, $3, $4, $5, $6)`,
        params: [
          workspaceId,
          owner.userId,
          owner.accountId,
          owner.email,
          owner.name,
          owner.isActive ? 'active' : 'invited',
        ],
      },
      {
        text: `insert into user_roles (workspace_id, user_id, role_id)
               select $1, $2, id from roles where workspace_id = $1 and name = 'owner' and built_in`,
        params: [workspaceId, owner.userId],
      },
      ...firstPipeline(workspaceId),
      firstPurpose(workspaceId),
    ];
  }
}
