import { Injectable } from '@nestjs/common';
import { uuidv7 } from '../../common/uuid.js';
import type { RequestOrigin } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { normalizeEmail } from '../../common/values/email.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { AccountsRepository } from './accounts.repository.js';
import { PasswordCheck } from './password-check.js';
import { PasswordHasher } from './password-hasher.js';

/** A person to be added to a workspace. */
export interface Person {
  email: string;
  name: string;
  /** Without one the person chooses it by accepting an invitation. */
  password?: string;
}

/** The account of a person who is added to a workspace. */
export interface Enrolment {
  accountId: string;
  email: string;
  /** False: the person has to accept an invitation first. */
  isActive: boolean;
  /** Make the account, where there is none; for the SYSTEM scope. */
  statements: Statement[];
}

/**
 * Finds or makes the account behind a new user. Whoever adds a user proves nothing about the
 * person, and an account may lead to other workspaces: its password is never changed here, and it
 * opens the new workspace only to someone who knows that password or holds the invitation too.
 */
@Injectable()
export class EnrolmentService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly check: PasswordCheck,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * @throws Problem 422 for an address that is none; 409 when the address has an account with
   * another password.
   */
  async enrol(origin: RequestOrigin, person: Person): Promise<Enrolment> {
    const { value: email, error } = normalizeEmail(person.email);
    if (email === undefined) throw Problem.validation([{ pointer: '/email', ...error }]);
    const { account } = await this.accounts.findForSignIn(email);
    if (account) return this.enrolKnown(origin, account.id, email, person.password);
    const accountId = uuidv7();
    const hash = person.password ? await this.hasher.hash(person.password) : null;
    const statements = [this.accounts.create({ id: accountId, email, name: person.name }, hash)];
    return { accountId, email, isActive: hash !== null, statements };
  }

  private async enrolKnown(
    origin: RequestOrigin,
    accountId: string,
    email: string,
    password: string | undefined,
  ): Promise<Enrolment> {
    const known = { accountId, email, statements: [] };
    if (!password) return { ...known, isActive: false };
    if (await this.check.confirm(origin, email, password)) return { ...known, isActive: true };
    const detail =
      'This address signs in with a password of its own. Leave the password out, and pass on the ' +
      'invitation that is answered.';
    throw new Problem('conflict', detail);
  }
}
