import { Injectable } from '@nestjs/common';
import { Secret, TOTP } from 'otpauth';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { Database, SYSTEM } from '../../platform/database/database.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { AccountsRepository } from './accounts.repository.js';
import type { OtpSecretDto } from './otp.dto.js';
import { OtpRepository } from './otp.repository.js';
import { PasswordCheck } from './password-check.js';
import { assertSession } from './session-only.js';

/** Seconds a code is good for, and how many of them a clock may be off. */
const PERIOD = 30;
const WINDOW = 1;

/** The second factor: codes of an authenticator app (RFC 6238). */
@Injectable()
export class OtpService {
  constructor(
    private readonly otp: OtpRepository,
    private readonly accounts: AccountsRepository,
    private readonly check: PasswordCheck,
    private readonly database: Database,
  ) {}

  /**
   * Makes a secret for the caller's app; codes are asked for once {@link confirm} has seen one.
   * @throws Problem 409 when codes are asked for already, 422 for a wrong password.
   */
  async begin(ctx: RequestContext, password: string): Promise<OtpSecretDto> {
    const { accountId, user } = await this.caller(ctx);
    await this.assertPassword(ctx, user.email, password);
    const secret = new Secret({ size: 20 }).base32;
    if (!(await this.otp.propose(accountId, secret))) {
      throw new Problem('conflict', 'Codes are asked for already. Switch them off first.');
    }
    return { secret, uri: generator(secret, user.email).toString() };
  }

  /** @throws Problem 422 for a code that is wrong, 409 without {@link begin}. */
  async confirm(ctx: RequestContext, code: string): Promise<void> {
    const { accountId } = await this.caller(ctx);
    const { secret, isEnabled } = await this.otp.find(accountId);
    if (secret === null || isEnabled) {
      throw new Problem('conflict', 'There is no new secret to confirm.');
    }
    if (!(await this.isGood(accountId, secret, code))) {
      const detail = 'is not the code of the app at this time';
      throw Problem.validation([{ pointer: '/otp', code: 'wrongOtp', detail }]);
    }
    const event = eventOf(ctx, { type: 'auth.otp_enabled', object: 'auth' });
    await this.database.run(SYSTEM, [this.otp.enable(accountId), recordEvents([event])]);
  }

  /** @throws Problem 422 for a wrong password. */
  async disable(ctx: RequestContext, password: string): Promise<void> {
    const { accountId, user } = await this.caller(ctx);
    await this.assertPassword(ctx, user.email, password);
    const event = eventOf(ctx, { type: 'auth.otp_disabled', object: 'auth' });
    await this.database.run(SYSTEM, [this.otp.disable(accountId), recordEvents([event])]);
  }

  /** What a sign-in with this code lacks: null when nothing, for accounts without codes too. */
  async lacking(accountId: string, code: string | undefined): Promise<'code' | 'rightCode' | null> {
    const { secret, isEnabled } = await this.otp.find(accountId);
    if (!isEnabled || secret === null) return null;
    if (code === undefined) return 'code';
    return (await this.isGood(accountId, secret, code)) ? null : 'rightCode';
  }

  private async isGood(accountId: string, secret: string, code: string): Promise<boolean> {
    const delta = generator(secret, '').validate({ token: code, window: WINDOW });
    if (delta === null) return false;
    return this.otp.useStep(accountId, Math.floor(Date.now() / 1000 / PERIOD) + delta);
  }

  private async assertPassword(ctx: RequestContext, email: string, given: string): Promise<void> {
    if (await this.check.confirm(ctx, email, given)) return;
    const detail = 'is not your password';
    throw Problem.validation([{ pointer: '/password', code: 'wrongPassword', detail }]);
  }

  private caller(ctx: RequestContext) {
    assertSession(ctx);
    return this.accounts.profile(ctx);
  }
}

function generator(secret: string, label: string): TOTP {
  return new TOTP({ issuer: 'Keel', label, secret: Secret.fromBase32(secret), period: PERIOD });
}
