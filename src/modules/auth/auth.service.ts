import { Injectable } from '@nestjs/common';
import { uuidv7 } from '../../common/uuid.js';
import type { RequestContext, RequestOrigin } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { hashSecret, randomToken } from '../../common/secrets.js';
import { normalizeEmail } from '../../common/values/email.js';
import { ACCESS_TAG, accessChanged } from '../../platform/access/access-changes.js';
import { Database, SYSTEM } from '../../platform/database/database.js';
import { eventOf } from '../../platform/outbox/event.js';
import type { EventFacts } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { ACCESS_TOKEN_LIFE, AccessTokens } from './access-tokens.js';
import { AccountsRepository } from './accounts.repository.js';
import type { Account, Membership } from './accounts.repository.js';
import type { ChangePasswordDto, LoginDto, MeDto, TokensDto } from './auth.dto.js';
import { OtpService } from './otp.service.js';
import { PasswordCheck } from './password-check.js';
import { PasswordHasher } from './password-hasher.js';
import { assertSession } from './session-only.js';
import { SessionsRepository } from './sessions.repository.js';
import type { Session } from './sessions.repository.js';
import { SigningKeys } from './signing-keys.js';

const REFRESH_TOKEN = /^([0-9a-f-]{36})\.([\w-]{43})$/;

