import 'reflect-metadata';
import { commandLineKeyFile, ConfigError, loadConfig } from './config/config.js';
import { ensureCommandLineKey } from './modules/api-keys/index.js';
import { ensureFirstAdministrator } from './modules/workspaces/index.js';
import { openDatabase } from './platform/database/database.module.js';
import { migrate } from './platform/database/migrate.js';

/**
 * Brings the database named by DATABASE_URL to the newest schema and makes the first administrator
 * where there is nobody yet; exits 0, or 1 with one line.
 */
try {
  const config = loadConfig();
  if (!config.databaseUrl) throw new ConfigError('DATABASE_URL is needed to migrate');
  await migrate(config.databaseUrl);
  const database = await openDatabase(config, 'keel-migrate');
  try {
    const first = await ensureFirstAdministrator(database, config);
    if (first) {
      console.log(
        `first administrator: ${first.email} / ${first.password ?? 'KEEL_ADMIN_PASSWORD'}`,
      );
    }
    if (process.argv.includes('--command-line-key')) {
      await ensureCommandLineKey(database, commandLineKeyFile(config));
    }
  } finally {
    await database.close();
  }
} catch (error) {
  console.error(`keel: migration failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
