import { Injectable } from '@nestjs/common';
import type { StoredRole } from '../../platform/access/permissions.js';
import { Database, SYSTEM } from '../../platform/database/database.js';

/** A user and what decides what they may do. */
export interface UserPrincipal {
  workspaceId: string;
  userId: string;
  isPlatformAdmin: boolean;
  roles: StoredRole[];
  /** Of the workspace's access when this was read; see `accessChanged`. */
  accessVersion: number;
}

/** An API key and the user it belongs to. */
export interface KeyPrincipal extends UserPrincipal {
  keyId: string;
  secretHash: string;
  scopes: string[];
  expiresAt: string | null;
  lastUsedAt: string | null;
}

const USER_COLUMNS = `
  u.workspace_id as "workspaceId", u.id as "userId", a.platform_admin as "isPlatformAdmin",
  coalesce((select v.version from access_versions v where v.workspace_id = u.workspace_id), 0)
    as "accessVersion",
  (select coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'builtIn', r.built_in,
      'permissions', r.permissions)), '[]')
   from user_roles ur
   join roles r on r.workspace_id = ur.workspace_id and r.id = ur.role_id
   where ur.workspace_id = u.workspace_id and ur.user_id = u.id) as roles`;

const ACTIVE = `u.status = 'active' and a.disabled_at is null`;

/** Who stands behind a credential. Each is one statement, so that it fits its access version. */
@Injectable()
export class PrincipalsRepository {
  constructor(private readonly database: Database) {}

  /** The user of a session; null when either is not in force. */
  async findOfSession(workspaceId: string, sessionId: string): Promise<UserPrincipal | null> {
    const [found] = await this.database.query<UserPrincipal>(
      SYSTEM,
      `select ${USER_COLUMNS}
       from sessions s
       join users u on u.workspace_id = s.workspace_id and u.id = s.user_id
       join accounts a on a.id = u.account_id
       where s.workspace_id = $1 and s.id = $2 and s.revoked_at is null and ${ACTIVE}`,
      [workspaceId, sessionId],
    );
    return found ?? null;
  }

  /** The key with this prefix and its user; null when either is not in force. */
  async findOfKey(prefix: string): Promise<KeyPrincipal | null> {
    const [found] = await this.database.query<KeyPrincipal>(
      SYSTEM,
      `select k.id as "keyId", k.secret_hash as "secretHash", k.scopes,
         k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt", ${USER_COLUMNS}
       from api_keys k
       join users u on u.workspace_id = k.workspace_id and u.id = k.user_id
       join accounts a on a.id = u.account_id
       where k.prefix = $1 and k.revoked_at is null
         and (k.expires_at is null or k.expires_at > now()) and ${ACTIVE}`,
      [prefix],
    );
    return found ?? null;
  }

  /** Those of the sessions and keys that are in force, like their users. */
  async inForce(ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      SYSTEM,
      `select s.id from sessions s
       join users u on u.workspace_id = s.workspace_id and u.id = s.user_id
       join accounts a on a.id = u.account_id
       where s.id = any($1::uuid[]) and s.revoked_at is null and ${ACTIVE}
       union all
       select k.id from api_keys k
       join users u on u.workspace_id = k.workspace_id and u.id = k.user_id
       join accounts a on a.id = u.account_id
       where k.id = any($1::uuid[]) and k.revoked_at is null
         and (k.expires_at is null or k.expires_at > now()) and ${ACTIVE}`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Notes that a key was used, unless another instance did so within the minute. */
  async keyUsed(workspaceId: string, keyId: string): Promise<void> {
    await this.database.query(
      { workspaceId },
      `update api_keys set last_used_at = now() where workspace_id = $1 and id = $2
         and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
      [workspaceId, keyId],
    );
  }

  /** Present access versions of workspaces; 0 for one whose access never changed. */
  async accessVersions(workspaceIds: string[]): Promise<Map<string, number>> {
    const rows = await this.database.query<{ workspaceId: string; version: number }>(
      SYSTEM,
      `select workspace_id as "workspaceId", version from access_versions
       where workspace_id = any($1::uuid[])`,
      [workspaceIds],
    );
    const versions = new Map(workspaceIds.map((id) => [id, 0]));
    for (const { workspaceId, version } of rows) versions.set(workspaceId, version);
    return versions;
  }
}
