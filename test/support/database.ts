import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A database of one test file, migrated and empty. */
export interface TestDatabase {
  /** Connection string of the role that owns the tables. */
  url: string;
  /** Connection string of a superuser, to look where row level security forbids. */
  superuserUrl: string;
  /** Removes it, ending the sessions still open. */
  drop(): Promise<void>;
}

/** Clones the migrated database. Only suites under `test/` have a server. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = new URL(required('KEEL_TEST_DATABASE_URL'));
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const maintenance = withDatabase(template.href, 'postgres');
  await execute(maintenance, `create database ${name} template ${template.pathname.slice(1)}`);
  const superuser = required('KEEL_TEST_SUPERUSER_URL');
  return {
    url: withDatabase(template.href, name),
    superuserUrl: withDatabase(superuser, name),
    // The owner may not end sessions of the server's own, such as an autovacuum at work there.
    drop: () =>
      execute(withDatabase(superuser, 'postgres'), `drop database if exists ${name} with (force)`),
  };
}

function withDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

/** Runs one statement on a connection of its own. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what is in the rows, the test checks
export async function query(url: string, statement: string): Promise<any[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

async function execute(url: string, statement: string): Promise<void> {
  await query(url, statement);
}

function required(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: run this suite with npm test`);
  return value;
}
