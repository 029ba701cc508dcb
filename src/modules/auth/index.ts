export { AccountsRepository } from './accounts.repository.js';
export { NewPassword } from './auth.dto.js';
export { AuthModule, PasswordResetsWorkerModule } from './auth.module.js';
export { CredentialsService } from './credentials.service.js';
export { EnrolmentService } from './enrolment.service.js';
export { PasswordCheck } from './password-check.js';
export { PasswordHasher } from './password-hasher.js';
export { passwordPage } from './password-page.js';
export { SessionsRepository } from './sessions.repository.js';
