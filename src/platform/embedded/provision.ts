import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { Credentials } from './data-folder.js';

/** Role that owns Keel's tables, and the name of its database. */
export const OWNER = 'keel';

const EXTENSIONS = ['btree_gin', 'pg_trgm'];

/**
 * Makes what is missing of the owner role, its database and the extensions. Run at each start,
 * since a first one may have been killed half-way.
 */
export async function provision(port: number, credentials: Credentials): Promise<void> {
  await withClient(superuserUrl(port, credentials, 'postgres'), async (client) => {
    const role = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [OWNER]);
    const verb = role.rowCount === 0 ? 'CREATE' : 'ALTER';
    await client.query(
      `${verb} ROLE ${escapeIdentifier(OWNER)} LOGIN CREATEROLE CREATEDB NOSUPERUSER ` +
        `PASSWORD ${escapeLiteral(credentials.owner)}`,
    );
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [OWNER]);
    if (found.rowCount === 0) {
      await client.query(
        `CREATE DATABASE ${escapeIdentifier(OWNER)} OWNER ${escapeIdentifier(OWNER)}`,
      );
    }
  });
  await withClient(superuserUrl(port, credentials, OWNER), async (client) => {
    for (const extension of EXTENSIONS) {
      await client.query(`CREATE EXTENSION IF NOT EXISTS ${escapeIdentifier(extension)}`);
    }
  });
}

/** Connection string of the role that owns the tables. */
export function ownerUrl(port: number, credentials: Credentials): string {
  return `postgres://${OWNER}:${credentials.owner}@127.0.0.1:${port}/${OWNER}`;
}

/** Connection string of the superuser `postgres`. */
export function superuserUrl(port: number, credentials: Credentials, database: string): string {
  return `postgres://postgres:${credentials.superuser}@127.0.0.1:${port}/${database}`;
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
