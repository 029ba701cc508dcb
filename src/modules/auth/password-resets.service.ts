import { Injectable } from '@nestjs/common';
import type { RequestContext, RequestOrigin } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import { normalizeEmail } from '../../common/values/email.js';
import { ACCESS_TAG, accessChanged } from '../../platform/access/access-changes.js';
import { Database, SYSTEM } from '../../platform/database/database.js';
import { UserMails } from '../../platform/mail/user-mails.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { AccountsRepository } from './accounts.repository.js';
import type { Membership } from './accounts.repository.js';
import type { PasswordResetDto, ResetPasswordDto } from './auth.dto.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordResetLinks } from './password-reset-links.js';
import { PasswordResetsRepository } from './password-resets.repository.js';
import type { PasswordReset } from './password-resets.repository.js';
import { SessionsRepository } from './sessions.repository.js';

/** How people get in who have forgotten their password. */
@Injectable()
export class PasswordResetsService {
  constructor(
    private readonly resets: PasswordResetsRepository,
    private readonly links: PasswordResetLinks,
    private readonly accounts: AccountsRepository,
    private readonly sessions: SessionsRepository,
    private readonly hasher: PasswordHasher,
    private readonly mails: UserMails,
    private readonly database: Database,
  ) {}

  /**
   * Has a link mailed to whoever signs in with the address, at most one a minute; what is answered
   * does not tell if somebody does. @throws Problem 409 without a server to send it with.
   */
  async ask(given: string): Promise<void> {
    if (!this.mails.areSent) {
      const detail = 'This server sends no e-mail: an administrator can help.';
      throw new Problem('conflict', detail);
    }
    const email = normalizeEmail(given).value ?? '';
    await this.database.run(SYSTEM, [this.resets.file(email, uuidv7())]);
  }

  /** What somebody with the token may know. @throws Problem 404. */
  async view(token: string): Promise<PasswordResetDto> {
    const { email, expiresAt } = (await this.find(token)).reset;
    return { email, expiresAt };
  }

  /** Sets the password and ends all sessions of the person. @throws Problem 404. */
  async reset(origin: RequestOrigin, { token, password }: ResetPasswordDto): Promise<void> {
    const { mailId, reset } = await this.find(token);
    const { accountId, email } = reset;
    const hash = await this.hasher.hash(password);
    const memberships = await this.accounts.activeMemberships(accountId);
    const events = memberships.map((membership) => {
      const facts = { object: 'auth', recordId: membership.userId };
      return eventOf(contextOf(membership, origin), { type: 'auth.password_reset', ...facts });
    });
    const workspaces = [...new Set(memberships.map(({ workspaceId }) => workspaceId))].sort();
    await this.database.transaction(SYSTEM, async (tx) => {
      const [used] = await tx.run([this.resets.use(mailId)]);
      if (used?.rowCount === 0) throw notGood();
      await tx.run([
        this.accounts.setPassword(accountId, hash),
        this.accounts.succeeded(email),
        this.sessions.revokeOthers(accountId, null),
        ...(events.length > 0 ? [recordEvents(events)] : []),
        ...workspaces.map(accessChanged),
      ]);
    });
    for (const id of workspaces) await this.database.committed(id, [ACCESS_TAG]);
  }

  private async find(token: string): Promise<{ mailId: string; reset: PasswordReset }> {
    const mailId = await this.links.read(token);
    const reset = await this.resets.find(mailId);
    if (!reset) throw notGood();
    return { mailId, reset };
  }
}

function contextOf({ workspaceId, userId }: Membership, origin: RequestOrigin): RequestContext {
  const principal = { type: 'user' as const, id: userId, userId };
  return { workspaceId, principal, grants: new Map(), accessKey: '', ...origin };
}

const notGood = (): Problem =>
  new Problem('not-found', 'The link was used or renewed, or its hour is over. Ask for another.');
