import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';

/** An invitation in force, and the account that its user will sign in with. */
export interface Invitation {
  workspaceId: string;
  userId: string;
  accountId: string;
  email: string;
  /** The person signs in to Keel already, with a password of their own. */
  hasPassword: boolean;
  workspaceName: string;
  expiresAt: string;
}

@Injectable()
export class InvitationsRepository {
  constructor(private readonly database: Database) {}

  /**
   * The statement that invites a user; an earlier invitation is good no more.
   * @param mailId the mail that brings it; null when somebody passes it on.
   */
  invite(workspaceId: string, userId: string, tokenHash: string, mailId: string | null): Statement {
    return {
      text: `insert into invitations (workspace_id, user_id, token_hash, expires_at, mail_id)
             values ($1, $2, $3, now() + interval '7 days', $4)
             on conflict (workspace_id, user_id)
             do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at,
               mail_id = excluded.mail_id`,
      params: [workspaceId, userId, tokenHash, mailId],
    };
  }

  /** Until when the invitation is good that a mail brings; null when it is good no more. */
  async expiryOf({ workspaceId }: { workspaceId: string }, mailId: string): Promise<string | null> {
    const [found] = await this.database.query<{ expiresAt: string }>(
      { workspaceId },
      `select expires_at as "expiresAt" from invitations
       where workspace_id = $1 and mail_id = $2 and expires_at > now()`,
      [workspaceId, mailId],
    );
    return found?.expiresAt ?? null;
  }

  async findByToken(tokenHash: string): Promise<Invitation | null> {
    const [invitation] = await this.database.query<Invitation>(
      SYSTEM,
      `select i.workspace_id as "workspaceId", i.user_id as "userId", a.id as "accountId",
         a.email, a.password_hash is not null as "hasPassword",
         w.name as "workspaceName", i.expires_at as "expiresAt"
       from invitations i
       join workspaces w on w.id = i.workspace_id
       join users u on u.workspace_id = i.workspace_id and u.id = i.user_id
       join accounts a on a.id = u.account_id
       where i.token_hash = $1 and i.expires_at > now() and u.status = 'invited'`,
      [tokenHash],
    );
    return invitation ?? null;
  }

  /** The statement that uses up the invitation; it deletes no row when another was faster. */
  use(workspaceId: string, userId: string, tokenHash: string): Statement {
    return {
      text: `delete from invitations where workspace_id = $1 and user_id = $2 and token_hash = $3
             returning user_id`,
      params: [workspaceId, userId, tokenHash],
    };
  }

  activate(workspaceId: string, userId: string): Statement {
    return {
      text: `update users set status = 'active', version = version + 1, updated_at = now()
             where workspace_id = $1 and id = $2 and status = 'invited'`,
      params: [workspaceId, userId],
    };
  }
}
