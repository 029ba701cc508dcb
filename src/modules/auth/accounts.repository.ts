import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { hashSecret } from '../../common/secrets.js';
import { Database, SYSTEM } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';

/** What sign-in knows of a person. */
export interface Account {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
  isPlatformAdmin: boolean;
  isDisabled: boolean;
}

/** A person's place in a workspace. */
export interface Membership {
  workspaceId: string;
  workspaceName: string;
  userId: string;
}

export interface Profile {
  accountId: string;
  user: { id: string; email: string; name: string };
  workspace: { id: string; name: string };
}

const ACCOUNT_COLUMNS = `a.id, a.email, a.name, a.password_hash as "passwordHash",
  a.platform_admin as "isPlatformAdmin", a.disabled_at is not null as "isDisabled"`;

/** Failures before an address has to wait, and the longest wait in seconds. */
const FREE_FAILURES = 5;
const LONGEST_WAIT = 60;

/** People who sign in, across workspaces. Only the SYSTEM scope sees them. */
@Injectable()
export class AccountsRepository {
  constructor(private readonly database: Database) {}

  /** The account, and how many seconds its address has to wait after failures. */
  async findForSignIn(email: string): Promise<{ account: Account | null; wait: number }> {
    const [accounts, failures] = await this.database.run(SYSTEM, [
      { text: `select ${ACCOUNT_COLUMNS} from accounts a where a.email = $1`, params: [email] },
      {
        text: `select ceil(extract(epoch from blocked_until - now()))::int as wait
               from sign_in_failures where email_hash = $1 and blocked_until > now()`,
        params: [hashSecret(email)],
      },
    ]);
    return {
      account: (accounts?.rows[0] as Account | undefined) ?? null,
      wait: (failures?.rows[0]?.['wait'] as number | undefined) ?? 0,
    };
  }

  /** The caller as a person, and their workspace. */
  async profile(ctx: RequestContext): Promise<Profile> {
    const [row] = await this.database.query<Record<string, string>>(
      ctx,
      `select u.account_id, u.id, u.email, u.name, w.id as workspace_id, w.name as workspace_name
       from users u join workspaces w on w.id = u.workspace_id
       where u.workspace_id = $1 and u.id = $2`,
      [ctx.workspaceId, ctx.principal.userId],
    );
    if (!row) throw Problem.notFound('user', String(ctx.principal.userId));
    return {
      accountId: row['account_id'] as string,
      user: { id: row['id'] as string, email: row['email'] as string, name: row['name'] as string },
      workspace: { id: row['workspace_id'] as string, name: row['workspace_name'] as string },
    };
  }

  /** Workspaces the person may work in, the one joined first at the head. */
  activeMemberships(accountId: string): Promise<Membership[]> {
    return this.memberships(accountId, "and u.status = 'active'");
  }

  /** Also those the person is invited to or was deactivated in: for the audit trail. */
  allMemberships(accountId: string | null): Promise<Membership[]> {
    return this.memberships(accountId, '');
  }

  private memberships(accountId: string | null, condition: string): Promise<Membership[]> {
    return this.database.query<Membership>(
      SYSTEM,
      `select u.workspace_id as "workspaceId", w.name as "workspaceName", u.id as "userId"
       from users u join workspaces w on w.id = u.workspace_id
       where u.account_id = $1 ${condition}
       order by u.created_at, u.id`,
      [accountId],
    );
  }

  /**
   * Statements that count a failed sign-in: from the sixth on, the address (known or not) has to
   * wait, twice as long each time. They also forget failures of other addresses a day ago.
   */
  failed(email: string): Statement[] {
    return [
      {
        text: `insert into sign_in_failures as f (email_hash, failures, blocked_until)
               values ($1, 1, now())
               on conflict (email_hash) do update set
                 failures = f.failures + 1, failed_at = now(),
                 blocked_until = now() + case when f.failures < $2 then interval '0'
                   else least(power(2, least(f.failures - $2, 10)), $3) * interval '1 second' end`,
        params: [hashSecret(email), FREE_FAILURES, LONGEST_WAIT],
      },
      {
        text: `delete from sign_in_failures where email_hash in (select email_hash
                 from sign_in_failures where failed_at < now() - interval '1 day' limit 100)`,
      },
    ];
  }

  /** The statement that forgets the failures of an address. */
  succeeded(email: string): Statement {
    return {
      text: 'delete from sign_in_failures where email_hash = $1',
      params: [hashSecret(email)],
    };
  }

  /** The statement that makes an account; without a hash nobody can sign in to it yet. */
  create(
    account: Pick<Account, 'id' | 'email' | 'name'> & { isPlatformAdmin?: boolean },
    passwordHash: string | null,
  ): Statement {
    const { id, email, name, isPlatformAdmin = false } = account;
    return {
      text: `insert into accounts (id, email, name, password_hash, platform_admin)
             values ($1, $2, $3, $4, $5)`,
      params: [id, email, name, passwordHash, isPlatformAdmin],
    };
  }

  /** The statement that sets the password of someone who has none; it updates no row otherwise. */
  setFirstPassword(accountId: string, passwordHash: string): Statement {
    return {
      text: `update accounts set password_hash = $2, updated_at = now()
             where id = $1 and password_hash is null`,
      params: [accountId, passwordHash],
    };
  }

  setPassword(accountId: string, passwordHash: string): Statement {
    return {
      text: 'update accounts set password_hash = $2, updated_at = now() where id = $1',
      params: [accountId, passwordHash],
    };
  }
}
