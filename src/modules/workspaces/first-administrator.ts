import { uuidv7 } from '../../common/uuid.js';
import { randomText } from '../../common/secrets.js';
import { normalizeEmail } from '../../common/values/email.js';
import { ConfigError } from '../../config/config.js';
import type { Config } from '../../config/config.js';
import { SYSTEM } from '../../platform/database/database.js';
import type { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { AccountsRepository, PasswordHasher } from '../auth/index.js';
import { WorkspacesRepository } from './workspaces.repository.js';

/** Any number that only this lock uses. */
const LOCK: Statement = { text: 'select pg_advisory_xact_lock(5203313)' };

export interface FirstAdministrator {
  email: string;
  /** Only when it was made up: the one time that it is known. */
  password?: string;
}

/**
 * Makes the first administrator and their workspace in a database that has nobody yet; several
 * processes may try at once.
 * @returns null when there is somebody already.
 * @throws ConfigError when KEEL_ADMIN_EMAIL or KEEL_ADMIN_PASSWORD cannot be used.
 */
export async function ensureFirstAdministrator(
  database: Database,
  config: Pick<Config, 'adminEmail' | 'adminPassword'>,
): Promise<FirstAdministrator | null> {
  return database.transaction(SYSTEM, async (tx) => {
    const [, found] = await tx.run([
      LOCK,
      { text: 'select exists (select from accounts) as "hasAccount"' },
    ]);
    if (found?.rows[0]?.['hasAccount'] === true) return null;
    const email = emailOf(config.adminEmail ?? 'admin@example.com');
    const password = passwordOf(config.adminPassword ?? randomText(20));
    const hash = await new PasswordHasher().hash(password);
    const accountId = uuidv7();
    const account = { id: accountId, email, name: 'Administrator', isPlatformAdmin: true };
    const owner = { userId: uuidv7(), accountId, email, name: 'Administrator', isActive: true };
    await tx.run([
      new AccountsRepository(database).create(account, hash),
      ...new WorkspacesRepository(database).found({ workspaceId: uuidv7(), name: 'Main', owner }),
    ]);
    return config.adminPassword === undefined ? { email, password } : { email };
  });
}

function emailOf(setting: string): string {
  const { value } = normalizeEmail(setting);
  if (value === undefined) throw new ConfigError('KEEL_ADMIN_EMAIL must be an e-mail address');
  return value;
}

function passwordOf(setting: string): string {
  if (setting.length >= 8 && setting.length <= 200) return setting;
  throw new ConfigError('KEEL_ADMIN_PASSWORD must have 8 to 200 characters');
}
