import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { IdPage } from '../../platform/http/id-page.js';
import type { ApiKeyDto } from './api-keys.dto.js';

export interface NewApiKey {
  id: string;
  userId: string;
  name: string;
  prefix: string;
  secretHash: string;
  scopes: string[];
  expiresAt: string | null;
}

const COLUMNS = `id, name, 'keel_' || prefix as prefix, scopes, user_id as "userId",
  created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt"`;

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  find(ctx: RequestContext, { limit, before }: IdPage): Promise<ApiKeyDto[]> {
    return this.database.query<ApiKeyDto>(
      ctx,
      `select ${COLUMNS} from api_keys
       where workspace_id = $1 and revoked_at is null and ($2::uuid is null or id < $2)
       order by id desc limit $3`,
      [ctx.workspaceId, before, limit + 1],
    );
  }

  async findOne(ctx: RequestContext, id: string): Promise<ApiKeyDto | null> {
    const [key] = await this.database.query<ApiKeyDto>(
      ctx,
      `select ${COLUMNS} from api_keys
       where workspace_id = $1 and id = $2 and revoked_at is null`,
      [ctx.workspaceId, id],
    );
    return key ?? null;
  }

  insert(workspaceId: string, key: NewApiKey): Statement {
    return {
      text: `insert into api_keys
               (workspace_id, id, user_id, name, prefix, secret_hash, scopes, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${COLUMNS}`,
      params: [
        ...[workspaceId, key.id, key.userId, key.name, key.prefix],
        ...[key.secretHash, key.scopes, key.expiresAt],
      ],
    };
  }

  revoke(workspaceId: string, id: string): Statement {
    return {
      text: `update api_keys set revoked_at = now()
             where workspace_id = $1 and id = $2 and revoked_at is null returning name`,
      params: [workspaceId, id],
    };
  }
}
