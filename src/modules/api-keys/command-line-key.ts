import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hashSecret, randomText } from '../../common/secrets.js';
import { uuidv7 } from '../../common/uuid.js';
import { SYSTEM } from '../../platform/database/database.js';
import type { Database } from '../../platform/database/database.js';
import { ApiKeysRepository } from './api-keys.repository.js';

/** Any number that only this lock uses. */
const LOCK = 5_203_314;

const FIRST_OWNER_SQL = `
  select u.workspace_id as "workspaceId", u.id as "userId"
  from accounts a join users u on u.account_id = a.id
  where a.platform_admin and u.status = 'active' order by u.created_at, u.id limit 1`;

/**
 * Gives `npm run keel` on this machine an API key of the first administrator, in a file that only
 * whoever runs Keel can read. They own the database's files, so it tells them nothing new.
 * A file whose key is still good is left as it is.
 */
export async function ensureCommandLineKey(database: Database, file: string): Promise<void> {
  const known = await readFile(file, 'utf8').catch(() => '');
  await database.transaction(SYSTEM, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const prefix = /"keel_([^_"]+)_/.exec(known)?.[1] ?? '';
    const [valid] = await tx.query(
      'select id from api_keys where prefix = $1 and revoked_at is null',
      [prefix],
    );
    const [owner] = await tx.query<{ workspaceId: string; userId: string }>(FIRST_OWNER_SQL);
    if (valid || !owner) return;
    const [made, secret] = [randomText(12), randomText(43)];
    const key = {
      id: uuidv7(),
      userId: owner.userId,
      name: 'Command line of this machine',
      prefix: made,
      secretHash: hashSecret(secret),
      scopes: ['*'],
      expiresAt: null,
    };
    await tx.run([new ApiKeysRepository(database).insert(owner.workspaceId, key)]);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify({ key: `keel_${made}_${secret}` })}\n`, {
      mode: 0o600,
    });
    await chmod(file, 0o600);
  });
}
