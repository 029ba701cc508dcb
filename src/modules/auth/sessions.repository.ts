import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';

/** A family of refresh tokens. */
export interface Session {
  id: string;
  workspaceId: string;
  userId: string;
  accountId: string;
}

const SESSION_COLUMNS = `s.id, s.workspace_id as "workspaceId", s.user_id as "userId",
  s.account_id as "accountId"`;

const LIFETIME = `interval '30 days'`;

@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  /** Statements that begin a session, and clear away those of the person that are long over. */
  create(session: Session, tokenHash: string): Statement[] {
    return [
      {
        text: `insert into sessions (workspace_id, id, user_id, account_id, token_hash, expires_at)
               values ($1, $2, $3, $4, $5, now() + ${LIFETIME})`,
        params: [session.workspaceId, session.id, session.userId, session.accountId, tokenHash],
      },
      {
        text: 'delete from sessions where account_id = $1 and expires_at < now()',
        params: [session.accountId],
      },
    ];
  }

  /**
   * Puts a new token in the place of the newest one, if that is the one presented.
   * @returns null when it is not, or the session or its user is no longer active.
   */
  async rotate(id: string, presented: string, next: string): Promise<Session | null> {
    const [session] = await this.database.query<Session>(
      SYSTEM,
      `update sessions s set token_hash = $3, refreshed_at = now(), expires_at = now() + ${LIFETIME}
       from users u, accounts a
       where s.id = $1 and s.token_hash = $2 and s.revoked_at is null and s.expires_at > now()
         and u.workspace_id = s.workspace_id and u.id = s.user_id and u.status = 'active'
         and a.id = s.account_id and a.disabled_at is null
       returning ${SESSION_COLUMNS}`,
      [id, presented, next],
    );
    return session ?? null;
  }

  /** The session in force whose newest token is another than the one presented. */
  async findReused(id: string, presented: string): Promise<Session | null> {
    const [session] = await this.database.query<Session>(
      SYSTEM,
      `select ${SESSION_COLUMNS} from sessions s
       where s.id = $1 and s.token_hash <> $2 and s.revoked_at is null and s.expires_at > now()`,
      [id, presented],
    );
    return session ?? null;
  }

  /** The statement that ends one session. */
  revoke(id: string): Statement {
    return {
      text: 'update sessions set revoked_at = now() where id = $1 and revoked_at is null',
      params: [id],
    };
  }

  /** The statement that ends all sessions of a user. */
  revokeOfUser(workspaceId: string, userId: string): Statement {
    return {
      text: `update sessions set revoked_at = now()
             where workspace_id = $1 and user_id = $2 and revoked_at is null`,
      params: [workspaceId, userId],
    };
  }

  /** Ends a person's sessions in every workspace but the one given; returns the workspaces. */
  revokeOthers(accountId: string, keptSession: string | null): Statement {
    return {
      text: `update sessions set revoked_at = now()
             where account_id = $1 and id is distinct from $2::uuid and revoked_at is null
             returning workspace_id as "workspaceId"`,
      params: [accountId, keptSession],
    };
  }
}
