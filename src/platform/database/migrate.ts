import { runMigrations } from 'bullmq';
import pg from 'pg';
import { openOrm } from './orm.js';

/** Any number that only Keel uses: two processes never migrate at once. */
const LOCK = 5_203_311;

/**
 * Brings the database to the newest schema. Safe to call from several processes at once: one
 * migrates, the others wait and find nothing to do.
 * @param url PostgreSQL URL of the role that owns the tables; must not lead through a pooler.
 */
export async function migrate(url: string): Promise<void> {
  const lock = new pg.Client({ connectionString: url, application_name: 'keel-migrate' });
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [LOCK]);
    const orm = await openOrm({
      url,
      poolSize: 2,
      statementTimeout: 0,
      applicationName: 'keel-migrate',
    });
    try {
      await orm.migrator.up();
      // Also where queues are in Redis today, so that the setting may change tomorrow.
      await runMigrations(lock);
    } finally {
      await orm.close(true);
    }
  } finally {
    await lock.end();
  }
}
