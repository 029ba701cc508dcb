import { ConfigError, loadConfig } from './config/config.js';
import { migrate } from './platform/database/migrate.js';

/** Brings the database named by DATABASE_URL to the newest schema; exits 0, or 1 with one line. */
try {
  const { databaseUrl } = loadConfig();
  if (!databaseUrl) throw new ConfigError('DATABASE_URL is needed to migrate');
  await migrate(databaseUrl);
} catch (error) {
  console.error(`keel: migration failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
