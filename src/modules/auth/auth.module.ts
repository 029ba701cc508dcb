import { Module } from '@nestjs/common';
import { Authenticator } from '../../platform/access/authenticator.js';
import { AccessTokens } from './access-tokens.js';
import { AccessVersions } from './access-versions.js';
import { AccountsRepository } from './accounts.repository.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { CredentialsService } from './credentials.service.js';
import { EnrolmentService } from './enrolment.service.js';
import { KeelAuthenticator } from './keel-authenticator.js';
import { OtpController } from './otp.controller.js';
import { OtpRepository } from './otp.repository.js';
import { OtpService } from './otp.service.js';
import { PasswordCheck } from './password-check.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordResetLetters } from './password-reset-letters.js';
import { PasswordResetLinks } from './password-reset-links.js';
import { PasswordResetsController } from './password-resets.controller.js';
import { PasswordResetsRepository } from './password-resets.repository.js';
import { PasswordResetsService } from './password-resets.service.js';
import { PrincipalsRepository } from './principals.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import { SigningKeys } from './signing-keys.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

/** Who is calling: accounts, sign-in, sessions, tokens. */
@Module({
  controllers: [AuthController, OtpController, PasswordResetsController],
  providers: [
    AccessTokens,
    AccessVersions,
    AccountsRepository,
    AuthService,
    CredentialsService,
    EnrolmentService,
    OtpRepository,
    OtpService,
    PasswordCheck,
    PasswordHasher,
    PasswordResetLinks,
    PasswordResetsRepository,
    PasswordResetsService,
    PrincipalsRepository,
    SessionsRepository,
    SigningKeys,
    SigningKeysRepository,
    { provide: Authenticator, useClass: KeelAuthenticator },
  ],
  exports: [
    Authenticator,
    AccountsRepository,
    CredentialsService,
    EnrolmentService,
    PasswordCheck,
    PasswordHasher,
    SessionsRepository,
  ],
})
export class AuthModule {}

/** The worker's side: mails to people who have forgotten their password. */
@Module({ providers: [PasswordResetLetters, PasswordResetLinks, PasswordResetsRepository] })
export class PasswordResetsWorkerModule {}
