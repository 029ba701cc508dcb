import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';

/** A link in force by which a forgotten password is set anew. */
export interface PasswordReset {
  accountId: string;
  email: string;
  expiresAt: string;
}

/** Asking again sooner sends nothing: nobody's mailbox is filled by a stranger. */
const PAUSE = '1 minute';
const LIFE = '1 hour';

@Injectable()
export class PasswordResetsRepository {
  constructor(private readonly database: Database) {}

  /**
   * The statement that files a mail to whoever signs in with the address; the same for addresses
   * with which nobody does, so that nothing tells them apart. For the SYSTEM scope.
   */
  file(email: string, mailId: string): Statement {
    return {
      text: `with person as (
          select a.id as account_id, u.workspace_id, u.id as user_id from accounts a
          cross join lateral (select u.workspace_id, u.id from users u
            where u.account_id = a.id and u.status = 'active'
            order by u.created_at, u.id limit 1) u
          where a.email = $1 and a.disabled_at is null and a.password_hash is not null),
        reset as (
          insert into password_resets as p (account_id, mail_id, expires_at)
          select account_id, $2, now() + interval '${LIFE}' from person
          on conflict (account_id) do update set mail_id = excluded.mail_id, created_at = now(),
            expires_at = excluded.expires_at
          where p.created_at < now() - interval '${PAUSE}'
          returning account_id)
        insert into user_mails (workspace_id, id, user_id, kind)
        select workspace_id, $2, user_id, 'passwordReset' from person
        where account_id in (select account_id from reset)`,
      params: [email, mailId],
    };
  }

  async find(mailId: string): Promise<PasswordReset | null> {
    const [reset] = await this.database.query<PasswordReset>(
      SYSTEM,
      `select a.id as "accountId", a.email, r.expires_at as "expiresAt"
       from password_resets r join accounts a on a.id = r.account_id
       where r.mail_id = $1 and r.expires_at > now() and a.disabled_at is null`,
      [mailId],
    );
    return reset ?? null;
  }

  /** The statement that uses up the link; it deletes no row when another was faster. */
  use(mailId: string): Statement {
    return { text: 'delete from password_resets where mail_id = $1', params: [mailId] };
  }
}
