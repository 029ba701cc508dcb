import { Injectable } from '@nestjs/common';
import type { RequestContext, RequestOrigin } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { hashSecret, randomToken } from '../../common/secrets.js';
import { ACCESS_TAG, accessChanged } from '../../platform/access/access-changes.js';
import { Database } from '../../platform/database/database.js';
import { elevated } from '../../platform/database/elevation.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { AccountsRepository, PasswordCheck, PasswordHasher } from '../auth/index.js';
import { InvitationsRepository } from './invitations.repository.js';
import type { Invitation } from './invitations.repository.js';
import type { AcceptInvitationDto } from './users.dto.js';

/** How people who were added without a password become users. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly accounts: AccountsRepository,
    private readonly check: PasswordCheck,
    private readonly hasher: PasswordHasher,
    private readonly database: Database,
  ) {}

  /**
   * Sets the password of someone new; someone who has one already proves it.
   * @throws Problem 404 for an invitation that is not good any more, 401 for another password than
   * the person's present one.
   */
  async accept(origin: RequestOrigin, { token, password }: AcceptInvitationDto): Promise<void> {
    const tokenHash = hashSecret(token);
    const invitation = await this.invitations.findByToken(tokenHash);
    if (!invitation) throw notGood();
    if (invitation.hasPassword && !(await this.check.confirm(origin, invitation.email, password))) {
      const detail = 'This address signs in to Keel already, with another password.';
      throw new Problem('unauthorized', detail);
    }
    const hash = invitation.hasPassword ? null : await this.hasher.hash(password);
    await this.complete(contextOf(invitation, origin), invitation, tokenHash, hash);
  }

  private async complete(
    ctx: RequestContext,
    { workspaceId, userId, accountId }: Invitation,
    tokenHash: string,
    passwordHash: string | null,
  ): Promise<void> {
    const changes = { status: ['invited', 'active'] };
    const event = eventOf(ctx, {
      type: 'user.changed',
      object: 'users',
      recordId: userId,
      changes,
    });
    await this.database.transaction(ctx, async (tx) => {
      const [used] = await tx.run([this.invitations.use(workspaceId, userId, tokenHash)]);
      if (used?.rowCount === 0) throw notGood();
      if (passwordHash !== null) {
        const [, first] = await tx.run(
          elevated([this.accounts.setFirstPassword(accountId, passwordHash)]),
        );
        if (first?.rowCount === 0) throw notGood();
      }
      await tx.run([
        this.invitations.activate(workspaceId, userId),
        accessChanged(workspaceId),
        recordEvents([event]),
      ]);
      tx.touch([ACCESS_TAG, 'users', `users:${userId}`]);
    });
  }
}

/** A token for someone to be invited, with its hash to keep. */
export function newInvitation(): { token: string; hash: string } {
  const token = randomToken();
  return { token, hash: hashSecret(token) };
}

function contextOf({ workspaceId, userId }: Invitation, origin: RequestOrigin): RequestContext {
  const principal = { type: 'user' as const, id: userId, userId };
  return { workspaceId, principal, grants: new Map(), accessKey: '', ...origin };
}

const notGood = (): Problem =>
  new Problem('not-found', 'The invitation was used or withdrawn, or its 7 days are over.');
