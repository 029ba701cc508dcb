import { Injectable } from '@nestjs/common';
import type { RequestContext, RequestOrigin } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { Database, SYSTEM } from '../../platform/database/database.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { AccountsRepository } from './accounts.repository.js';
import type { Account } from './accounts.repository.js';
import { PasswordHasher } from './password-hasher.js';

/** Checks passwords so that guessing is slow and tells nothing about which addresses exist. */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly hasher: PasswordHasher,
    private readonly database: Database,
  ) {}

  /**
   * The account with this address and password, or null.
   * @throws Problem 429 when the address has to wait after failures, 503 when too many sign in.
   */
  async confirm(origin: RequestOrigin, email: string, password: string): Promise<Account | null> {
    const { account, wait } = await this.accounts.findForSignIn(email);
    if (wait > 0) throw tooManyFailures(wait);
    const matches = await this.hasher.verify(account?.passwordHash ?? null, password);
    if (account && matches && !account.isDisabled) return account;
    await this.failed(origin, email, account?.id ?? null, 'password');
    return null;
  }

  /** Counts a failure and writes it into the audit trail of the person's workspaces. */
  async failed(
    origin: RequestOrigin,
    email: string,
    accountId: string | null,
    reason: 'password' | 'otp',
  ): Promise<void> {
    // The same statements for an unknown address, which must not be told by its speed.
    const memberships = await this.accounts.allMemberships(accountId);
    const events = memberships.map(({ workspaceId, userId }) =>
      eventOf(nobody(workspaceId, origin), {
        type: 'auth.login_failed',
        object: 'auth',
        recordId: userId,
        changes: { email, reason },
      }),
    );
    await this.database.run(SYSTEM, [...this.accounts.failed(email), recordEvents(events)]);
  }
}

function nobody(workspaceId: string, origin: RequestOrigin): RequestContext {
  const principal = { type: 'system' as const, id: 'sign-in', userId: null };
  return { workspaceId, principal, grants: new Map(), accessKey: '', ...origin };
}

function tooManyFailures(seconds: number): Problem {
  const detail = `Too many failed attempts for this address. Try again in ${seconds} s.`;
  return new Problem('too-many-requests', detail, { headers: { 'retry-after': `${seconds}` } });
}
