import { Injectable } from '@nestjs/common';
import type { RequestContext, RequestOrigin } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { hashSecret, randomToken } from '../../common/secrets.js';
import { uuidv7 } from '../../common/uuid.js';
import { ACCESS_TAG, accessChanged } from '../../platform/access/access-changes.js';
import { Database } from '../../platform/database/database.js';
import { elevated } from '../../platform/database/elevation.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { UserMails } from '../../platform/mail/user-mails.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { AccountsRepository, PasswordCheck, PasswordHasher } from '../auth/index.js';
import { InvitationLinks } from './invitation-links.js';
import { InvitationsRepository } from './invitations.repository.js';
import type { Invitation } from './invitations.repository.js';
import type { AcceptInvitationDto, InvitationViewDto } from './users.dto.js';

/** An invitation on its way to the database. */
export interface NewInvitation {
  /** To be passed on by whoever invites; null when it is mailed. */
  token: string | null;
  /** Come behind those that make the user. */
  statements: Statement[];
}

/** How people who were added without a password become users. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly accounts: AccountsRepository,
    private readonly check: PasswordCheck,
    private readonly hasher: PasswordHasher,
    private readonly mails: UserMails,
    private readonly links: InvitationLinks,
    private readonly database: Database,
  ) {}

  /**
   * Invites a user, by mail where there is a server to send it. What invited them before is good no
   * more.
   */
  async issue(workspaceId: string, userId: string): Promise<NewInvitation> {
    if (!this.mails.areSent) {
      const token = randomToken();
      const hash = hashSecret(token);
      return { token, statements: [this.invitations.invite(workspaceId, userId, hash, null)] };
    }
    const id = uuidv7();
    const hash = hashSecret(await this.links.tokenOf(workspaceId, id));
    return {
      token: null,
      statements: [
        this.invitations.invite(workspaceId, userId, hash, id),
        this.mails.file(workspaceId, [{ id, userId, kind: 'invitation' }]),
      ],
    };
  }

  /** What somebody with the token may know. @throws Problem 404. */
  async view(token: string): Promise<InvitationViewDto> {
    const invitation = await this.invitations.findByToken(hashSecret(token));
    if (!invitation) throw notGood();
    const { workspaceName, email, hasPassword, expiresAt } = invitation;
    return { workspaceName, email, hasPassword, expiresAt };
  }

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

function contextOf({ workspaceId, userId }: Invitation, origin: RequestOrigin): RequestContext {
  const principal = { type: 'user' as const, id: userId, userId };
  return { workspaceId, principal, grants: new Map(), accessKey: '', ...origin };
}

const notGood = (): Problem =>
  new Problem('not-found', 'The invitation was used or withdrawn, or its 7 days are over.');