/** Signing in and out. */
@Injectable()
export class AuthService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly sessions: SessionsRepository,
    private readonly check: PasswordCheck,
    private readonly otp: OtpService,
    private readonly hasher: PasswordHasher,
    private readonly tokens: AccessTokens,
    private readonly keys: SigningKeys,
    private readonly database: Database,
  ) {}

  /** @throws Problem 401, 403 without an active membership, 429 after failures. */
  async login(origin: RequestOrigin, input: LoginDto): Promise<TokensDto> {
    const email = normalizeEmail(input.email).value ?? '';
    const account = await this.check.confirm(origin, email, input.password);
    if (!account) throw new Problem('unauthorized', 'The e-mail address or password is wrong.');
    await this.assertOtp(origin, account, input.otp);
    const membership = await this.membershipOf(account, input.workspaceId);
    const session: Session = {
      id: uuidv7(),
      accountId: account.id,
      workspaceId: membership.workspaceId,
      userId: membership.userId,
    };
    const secret = randomToken();
    await this.database.run(SYSTEM, [
      ...this.sessions.create(session, hashSecret(secret)),
      this.accounts.succeeded(email),
      recordEvents([eventOf(contextOf(session, origin), signInEvent('auth.login', session))]),
    ]);
    return this.answer(session, secret);
  }

  /** @throws Problem 401; a token that was used before ends its session. */
  async refresh(origin: RequestOrigin, refreshToken: string): Promise<TokensDto> {
    const [, id, presented] = REFRESH_TOKEN.exec(refreshToken) ?? [];
    if (id === undefined || presented === undefined) throw signInAgain();
    const next = randomToken();
    const session = await this.sessions.rotate(id, hashSecret(presented), hashSecret(next));
    if (!session) {
      await this.endIfReused(origin, id, hashSecret(presented));
      throw signInAgain();
    }
    return this.answer(session, next);
  }

  /** @throws Problem 403 for an API key, which has no session. */
  async logout(ctx: RequestContext): Promise<void> {
    const id = assertSession(ctx);
    const event = eventOf(ctx, { type: 'auth.logout', object: 'auth', recordId: id });
    await this.database.run(
      ctx,
      [this.sessions.revoke(id), accessChanged(ctx.workspaceId), recordEvents([event])],
      [ACCESS_TAG],
    );
  }

  async me(ctx: RequestContext): Promise<MeDto> {
    const { accountId, user, workspace } = await this.accounts.profile(ctx);
    const isUser = ctx.principal.type === 'user';
    const memberships = isUser ? await this.accounts.activeMemberships(accountId) : [];
    return {
      user,
      workspace,
      permissions: [...ctx.grants]
        .map(([permission, reach]) => (reach === 'own' ? `${permission}:own` : permission))
        .sort(),
      credential: ctx.principal.type,
      workspaces: isUser
        ? memberships.map(({ workspaceId, workspaceName }) => ({
            id: workspaceId,
            name: workspaceName,
          }))
        : [workspace],
    };
  }

  /** @throws Problem 422 for a wrong present password, 403 for an API key. */
  async changePassword(ctx: RequestContext, input: ChangePasswordDto): Promise<void> {
    const sessionId = assertSession(ctx);
    const { accountId, user } = await this.accounts.profile(ctx);
    if (!(await this.check.confirm(ctx, user.email, input.currentPassword))) {
      const detail = 'is not your password';
      throw Problem.validation([{ pointer: '/currentPassword', code: 'wrongPassword', detail }]);
    }
    const hash = await this.hasher.hash(input.newPassword);
    const workspaces = await this.database.transaction(SYSTEM, async (tx) => {
      const event = eventOf(ctx, { type: 'auth.password_changed', object: 'auth' });
      const [, , ended] = await tx.run([
        this.accounts.setPassword(accountId, hash),
        this.accounts.succeeded(user.email),
        this.sessions.revokeOthers(accountId, sessionId),
        recordEvents([event]),
      ]);
      const ids = [...new Set(ended?.rows.map((row) => row['workspaceId'] as string))].sort();
      await tx.run(ids.map(accessChanged));
      return ids;
    });
    for (const id of workspaces) await this.database.committed(id, [ACCESS_TAG]);
  }

  async rotateKeys(ctx: RequestContext): Promise<{ kid: string }> {
    const event = eventOf(ctx, { type: 'auth.keys_rotated', object: 'auth' });
    return { kid: await this.keys.rotate([recordEvents([event])]) };
  }

  private async assertOtp(origin: RequestOrigin, account: Account, otp?: string): Promise<void> {
    const lacking = await this.otp.lacking(account.id, otp);
    if (lacking === null) return;
    if (lacking === 'rightCode') await this.check.failed(origin, account.email, account.id, 'otp');
    const detail =
      lacking === 'code'
        ? 'Send the code of your authenticator app as `otp`.'
        : 'The code is wrong, or was used before.';
    throw new Problem('unauthorized', detail, { extra: { otpRequired: true } });
  }

  private async membershipOf(account: Account, workspaceId?: string): Promise<Membership> {
    const memberships = await this.accounts.activeMemberships(account.id);
    const chosen = workspaceId
      ? memberships.find((membership) => membership.workspaceId === workspaceId.toLowerCase())
      : memberships[0];
    if (chosen) return chosen;
    const where = workspaceId ? 'this workspace' : 'any workspace';
    throw new Problem('forbidden', `You are not an active user of ${where}.`);
  }

  private async endIfReused(origin: RequestOrigin, id: string, presented: string): Promise<void> {
    const session = await this.sessions.findReused(id, presented);
    if (!session) return;
    const event = signInEvent('auth.refresh_reused', session);
    await this.database.run(
      { workspaceId: session.workspaceId },
      [
        this.sessions.revoke(id),
        accessChanged(session.workspaceId),
        recordEvents([eventOf(contextOf(session, origin), event)]),
      ],
      [ACCESS_TAG],
    );
  }

  private async answer(session: Session, secret: string): Promise<TokensDto> {
    const { id: sessionId, userId, workspaceId } = session;
    return {
      accessToken: await this.tokens.sign({ userId, workspaceId, sessionId }),
      refreshToken: `${sessionId}.${secret}`,
      tokenType: 'Bearer',
      expiresIn: ACCESS_TOKEN_LIFE,
    };
  }
}

function contextOf(session: Session, origin: RequestOrigin): RequestContext {
  const { workspaceId, userId, id: sessionId } = session;
  const principal = { type: 'user' as const, id: userId, userId };
  return { workspaceId, principal, grants: new Map(), accessKey: '', sessionId, ...origin };
}

function signInEvent(type: 'auth.login' | 'auth.refresh_reused', session: Session): EventFacts {
  return { type, object: 'auth', recordId: session.userId, changes: { sessionId: session.id } };
}

const signInAgain = (): Problem =>
  new Problem('unauthorized', 'The refresh token is not good any more. Sign in again.');
